// SPDX-License-Identifier: MIT
#include "resource/bearer.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "http/form.hpp"

namespace bbgrant::resource {
namespace {

bool is_token_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view{"-._~+/"}.find(c) != std::string_view::npos;
}

// RFC 6750 section 2.1, b64token.
bool is_well_formed(std::string_view token) {
  const auto body = token.substr(0, token.find_last_not_of('=') + 1);
  return !body.empty() && token.size() <= kLongestToken &&
         std::ranges::all_of(body, is_token_character);
}

bool equal_without_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

// The credentials of the Bearer scheme, empty when there are none; nothing for another scheme.
std::optional<std::string_view> bearer_of(std::string_view header) {
  const auto blank = std::min(header.find(' '), header.size());
  if (!equal_without_case(header.substr(0, blank), "bearer")) return std::nullopt;
  const auto start = std::min(header.find_first_not_of(' ', blank), header.size());
  return header.substr(start);
}

bool has_form_body(const http::Request& request) {
  const bool may_have_body = request.method == http::Method::kPost ||
                             request.method == http::Method::kPut ||
                             request.method == http::Method::kPatch;
  return may_have_body && http::is_form(request);
}

// Values of `access_token` in a form or a query; a malformed one has none.
std::vector<Secret> tokens_in(std::string_view text) {
  std::vector<Secret> tokens;
  auto parsed = http::parse_form(text);
  if (auto* form = std::get_if<http::Form>(&parsed)) {
    for (const auto& [name, value] : *form) {
      if (name == "access_token" && !value.empty()) tokens.emplace_back(std::string_view{value});
    }
  }
  return tokens;
}

boost::asio::awaitable<VerifiedToken> verify(TokenVerifier& verifier, std::string_view token) {
  if (!is_well_formed(token)) token = {};  // S33: refused without a look-up
  co_return co_await verifier.verify(token);
}

Bearer judge(VerifiedToken verified) {
  switch (verified.state) {
    case VerifiedToken::State::kLive:
      return std::move(verified.caller);
    case VerifiedToken::State::kExpired:
      return BearerRefusal::kExpired;
    case VerifiedToken::State::kUnknown:
      break;
  }
  return BearerRefusal::kInvalid;
}

// Credentials of another scheme are no access token, but they are no silence either.
Bearer without_token(const std::vector<std::string_view>& authorization) {
  if (authorization.empty()) return Anonymous{};
  return BearerRefusal::kInvalid;
}

}  // namespace

boost::asio::awaitable<Bearer> judge_bearer(TokenVerifier& verifier, const http::Request& request) {
  const auto headers = request.headers.all("Authorization");
  if (headers.size() > 1) co_return BearerRefusal::kTwoTokens;
  std::optional<VerifiedToken> in_header;
  const auto bearer = headers.empty() ? std::nullopt : bearer_of(headers.front());
  if (bearer) in_header = co_await verify(verifier, *bearer);

  std::vector<Secret> elsewhere = tokens_in(request.query);
  const bool in_form = has_form_body(request);
  if (in_form) {
    for (auto& token : tokens_in(request.body)) elsewhere.push_back(std::move(token));
  }
  if (elsewhere.empty()) {
    if (in_header) co_return judge(std::move(*in_header));
    co_return without_token(headers);
  }

  std::optional<VerifiedToken> counted;
  std::size_t count = 0;
  for (const auto& token : elsewhere) {
    auto verified = co_await verify(verifier, token.reveal());
    // A token that nobody knows has no profile of its own: the header token's decides, if known.
    const bool header_only = !verified.recognised && in_header && in_header->recognised
                                 ? in_header->header_only
                                 : verified.header_only;
    if (header_only) continue;
    ++count;
    counted = std::move(verified);
  }
  if (count + (in_header ? 1U : 0U) > 1) co_return BearerRefusal::kTwoTokens;
  if (in_header) co_return judge(std::move(*in_header));
  if (!counted) co_return without_token(headers);
  // The query is for requests without a form body: RFC 6750 section 2.2, 2.3.
  if (in_form && tokens_in(request.body).empty()) co_return without_token(headers);
  co_return judge(std::move(*counted));
}

}  // namespace bbgrant::resource
