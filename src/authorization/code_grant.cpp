// SPDX-License-Identifier: MIT
#include "authorization/code_grant.hpp"

#include <algorithm>
#include <utility>

#include "authorization/random_token.hpp"

namespace bbgrant::authorization {
namespace {

// RFC 7636 section 4.1: 43*128unreserved.
bool is_verifier(std::string_view text) {
  return text.size() >= 43 && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '_' || c == '~';
         });
}

std::string_view why_not(store::Spend spend) {
  switch (spend) {
    case store::Spend::kUnknown:
    case store::Spend::kUsed:
    case store::Spend::kExpired:
      return "The code is unknown, expired or was used before";
    case store::Spend::kWrongRedirectUri:
      return "redirect_uri is not that of the authorization request";
    case store::Spend::kWrongVerifier:
      return "code_verifier does not fit the code_challenge of the authorization request";
    case store::Spend::kChanged:
      return "User or consumer have changed since the code was given";
    case store::Spend::kIssued:
      break;
  }
  return {};
}

}  // namespace

std::string challenge_of(std::string_view verifier) { return base64url(hash_of(verifier)); }

boost::asio::awaitable<GrantOutcome> CodeGrant::handle(TokenRequest request) {
  const Secret code = request.form.take_secret("code");
  if (code.empty()) co_return Refused{Refusal::kMissingParameter, "code"};
  const Secret verifier = request.form.take_secret("code_verifier");
  store::ShownCode shown{.hash = hash_of(code.reveal()), .now = clock_.now()};
  if (const auto uri = request.form.get("redirect_uri"); uri && !uri->empty()) {
    shown.redirect_uri = *uri;
  }
  if (!verifier.empty()) {
    // A challenge is never empty, so a malformed verifier fits none.
    shown.challenge =
        is_verifier(verifier.reveal()) ? challenge_of(verifier.reveal()) : std::string{};
  }
  const auto found = co_await store_.find_code(shown.hash, request.consumer.key);
  std::optional<store::Account> account;
  if (found) account = co_await store_.find_account(found->account);
  if (!account) {
    co_return Refused{Refusal::kWrongCode, std::string{why_not(store::Spend::kUnknown)}};
  }
  account->password_version = found->password_version;

  // What the consumer has lost since is not given.
  const ScopeSet held = parse_scopes(request.consumer.permissions).names;
  TokenOrder order{.consumer = request.consumer,
                   .profile = request.profile,
                   .grant = grant_type(),
                   .account = &*account,
                   .scopes = covered_by(parse_scopes(found->scopes).names, held),
                   .address = request.address,
                   .id = request.id};
  auto drawn = issuer_.draw(order);
  const Hash access_hash = drawn.record.access_hash;
  const auto spend = co_await store_.spend_code(std::move(shown), std::move(drawn.record));
  if (spend != store::Spend::kIssued) {
    log_.event(spend == store::Spend::kUsed ? "code_reused" : "code_refused",
               {{"request", request.id},
                {"user", account->nickname},
                {"consumer", request.consumer.key},
                {"address", request.address},
                {"reason", why_not(spend)}});
    co_return Refused{Refusal::kWrongCode, std::string{why_not(spend)}};
  }
  issuer_.log_issued(order, access_hash);
  co_return std::move(drawn.issued);
}

}  // namespace bbgrant::authorization
