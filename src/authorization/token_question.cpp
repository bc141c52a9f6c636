// SPDX-License-Identifier: MIT
#include "authorization/token_question.hpp"

#include <utility>

#include "authorization/client_authentication.hpp"
#include "authorization/token_endpoint.hpp"

namespace bbgrant::authorization {

boost::asio::awaitable<std::variant<TokenQuestion, Refused>> read_token_question(
    store::Store& store, const Behaviour& behaviour, http::Request& request) {
  auto read = read_form(request, "token");  // S78: no token in the URL
  if (auto* refused = std::get_if<Refused>(&read)) co_return std::move(*refused);
  auto& form = std::get<http::Form>(read);

  auto authenticated = co_await authenticate_client(store, request.headers, form, behaviour);
  if (auto* refused = std::get_if<Refused>(&authenticated)) co_return std::move(*refused);

  TokenQuestion question{std::get<store::Consumer>(std::move(authenticated)),
                         form.take_secret("token")};
  if (question.token.empty()) co_return Refused{Refusal::kMissingToken};  // S78
  co_return std::move(question);
}

}  // namespace bbgrant::authorization
