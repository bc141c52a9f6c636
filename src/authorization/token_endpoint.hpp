// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "authorization/behaviour.hpp"
#include "authorization/grant.hpp"
#include "base/log.hpp"
#include "http/message.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// The form of a POST to the token or the revocation endpoint, after the checks that come before
/// client authentication, in their order: secrets in the query (S1), content type (S3), malformed
/// form and lengths (S15), repeated parameters (S4). Method and size were judged by the router.
/// The request's body is wiped.
/// @param also_secret  one more name that must not stand in the query; empty for none.
[[nodiscard]] std::variant<http::Form, Refused> read_form(http::Request& request,
                                                          std::string_view also_secret = {});

/// What read_form() would say first of all, for a request whose body is too large to be read: so
/// that secrets in the query come before its size.
[[nodiscard]] std::optional<http::Response> judge_head(const http::Request& request,
                                                       std::string_view also_secret,
                                                       ErrorStyle style);

/// S65: refuses what protects only where it is honoured, and a resource that is not ours.
/// @param usual_mode  the value of response_mode that changes nothing.
[[nodiscard]] std::optional<Refused> judge_extensions(const http::Form& form,
                                                      const std::string& origin,
                                                      std::string_view usual_mode = {});

/// S8: by the consumer's own list of grants, or any where it has none.
[[nodiscard]] bool may_use(const store::Consumer& consumer, const std::string& grant_type);

/// The consumer's profile, or the one of consumers that name none.
[[nodiscard]] const Profile& profile_of(const store::Consumer& consumer,
                                        const Behaviour& behaviour);

/// POST /site/oauth2/access_token. RFC 6749 section 3.2. Thread-safe.
///
/// Checks come in one order, so that two faults at once have one right answer: method, secrets in
/// the query, size, content type, repeated parameters, client authentication, `grant_type` known,
/// grant allowed for the client, the grant's own parameters, throttle, hash.
class TokenEndpoint {
 public:
  TokenEndpoint(store::Store& store, std::vector<std::unique_ptr<Grant>> grants,
                Behaviour behaviour, base::Log& log);

  [[nodiscard]] boost::asio::awaitable<http::Response> answer(http::Request& request);

 private:
  [[nodiscard]] boost::asio::awaitable<std::variant<http::Response, Refused>> judge(
      http::Request& request);
  [[nodiscard]] Grant* find_grant(std::string_view grant_type) const;

  store::Store& store_;
  std::vector<std::unique_ptr<Grant>> grants_;
  Behaviour behaviour_;
  base::Log& log_;
};

}  // namespace bbgrant::authorization
