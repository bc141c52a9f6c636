// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "authorization/authorization_fixture.hpp"

namespace bbgrant::authorization {
namespace {

using nlohmann::json;

class MetadataEndpointTest : public testing::AuthorizationFixture {
 protected:
  json document() {
    return post_json({.authorization = "",
                      .content_type = "",
                      .path = "/.well-known/oauth-authorization-server",
                      .method = http::Method::kGet});
  }
};

TEST_F(MetadataEndpointTest, S22_EveryAddressIsOnTheOriginOfTheRequest) {
  const auto body = document();
  EXPECT_EQ(body.at("issuer"), "http://localhost:7990");
  EXPECT_EQ(body.at("authorization_endpoint"), "http://localhost:7990/site/oauth2/authorize");
  EXPECT_EQ(body.at("token_endpoint"), "http://localhost:7990/site/oauth2/access_token");
  EXPECT_EQ(body.at("revocation_endpoint"), "http://localhost:7990/site/oauth2/revoke");
  EXPECT_EQ(body.at("introspection_endpoint"), "http://localhost:7990/site/oauth2/introspect");
  EXPECT_EQ(body.at("authorization_response_iss_parameter_supported"), true);
}

TEST_F(MetadataEndpointTest, S65_NamesWhatAnswersAndNothingElse) {
  const auto body = document();
  EXPECT_EQ(body.at("response_types_supported"), json::array({"code", "token"}));
  EXPECT_EQ(body.at("code_challenge_methods_supported"), json::array({"S256"}));
  for (const json& name : body.at("grant_types_supported")) {
    if (name == "implicit" || name == "authorization_code") continue;  // begun elsewhere
    const auto said = post_json({.body = "grant_type=" + name.get<std::string>()});
    EXPECT_EQ(said.value("error_description", "").find("Unsupported grant type"), std::string::npos)
        << name;
  }
  for (const char* absent :
       {"registration_endpoint", "device_authorization_endpoint", "jwks_uri", "userinfo_endpoint",
        "pushed_authorization_request_endpoint", "dpop_signing_alg_values_supported"}) {
    EXPECT_FALSE(body.contains(absent)) << absent;
  }
  EXPECT_EQ(std::ranges::count(body.at("scopes_supported"), "openid"), 0);
}

TEST_F(MetadataEndpointTest, FollowsTheProfileAndTheErrorsOfTheServer) {
  const auto has = [this](const char* list, const char* name) {
    return std::ranges::count(document().at(list), name) == 1;
  };
  EXPECT_TRUE(has("grant_types_supported", "password"));
  EXPECT_FALSE(has("token_endpoint_auth_methods_supported", "none"));
  Behaviour behaviour;
  behaviour.profile = find_profile(profile_names().back());
  behaviour.errors = ErrorStyle::kRfc6749;
  restart(behaviour);
  EXPECT_FALSE(has("grant_types_supported", "password"));
  EXPECT_TRUE(has("token_endpoint_auth_methods_supported", "none"));
}

}  // namespace
}  // namespace bbgrant::authorization
