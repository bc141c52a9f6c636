// SPDX-License-Identifier: MIT
#pragma once

#include "http/message.hpp"
#include "resource/links.hpp"

namespace bbgrant::resource {

/// 200 with the object as JSON.
[[nodiscard]] inline http::Response answer(const Json& body) {
  return http::Response::json(200, body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace bbgrant::resource
