// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace bbgrant::testing;
using namespace std::chrono_literals;

TEST(PasswordGrant, SendsTheFormOfRfc6749Section432) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  const auto token =
      client_of(server).password_grant(Username{"al ice"}, secret("p&w"), {"account", "email"});
  EXPECT_EQ(token.access_token.reveal(), "AT");
  EXPECT_EQ(token.refresh_token->reveal(), "RT");

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_THAT(requests[0], ::testing::StartsWith("POST /site/oauth2/access_token HTTP/1.1\r\n"));
  // Basic of "key:consumer%20secret": form-encoded first, RFC 6749 section 2.3.1.
  EXPECT_THAT(requests[0], HasSubstr("\r\nAuthorization: Basic a2V5OmNvbnN1bWVyJTIwc2VjcmV0\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\nAccept: application/json\r\n"));
  EXPECT_THAT(requests[0], HasSubstr("\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_THAT(requests[0], Not(HasSubstr("Expect:")));
  EXPECT_EQ(body_of(requests[0]),
            "grant_type=password&username=al%20ice&password=p%26w&scope=account%20email");
}

TEST(PasswordGrant, SendsNoScopeWhenNoneIsAskedFor) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  static_cast<void>(client_of(server).password_grant(Username{"alice"}, secret("pw")));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("scope")));
}

TEST(S83_ClientAuthentication, GoesIntoTheBodyOnlyWhenSetSo) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  static_cast<void>(client_of(server, {.authentication = ClientAuthentication::kBody})
                        .password_grant(Username{"alice"}, secret("pw")));
  const auto request = server.requests().at(0);
  EXPECT_THAT(request, Not(HasSubstr("Authorization")));
  EXPECT_EQ(body_of(request),
            "grant_type=password&username=alice&password=pw&client_id=key&client_secret="
            "consumer%20secret");
}

TEST(ClientAuthentication, OfAPublicClientIsItsIdAlone) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  const Client client{Server::sandbox(server.origin()), ConsumerKey{"key"}, Secret{}};
  static_cast<void>(client.password_grant(Username{"alice"}, secret("pw")));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("Authorization")));
  EXPECT_THAT(body_of(server.requests().at(0)), ::testing::EndsWith("&client_id=key"));
}

TEST(S83_ClientAuthentication, IsNotTriedTheOtherWayAfterARefusal) {
  const ScriptedServer server{answer(401, R"({"error":"invalid_client"})")};
  EXPECT_THROW(static_cast<void>(client_of(server).password_grant(Username{"alice"}, secret("pw"))),
               OAuthError);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(S83_TokenRequest, IsNotSentAgainWhenTheConnectionIsCut) {
  const ScriptedServer server{Scripted{"", Scripted::After::kClose}};
  const auto client = client_of(server);
  for (int attempt = 1; attempt <= 2; ++attempt) {
    try {
      static_cast<void>(client.password_grant(Username{"alice"}, secret("pw")));
      FAIL() << "answered";
    } catch (const TransportError& error) {
      EXPECT_EQ(error.fault(), TransportFault::kBroken);
      EXPECT_TRUE(error.sent());
    }
    EXPECT_EQ(server.requests().size(), static_cast<std::size_t>(attempt));
  }
}

// libcurl by itself repeats a POST when a kept connection turns out dead.
TEST(S83_TokenRequest, IsNotSentAgainWhenAKeptConnectionDies) {
  std::atomic<int> calls = 0;
  const ScriptedServer server{[&calls](const std::string&) {
    return ++calls == 1 ? answer(200, kTokenAnswer) : Scripted{"", Scripted::After::kClose};
  }};
  const auto client = client_of(server);
  static_cast<void>(client.password_grant(Username{"alice"}, secret("pw")));
  EXPECT_THROW(static_cast<void>(client.password_grant(Username{"alice"}, secret("pw"))),
               TransportError);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(S86_TokenRequest, FollowsNoRedirect) {
  const ScriptedServer other{answer(200, kTokenAnswer)};
  for (const int status : {301, 302, 303, 307, 308}) {
    const ScriptedServer server{answer(status, "", "Location: " + other.origin() + "/x\r\n")};
    try {
      static_cast<void>(client_of(server).password_grant(Username{"alice"}, secret("pw")));
      FAIL() << "followed";
    } catch (const ProtocolError& error) {
      EXPECT_EQ(error.status(), status);
    }
  }
  EXPECT_EQ(other.connections(), 0);
}

TEST(S86_TokenRequest, RefusesLineEndsAndZerosBeforeSending) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  const auto client = client_of(server);
  using namespace std::string_view_literals;
  for (const auto bad : {"a\r\nb"sv, "a\n"sv, "a\0"sv}) {
    EXPECT_THROW(static_cast<void>(client.password_grant(Username{"alice"}, secret(bad))),
                 ConfigError);
    EXPECT_THROW(static_cast<void>(client.password_grant(Username{std::string{bad}}, secret("pw"))),
                 ConfigError);
    EXPECT_THROW((Client{Server::sandbox(), ConsumerKey{std::string{bad}}, Secret{}}), ConfigError);
    EXPECT_THROW((Client{Server::sandbox(), ConsumerKey{"key"}, secret(bad)}), ConfigError);
    EXPECT_THROW((Client{Server::sandbox(), ConsumerKey{"key"}, Secret{},
                         Options{.user_agent = std::string{bad}}}),
                 ConfigError);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(PasswordGrant, RefusesWhatCannotBeRight) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  const auto client = client_of(server);
  const Username alice{"alice"};
  EXPECT_THROW(static_cast<void>(client.password_grant(Username{}, secret("pw"))), ConfigError);
  EXPECT_THROW(static_cast<void>(client.password_grant(alice, Secret{})), ConfigError);
  EXPECT_THROW(static_cast<void>(client.password_grant(alice, secret(std::string(1025, 'x')))),
               ConfigError);
  EXPECT_THROW(static_cast<void>(client.password_grant(alice, secret("pw"), {}, 0ms)), ConfigError);
  EXPECT_EQ(server.connections(), 0);
  EXPECT_NO_THROW(static_cast<void>(client.password_grant(alice, secret(std::string(1024, 'x')))));
}

TEST(S14_Password, IsInNoErrorThoughTheServerEchoesIt) {
  const ScriptedServer server{answer(
      400, R"({"error":"invalid_grant","error_description":"no user alice / top \"secret\""})")};
  try {
    static_cast<void>(
        client_of(server).password_grant(Username{"alice"}, secret("top \"secret\"")));
    FAIL() << "not refused";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.error(), "invalid_grant");
    for (const auto& text : {std::string{error.what()}, error.description(),
                             error.answer().masked_body, error.advice(), error.url()})
      EXPECT_THAT(text, Not(HasSubstr("secret\""))) << text;
  }
}

TEST(PasswordGrant, SaysThatBitbucketEndedIt) {
  const ScriptedServer server{
      answer(400, R"({"error_description":"Unsupported grant type: password",
                      "error":"invalid_grant"})")};
  auto bitbucket = Server::bitbucket();
  bitbucket.token_url = server.origin() + "/site/oauth2/access_token";
  const Client client{bitbucket, ConsumerKey{"key"}, secret("secret")};
  try {
    static_cast<void>(client.password_grant(Username{"alice"}, secret("pw")));
    FAIL() << "not refused";
  } catch (const OAuthError& error) {
    EXPECT_THAT(error.what(), HasSubstr("ended the password grant"));
    EXPECT_THAT(error.advice(), HasSubstr("authorization code with PKCE"));
    EXPECT_THAT(error.advice(), HasSubstr("client credentials"));
  }
}

}  // namespace
}  // namespace bbgrant
