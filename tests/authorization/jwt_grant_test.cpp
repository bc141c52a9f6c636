// SPDX-License-Identifier: MIT
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sodium.h>

#include "authorization/authorization_fixture.hpp"

namespace bbgrant::authorization {
namespace {

using nlohmann::json;

std::string base64url(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();
  return text;
}

// Signs whatever header and claims are, so that the tests reach what comes after the signature.
std::string signed_with(std::string_view key, const std::string& header,
                        const std::string& claims) {
  const std::string part = base64url(header) + "." + base64url(claims);
  std::string signature(crypto_auth_hmacsha256_BYTES, '\0');
  const auto bytes = [](const auto& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(part), part.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(signature.data()));
  return part + "." + base64url(signature);
}

class S66_Jwt : public testing::AuthorizationFixture {
 protected:
  [[nodiscard]] json claims() const {
    const auto now = clock.now().time_since_epoch().count();
    return {{"iss", "key"}, {"sub", "{alice}"}, {"iat", now}, {"exp", now + 180}};
  }
  [[nodiscard]] static std::string jwt_of(const json& claims, std::string_view key = "secret") {
    return signed_with(key, R"({"alg":"HS256","typ":"JWT"})", claims.dump());
  }
  http::Response ask(const std::string& authorization, const std::string& more = "") {
    return post({.body = "grant_type=urn%3Abitbucket%3Aoauth2%3Ajwt" + more,
                 .authorization = authorization});
  }
  void expect_refused(const std::string& authorization) {
    const auto response = ask(authorization);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(json::parse(response.body).at("error"), "invalid_grant") << response.body;
  }
};

TEST_F(S66_Jwt, ARightOneActsForItsSubjectWithoutRefreshToken) {
  const auto response = ask("JWT " + jwt_of(claims()), "&scope=account");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto answer = json::parse(response.body);
  EXPECT_EQ(answer.at("scopes"), "account");
  EXPECT_FALSE(answer.contains("refresh_token"));
  const auto found =
      wait_for(store->find_access_token(hash_of(answer.at("access_token").get<std::string>())));
  EXPECT_EQ(found->account->nickname, "alice");
  EXPECT_EQ(found->consumer_key, "key");
}

TEST_F(S66_Jwt, EachClaimMissingOrOfAnotherTypeIsRefused) {
  use_rfc_errors();
  for (const char* name : {"iss", "sub", "exp"}) {
    SCOPED_TRACE(name);
    auto missing = claims();
    missing.erase(name);
    expect_refused("JWT " + jwt_of(missing));
  }
  for (const char* name : {"iss", "sub", "exp", "iat", "nbf"}) {
    for (const json& value : {json(nullptr), json(true), json::array({"key"}), json::object()}) {
      SCOPED_TRACE(name + value.dump());
      auto odd = claims();
      odd[name] = value;
      expect_refused("JWT " + jwt_of(odd));
    }
  }
  auto text = claims();
  text["exp"] = "9999999999";
  expect_refused("JWT " + jwt_of(text));
}

TEST_F(S66_Jwt, TimesAreJudgedToTheSecond) {
  const auto with = [this](const char* name, double from_now) {
    auto changed = claims();
    changed[name] = static_cast<double>(clock.now().time_since_epoch().count()) + from_now;
    return ask("JWT " + jwt_of(changed)).status;
  };
  EXPECT_EQ(with("exp", 0), 400);
  EXPECT_EQ(with("exp", 1), 200);
  EXPECT_EQ(with("exp", 3600), 200);
  EXPECT_EQ(with("exp", 3631), 400) << "an hour and the skew";
  EXPECT_EQ(with("exp", 1e300), 400);
  EXPECT_EQ(with("exp", -1e300), 400);
  EXPECT_EQ(with("iat", 30), 200);
  EXPECT_EQ(with("iat", 31), 400);
  EXPECT_EQ(with("nbf", 31), 400);
  auto undated = claims();
  undated.erase("iat");
  EXPECT_EQ(ask("JWT " + jwt_of(undated)).status, 200) << "RFC 7519 section 4.1.6: optional";
}

TEST_F(S66_Jwt, HS256AndNothingElse) {
  const std::string body = claims().dump();
  const std::string right = signed_with("secret", R"({"alg":"HS256"})", body);
  EXPECT_EQ(ask("JWT " + right).status, 200);
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"RS256"})", R"({"alg":"hs256"})", R"({"alg":null})",
        R"({"alg":["HS256"]})", R"({"typ":"JWT"})", R"({"alg":"HS256","crit":["x"]})", "null", "[]",
        "\"HS256\"", "{", ""}) {
    SCOPED_TRACE(header);
    expect_refused("JWT " + signed_with("secret", header, body));
  }
  const std::string unsigned_part = base64url(R"({"alg":"none"})") + "." + base64url(body) + ".";
  expect_refused("JWT " + unsigned_part);
}

TEST_F(S66_Jwt, ForgedOrBrokenIsRefused) {
  const std::string right = jwt_of(claims());
  std::string tampered = right;
  tampered.back() = tampered.back() == 'A' ? 'E' : 'A';
  auto as_other = claims();
  as_other["iss"] = "other";
  auto nobody = claims();
  nobody["iss"] = "nobody";
  for (const std::string& token :
       {tampered, right + "x", right + ".", right + "=", right.substr(0, right.rfind('.')),
        right.substr(0, right.rfind('.') + 1), std::string{"a.b.c"}, std::string{"..."},
        std::string{".."}, std::string{}, jwt_of(claims(), "wrong"), jwt_of(nobody),
        jwt_of(as_other, "another secret")}) {
    SCOPED_TRACE(token);
    expect_refused("JWT " + token);
  }
}

TEST_F(S66_Jwt, TheSchemeIsCaseSensitiveAndTheOnlyOne) {
  const std::string token = jwt_of(claims());
  for (const std::string& header : {"jwt " + token, "Jwt " + token, "Bearer " + token, token,
                                    std::string{"JWT"}, testing::basic("key", "secret")}) {
    SCOPED_TRACE(header);
    expect_refused(header);
  }
  expect_refused("");
}

TEST_F(S66_Jwt, AuthenticatesNoOtherGrant) {
  const auto response = post({.body = password_body(), .authorization = "JWT " + jwt_of(claims())});
  EXPECT_EQ(json::parse(response.body).at("error"), "unauthorized_client");
}

TEST_F(S66_Jwt, AnotherClientInTheBodyIsRefused) {
  const std::string right = "JWT " + jwt_of(claims());
  EXPECT_EQ(ask(right, "&client_id=key").status, 200);
  EXPECT_EQ(json::parse(ask(right, "&client_id=other").body).at("error"), "invalid_request");
  EXPECT_EQ(json::parse(ask(right, "&client_secret=secret").body).at("error"), "invalid_request");
}

TEST_F(S66_Jwt, OnlyALiveAccountIsASubject) {
  for (const char* subject : {"{dave}", "{nobody}", "alice", ""}) {
    SCOPED_TRACE(subject);
    auto other = claims();
    other["sub"] = subject;
    expect_refused("JWT " + jwt_of(other));
  }
}

TEST_F(S66_Jwt, S8_AConsumerThatMayNotUseItIsRefused) {
  auto narrow = claims();
  narrow["iss"] = "narrow";
  EXPECT_EQ(json::parse(ask("JWT " + jwt_of(narrow)).body).at("error"), "unauthorized_client");
}

TEST_F(S66_Jwt, S7_WithoutTheKeyOfTheStoreItIsRefusedWithTheReason) {
  auto consumer = wait_for(store->find_consumer("key")).value();
  const auto elsewhere = Sealer::with_new_key().seal(Secret{std::string_view{"secret"}});
  wait_for(store->renew_secret("key", consumer.secret_hash, elsewhere));
  const auto response = ask("JWT " + jwt_of(claims()));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(json::parse(response.body).at("error_description"),
            "The consumer's secret was sealed with another key: start with the --key-file of this "
            "store");
}

}  // namespace
}  // namespace bbgrant::authorization
