// SPDX-License-Identifier: MIT
// Client credentials, Bitbucket's JWT grant, introspection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/crypto.hpp"
#include "client/form.hpp"
#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(ClientCredentials, SendsTheFormOfRfc6749Section44) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  static_cast<void>(client_of(server).client_credentials({"repository"}));
  EXPECT_EQ(body_of(server.requests().at(0)), "grant_type=client_credentials&scope=repository");
}

TEST(ClientCredentials, NeedASecret) {
  const Client client{Server::sandbox(), ConsumerKey{"k"}, Secret{}};
  EXPECT_THROW(static_cast<void>(client.client_credentials()), ConfigError);
}

// RFC 4231 section 4.3.
TEST(Hmac, AgreesWithRfc4231) {
  const auto digest = detail::hmac_sha256(secret("Jefe"), "what do ya want for nothing?");
  std::string hex;
  for (const char c : digest.reveal()) {
    const auto byte = static_cast<unsigned char>(c);
    hex += "0123456789abcdef"[byte >> 4U];
    hex += "0123456789abcdef"[byte & 15U];
  }
  EXPECT_EQ(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

std::string decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return std::string{detail::base64_decoded(text).reveal()};
}

TEST(JwtGrant, SignsIssuerAndSubject) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  const auto client = client_of(server, {.clock = [] { return std::chrono::sys_seconds{1'000s}; }});
  static_cast<void>(client.jwt_grant("{uuid}", secret("key")));
  const auto request = server.requests().at(0);
  EXPECT_EQ(body_of(request), "grant_type=urn%3Abitbucket%3Aoauth2%3Ajwt");
  const auto from = request.find("\r\nAuthorization: JWT ") + 21;
  const auto jwt = request.substr(from, request.find("\r\n", from) - from);
  const auto first = jwt.find('.');
  const auto last = jwt.rfind('.');
  EXPECT_EQ(decoded(jwt.substr(0, first)), R"({"alg":"HS256","typ":"JWT"})");
  const auto claims = nlohmann::json::parse(decoded(jwt.substr(first + 1, last - first - 1)));
  EXPECT_EQ(claims,
            (nlohmann::json{{"iss", "key"}, {"sub", "{uuid}"}, {"iat", 1000}, {"exp", 1180}}));
  EXPECT_EQ(
      jwt.substr(last + 1),
      detail::base64url(detail::hmac_sha256(secret("key"), jwt.substr(0, last)).reveal()).reveal());
}

TEST(S41_JwtGrant, HidesTheAssertion) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  std::string shown;
  const auto client = client_of(server, {.observer = [&shown](const Exchange& exchange) {
                                  shown = masked(exchange.request);
                                }});
  static_cast<void>(client.jwt_grant("subject", secret("key"), "issuer"));
  EXPECT_THAT(shown, HasSubstr("Authorization: JWT ***\r\n"));
}

TEST(Introspect, ReadsWhatRfc7662Allows) {
  const ScriptedServer server{answer(200, R"({"active":true,"scope":"a b","client_id":"k",
      "username":"alice","sub":"{1}","exp":2000,"token_type":"bearer"})")};
  const auto result = client_of(server).introspect(secret("T"), WireKind::kAccessToken);
  EXPECT_TRUE(result.active);
  EXPECT_EQ(result.scopes, (Scopes{"a", "b"}));
  EXPECT_EQ(result.client_id, "k");
  EXPECT_EQ(result.username, "alice");
  EXPECT_EQ(result.subject, "{1}");
  EXPECT_EQ(result.expires_at, std::chrono::sys_seconds{2000s});
  EXPECT_EQ(body_of(server.requests().at(0)), "token=T&token_type_hint=access_token");
}

TEST(Introspect, RefusesAnAnswerThatDoesNotSay) {
  for (const char* body :
       {"{}", "[]", R"({"active":"yes"})", "<p>", R"({"active":true,"active":false})"}) {
    const ScriptedServer server{answer(200, body)};
    EXPECT_THROW(static_cast<void>(client_of(server).introspect(secret("T"))), ProtocolError)
        << body;
  }
  const ScriptedServer inactive{answer(200, R"({"active":false,"exp":1e99,"scope":7})")};
  EXPECT_FALSE(client_of(inactive).introspect(secret("T")).active);
}

TEST(Introspect, SaysThatBitbucketHasNone) {
  EXPECT_THROW(
      static_cast<void>(
          Client(Server::bitbucket(), ConsumerKey{"k"}, secret("s")).introspect(secret("T"))),
      ConfigError);
}

}  // namespace
}  // namespace bbgrant
