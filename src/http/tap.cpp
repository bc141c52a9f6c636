// SPDX-License-Identifier: MIT
#include "http/tap.hpp"

namespace bbgrant::http {

void spoil(Response& response) {
  if (response.status == 204) response.status = 200;  // which has no body to spoil
  response.body.resize(response.body.size() / 2);
  response.body += "{\"";
}

}  // namespace bbgrant::http
