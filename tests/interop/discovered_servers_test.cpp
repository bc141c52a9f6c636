// SPDX-License-Identifier: MIT
// Our library against authorization servers that we did not write and know by their issuer only.
#include <bbgrant/bbgrant.hpp>
#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "interop/node_server.hpp"
#include "support/scripted_server.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;

/// A browser that follows every redirect and keeps cookies: its last stop is the callback.
/// @returns the callback's query.
std::string callback_of(const Authorization& authorization, const ScriptedServer& app) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> browser{curl_easy_init(),
                                                                    &curl_easy_cleanup};
  curl_easy_setopt(browser.get(), CURLOPT_URL, authorization.url.c_str());
  curl_easy_setopt(browser.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(browser.get(), CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(browser.get(), CURLOPT_COOKIEFILE, "");
  curl_easy_setopt(browser.get(), CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(browser.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(
      browser.get(), CURLOPT_WRITEFUNCTION,
      +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
  EXPECT_EQ(curl_easy_perform(browser.get()), CURLE_OK);
  const auto requests = app.requests();
  if (requests.empty()) return {};
  const auto start = requests.back().find('?');
  return requests.back().substr(start, requests.back().find(' ', start) - start);
}

class DiscoveredServer : public ::testing::Test {
 protected:
  explicit DiscoveredServer(const std::string& script) : node_(script) {}
  void SetUp() override {
    ASSERT_FALSE(node_.origin().empty()) << "the third-party server did not start";
    found_ = discover(node_.origin());
  }
  [[nodiscard]] Client client(const char* secret = "of & another=kind%, long enough") const {
    return Client{found_.server, ConsumerKey{"third party"}, Secret{secret},
                  Options{.authentication = found_.authentication}};
  }
  [[nodiscard]] Token by_code(const Scopes& scopes) const {
    const ScriptedServer app{answer(200, "")};
    auto authorization =
        client().begin_authorization(RedirectUri{app.origin() + "/callback"}, scopes);
    const auto callback = callback_of(authorization, app);
    return client().finish_authorization(std::move(authorization), callback);
  }
  [[nodiscard]] std::string user_of(const Token& token, const std::string& path) const {
    return ApiClient{found_.server}.get(path, token.access_token).json().at("sub");
  }

  const NodeServer node_;
  Discovery found_;
};

class OidcProvider : public DiscoveredServer {
 protected:
  OidcProvider() : DiscoveredServer("oidc_provider.mjs") {}
};

TEST_F(OidcProvider, Discovery) {
  EXPECT_EQ(found_.server.issuer, node_.origin());
  EXPECT_TRUE(found_.server.sends_issuer);  // RFC 9207
  EXPECT_FALSE(found_.server.revoke_url.empty());
  EXPECT_FALSE(found_.server.introspect_url.empty());
}

TEST_F(OidcProvider, AuthorizationCodeWithPkce) {
  const auto token = by_code({"openid"});
  EXPECT_EQ(user_of(token, "/me"), "dora");
  EXPECT_TRUE(token.refresh_token);
  EXPECT_THAT(token.other_members, ::testing::HasSubstr(R"("id_token":"***")"));
}

TEST_F(OidcProvider, AWrongVerifierIsRefused) {
  const ScriptedServer app{answer(200, "")};
  auto authorization =
      client().begin_authorization(RedirectUri{app.origin() + "/callback"}, {"openid"});
  const auto callback = callback_of(authorization, app);
  authorization.code_verifier = Secret{"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};
  EXPECT_THROW(static_cast<void>(client().finish_authorization(std::move(authorization), callback)),
               OAuthError);
}

TEST_F(OidcProvider, ClientCredentials) {
  const auto token = client().client_credentials({"account"});
  EXPECT_EQ(token.scopes, Scopes{"account"});
  EXPECT_FALSE(token.refresh_token);
}

TEST_F(OidcProvider, AWrongSecretIsRefused) {
  try {
    static_cast<void>(client("another").client_credentials());
    FAIL() << "taken";
  } catch (const OAuthError& error) {
    EXPECT_EQ(error.status(), 401);
    EXPECT_EQ(error.error(), "invalid_client");
  }
}

TEST_F(OidcProvider, Refresh) {
  const auto first = by_code({"openid"});
  const auto second = client().refresh(*first.refresh_token);
  EXPECT_NE(second.access_token.reveal(), first.access_token.reveal());
  EXPECT_EQ(user_of(second, "/me"), "dora");
}

TEST_F(OidcProvider, RevokeAndIntrospect) {
  const auto token = client().client_credentials({"account"});
  const auto before = client().introspect(token.access_token, WireKind::kAccessToken);
  EXPECT_TRUE(before.active);
  EXPECT_EQ(before.client_id, "third party");
  EXPECT_EQ(before.scopes, Scopes{"account"});
  EXPECT_TRUE(before.expires_at);
  client().revoke(token.access_token, WireKind::kAccessToken);
  EXPECT_FALSE(client().introspect(token.access_token, WireKind::kAccessToken).active);
}

class OAuth2MockServer : public DiscoveredServer {
 protected:
  OAuth2MockServer() : DiscoveredServer("oauth2_mock_server.mjs") {}
};

TEST_F(OAuth2MockServer, Discovery) {
  EXPECT_EQ(found_.server.issuer, node_.origin());
  EXPECT_EQ(found_.server.token_url, node_.origin() + "/token");
}

TEST_F(OAuth2MockServer, Password) {
  const auto token = client().password_grant(Username{"dora"}, Secret{"any"}, {"account"});
  EXPECT_EQ(token.scopes, Scopes{"account"});
  EXPECT_GT(token.access_token.size(), 300U);  // a JWT, which is nothing to us but bytes
  EXPECT_EQ(user_of(token, "/userinfo"), "johndoe");
}

TEST_F(OAuth2MockServer, AuthorizationCodeWithPkce) {
  EXPECT_EQ(user_of(by_code({"account"}), "/userinfo"), "johndoe");
}

TEST_F(OAuth2MockServer, ClientCredentials) {
  EXPECT_FALSE(client().client_credentials({"account"}).access_token.empty());
}

TEST_F(OAuth2MockServer, Refresh) {
  const auto first = client().password_grant(Username{"dora"}, Secret{"any"});
  ASSERT_TRUE(first.refresh_token);
  EXPECT_FALSE(client().refresh(*first.refresh_token).access_token.empty());
}

TEST_F(OAuth2MockServer, RevokeAndIntrospect) {
  const auto token = client().client_credentials();
  EXPECT_TRUE(client().introspect(token.access_token).active);
  EXPECT_NO_THROW(client().revoke(token.access_token));
}

}  // namespace
}  // namespace bbgrant
