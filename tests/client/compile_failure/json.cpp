// SPDX-License-Identifier: MIT
#include <bbgrant/secret.hpp>
#include <nlohmann/json.hpp>

nlohmann::json use(const bbgrant::Secret& secret) {
#ifdef BBGRANT_WRONG
  return nlohmann::json(secret);
#else
  return nlohmann::json(secret.reveal());
#endif
}
