// SPDX-License-Identifier: MIT
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/control/requests.hpp"
#include "sandbox/running_control.hpp"

namespace bbgrant::sandbox {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Control : public testing::Controlled {
 protected:
  int status_of(std::string_view token) { return server.get("/2.0/user", token).status; }
  std::string mint(const std::string& more = {}) {
    return json("POST /_sandbox/tokens", R"({"user":"alice","consumer":"app")" + more + "}")
        .at("access_token");
  }
};

TEST_F(Control, ListsItsCalls) {
  const auto list = json("GET /_sandbox");
  EXPECT_EQ(list.at("profile"), "2019");
  EXPECT_TRUE(list.at("store") == "memory" || list.at("store") == "postgresql");
  EXPECT_GE(list.at("calls").size(), 20U);
  EXPECT_THAT(list.at("time").get<std::string>(), ::testing::MatchesRegex("....-..-..T..:..:..Z"));
}

struct Refused {
  const char* line;
  const char* body;
  const char* says;
};

TEST_F(Control, BadInputIs400AndSaysWhereAndWhatWasExpected) {
  const Refused cases[] = {
      {"POST /_sandbox/users", "{", "line 1: is no JSON"},
      {"POST /_sandbox/users", "{\"a\":1,\n\"a\":2}", "a: stands twice"},
      {"POST /_sandbox/users", "[]", "expected an object"},
      {"POST /_sandbox/users", R"({"password":"p"})", "nickname: is required"},
      {"POST /_sandbox/users", R"({"nickname":"d"})", "password: is required"},
      {"POST /_sandbox/users", R"({"nickname":"d@x","password":"p"})", "nickname: expected"},
      {"POST /_sandbox/users", R"({"nickname":7,"password":"p"})", "nickname: expected a string"},
      {"POST /_sandbox/users", R"({"nickname":"d","password":"p","email":"d"})", "email: expected"},
      {"POST /_sandbox/users", R"({"nickname":"d","password":"p","pasword":1})",
       "pasword: unknown field; known are active"},
      {"POST /_sandbox/users", R"({"nickname":"d","password":"p","active":"yes"})",
       "active: expected true or false"},
      {"POST /_sandbox/users", R"({"nickname":"d","password":"p","totp_secret":"abc"})",
       "totp_secret: expected"},
      {"POST /_sandbox/users", R"({"nickname":"alice","password":"p"})", "is there already"},
      {"POST /_sandbox/users", R"({"nickname":"a2","password":"p","email":"alice@example.com"})",
       "is there already"},
      {"PATCH /_sandbox/users/alice", R"({"nickname":"b"})", "nickname: unknown field"},
      {"PATCH /_sandbox/users/alice", R"({"email":"bob@example.com"})", "email: is another user's"},
      {"POST /_sandbox/consumers", R"({"workspace":"none"})", "workspace: there is no workspace"},
      {"POST /_sandbox/consumers", R"({"owner":"none"})", "owner: there is no user 'none'"},
      {"POST /_sandbox/consumers", R"({"key":"app"})", "is there already"},
      {"POST /_sandbox/consumers", R"({"permissions":["acount"]})",
       "permissions: knows no 'acount'"},
      {"POST /_sandbox/consumers", R"({"grants":["magic"]})", "grants: knows no 'magic'"},
      {"POST /_sandbox/consumers", R"({"profile":"2020"})", "profile: no such one"},
      {"POST /_sandbox/consumers", R"({"callback_url":"/cb"})", "callback_url: expected"},
      {"POST /_sandbox/consumers", R"({"callback_url":"http://u:p@h/"})", "callback_url: expected"},
      {"POST /_sandbox/consumers", R"({"callback_url":"http://h/#f"})", "callback_url: expected"},
      {"POST /_sandbox/consumers", R"({"access_token_ttl":0})", "access_token_ttl: expected"},
      {"POST /_sandbox/consumers", R"({"access_token_ttl":1.5})", "access_token_ttl: expected"},
      {"PUT /_sandbox/clock", "{}", "expected now or advance_seconds"},
      {"PUT /_sandbox/clock", R"({"now":"tomorrow"})", "now: expected a time of RFC 3339"},
      {"PUT /_sandbox/clock", R"({"advance_seconds":-1})", "advance_seconds: expected"},
      {"PUT /_sandbox/clock", R"({"advance_seconds":1e30})", "advance_seconds: expected"},
      {"POST /_sandbox/faults", R"({"status":500})", "path: is required"},
      {"POST /_sandbox/faults", R"({"path":"/x"})", "expected exactly one of"},
      {"POST /_sandbox/faults", R"({"path":"/x","cut":true,"status":500})", "expected exactly one"},
      {"POST /_sandbox/faults", R"({"path":"/x","cut":true,"body":""})", "body: goes with status"},
      {"POST /_sandbox/faults", R"({"path":"/x","status":700})", "status: expected a whole number"},
      {"POST /_sandbox/faults", R"({"path":"x","cut":true})", "path: expected a path"},
      {"POST /_sandbox/faults", R"({"path":"/x","cut":true,"times":0})", "times: expected"},
      {"POST /_sandbox/faults", R"({"path":"/x","status":200,"headers":{"A":"b\r\nc"}})",
       "headers: control byte"},
      {"POST /_sandbox/faults", R"({"path":"/x","status":200,"headers":{"content-length":"1"}})",
       "headers: Content-Length is set by the server"},
      {"POST /_sandbox/tokens", R"({"user":"alice"})", "consumer: is required"},
      {"POST /_sandbox/tokens", R"({"user":"alice","consumer":"app","scopes":"magic"})",
       "scopes: the consumer has no permission 'magic'"},
      {"POST /_sandbox/approvals", R"({"user":"alice","deny":true,"scopes":[]})",
       "scopes: does not go with deny"},
      {"POST /_sandbox/reset", R"({"all":true})", "all: unknown field"},
      {"POST /_sandbox/seed", R"({"demo":true})", "demo: only a seed file"},
      {"POST /_sandbox/seed", R"({"users":[{"nickname":"x","password":"y"},{}]})",
       "users[1].nickname: is required"},
      {"POST /_sandbox/seed", R"({"users":{}})", "users: expected an array"},
      {"POST /_sandbox/seed", R"({"workspaces":[{"slug":"w","members":[{"user":"zed"}]}]})",
       "workspaces[0].members[0].user: there is no user 'zed'"},
      {"POST /_sandbox/seed",
       R"({"workspaces":[{"slug":"w","members":[{"user":"bob","permission":"king"}]}]})",
       "permission: expected one of owner, collaborator, member"},
      {"POST /_sandbox/seed", R"({"repositories":[{"slug":"r","project":"NONE"}]})",
       "repositories[0].project: there is no project 'NONE'"},
  };
  const auto before = json("GET /_sandbox/users");
  for (const auto& row : cases) {
    const auto answer = call(row.line, row.body);
    EXPECT_EQ(answer.status, 400) << row.line << " " << row.body << "\n" << answer.body;
    EXPECT_THAT(nlohmann::json::parse(answer.body).at("error").at("message").get<std::string>(),
                HasSubstr(row.says))
        << row.line << " " << row.body;
  }
  EXPECT_EQ(json("GET /_sandbox/users"), before) << "nothing was changed";
  EXPECT_EQ(json("GET /_sandbox/consumers").at("size"), 3);
}

TEST_F(Control, WhatIsNotThereIs404) {
  for (const char* line : {"GET /_sandbox/users/none", "PATCH /_sandbox/users/none",
                           "DELETE /_sandbox/users/none", "GET /_sandbox/consumers/none",
                           "PATCH /_sandbox/consumers/none", "DELETE /_sandbox/consumers/none"}) {
    EXPECT_EQ(call(line).status, 404) << line;
  }
  for (const char* method : {"PATCH", "DELETE"}) {
    EXPECT_EQ(call(std::string{method} + " /_sandbox/tokens", R"({"token":"x"})").status, 404);
  }
  EXPECT_EQ(call("POST /_sandbox/tokens", R"({"user":"x","consumer":"app"})").status, 404);
  EXPECT_EQ(call("POST /_sandbox/approvals", R"({"user":"x"})").status, 404);
}

TEST_F(Control, AUserCanBeAddedChangedAndRemoved) {
  const auto added = json("POST /_sandbox/users",
                          R"({"nickname":"dora","password":"d","display_name":"Dora D"})", 201);
  EXPECT_EQ(added.at("display_name"), "Dora D");
  EXPECT_EQ(added.at("email"), "dora@example.com");
  EXPECT_FALSE(added.contains("password"));
  const std::string form = "grant_type=password&username=dora&password=";
  const auto sign_in = [&](const std::string& password) {
    return server.post("/site/oauth2/access_token", form + password).status;
  };
  EXPECT_EQ(sign_in("d"), 200);
  const auto token = json("POST /_sandbox/tokens", R"({"user":"dora","consumer":"app"})");
  EXPECT_EQ(status_of(token.at("access_token").get<std::string>()), 200);
  const auto changed = json("PATCH /_sandbox/users/dora", R"({"password":"e","email":"d@d.d"})");
  EXPECT_EQ(changed.at("email"), "d@d.d");
  EXPECT_EQ(status_of(token.at("access_token").get<std::string>()), 401) << "S31";
  EXPECT_EQ(sign_in("d"), 400);
  EXPECT_EQ(sign_in("e"), 200);
  (void)json("PATCH /_sandbox/users/dora", R"({"two_step":true})");
  EXPECT_EQ(sign_in("e"), 400);
  (void)json("PATCH /_sandbox/users/dora", R"({"two_step":false,"active":false})");
  EXPECT_EQ(sign_in("e"), 400);
  EXPECT_EQ(call("POST /_sandbox/tokens", R"({"user":"dora","consumer":"app"})").status, 409);
  EXPECT_EQ(call("DELETE /_sandbox/users/dora").status, 204);
  EXPECT_EQ(call("GET /_sandbox/users/dora").status, 404);
}

TEST_F(Control, AConsumerCanBeAddedChangedAndRemoved) {
  const auto added = json("POST /_sandbox/consumers",
                          R"({"name":"Mine","profile":"2019","grants":["password"],"rotation":true,
                              "access_token_ttl":60,"permissions":["account"]})",
                          201);
  const std::string key = added.at("key");
  const std::string secret = added.at("secret");
  EXPECT_EQ(key.size(), 18U);
  EXPECT_EQ(secret.size(), 43U) << "256 random bits (S7)";
  EXPECT_EQ(added.at("permissions"), nlohmann::json::parse(R"(["account"])"));
  EXPECT_EQ(added.at("workspace"), "acme");
  const auto shown = json("GET /_sandbox/consumers/" + key);
  EXPECT_FALSE(shown.contains("secret"));
  const auto get = [&](const std::string& with) {
    return server.send(
        "POST /site/oauth2/access_token", "Content-Type: application/x-www-form-urlencoded\r\n",
        "grant_type=password&username=alice&password=alice-password&client_id=" + key +
            "&client_secret=" + with);
  };
  const auto token = nlohmann::json::parse(get(secret).body);
  EXPECT_EQ(token.at("expires_in"), 60);
  EXPECT_EQ(token.at("scopes"), "account");
  const auto changed = json("PATCH /_sandbox/consumers/" + key,
                            R"({"secret":"chosen","access_token_ttl":null,"rotation":null})");
  EXPECT_TRUE(changed.at("access_token_ttl").is_null());
  EXPECT_TRUE(changed.at("rotation").is_null());
  EXPECT_EQ(get(secret).status, 400);
  EXPECT_EQ(status_of(token.at("access_token").get<std::string>()), 401) << "S31";
  EXPECT_EQ(nlohmann::json::parse(get("chosen").body).at("expires_in"), 7200);
  (void)json("PATCH /_sandbox/consumers/" + key, R"({"grants":["refresh_token"]})");
  EXPECT_EQ(get("chosen").status, 400) << "S8";
  EXPECT_EQ(call("DELETE /_sandbox/consumers/" + key).status, 204);
  EXPECT_EQ(call("GET /_sandbox/consumers/" + key).status, 404);
}

TEST_F(Control, ATokenIsMintedAsTheTokenEndpointWouldAnswer) {
  const auto answer =
      call("POST /_sandbox/tokens",
           R"({"user":"alice","consumer":"app","scopes":["email","account"],"expires_in":5})");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  const auto minted = nlohmann::json::parse(answer.body);
  EXPECT_EQ(minted.at("token_type"), "bearer");
  EXPECT_EQ(minted.at("expires_in"), 5);
  EXPECT_EQ(minted.at("scopes"), "account email");
  const std::string token = minted.at("access_token");
  EXPECT_EQ(status_of(token), 200);
  const auto refreshed =
      server.post("/site/oauth2/access_token", "grant_type=refresh_token&refresh_token=" +
                                                   minted.at("refresh_token").get<std::string>());
  EXPECT_EQ(refreshed.status, 200) << refreshed.body;
  const auto today = json("POST /_sandbox/tokens",
                          R"({"user":"alice","consumer":"app-today","scopes":"account"})");
  EXPECT_GT(today.at("access_token").get<std::string>().size(), 2500U);
  EXPECT_FALSE(today.contains("scopes"));
}

TEST_F(Control, ATokenCanExpireAndBeRevoked) {
  const auto expired = mint();
  EXPECT_EQ(call("PATCH /_sandbox/tokens", R"({"token":")" + expired + "\"}").status, 204);
  EXPECT_THAT(server.get("/2.0/user", expired).body, HasSubstr("Access token expired"));
  const auto revoked = mint();
  EXPECT_EQ(call("DELETE /_sandbox/tokens", R"({"token":")" + revoked + "\"}").status, 204);
  EXPECT_EQ(status_of(revoked), 401);
  EXPECT_THAT(server.get("/2.0/user", mint(R"(,"expires_in":0)")).body, HasSubstr("expired"));
}

TEST_F(Control, TheClockMovesAndTokensExpireWithIt) {
  const auto token = mint();
  EXPECT_EQ(json("PUT /_sandbox/clock", R"({"now":"2040-01-02T03:04:05.678+01:00"})").at("now"),
            "2040-01-02T02:04:05Z");
  EXPECT_EQ(json("PUT /_sandbox/clock", R"({"advance_seconds":60})").at("now"),
            "2040-01-02T02:05:05Z");
  EXPECT_THAT(json("GET /_sandbox/clock").at("now").get<std::string>(),
              HasSubstr("2040-01-02T02:0"));
  EXPECT_EQ(status_of(token), 401);
  EXPECT_EQ(status_of(mint()), 200);
}

TEST_F(Control, AFaultHitsTheNextRequestsThatMatchAndNoOthers) {
  (void)json("POST /_sandbox/faults",
             R"({"method":"GET","path":"/2.0/user","times":2,"status":503,
                 "body":{"error":"down"},"headers":{"Retry-After":"7"}})",
             201);
  EXPECT_EQ(json("GET /_sandbox/faults").at("values").at(0).at("times"), 2);
  const auto token = mint();
  for (int i = 0; i < 2; ++i) {
    const auto answer = server.get("/2.0/user/", token);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body, R"({"error":"down"})");
    EXPECT_EQ(answer.header("Retry-After"), "7");
    EXPECT_EQ(server.get("/2.0/user/emails", token).status, 200);
  }
  EXPECT_EQ(status_of(token), 200);
  EXPECT_EQ(json("GET /_sandbox/faults").at("size"), 0);
}

TEST_F(Control, AGlobMatchesAcrossSegmentsAlsoWhereNothingIsServed) {
  (void)json("POST /_sandbox/faults", R"({"path":"/2.0/repositories/*","status":200,"body":"ok"})",
             201);
  const auto answer = server.get("/2.0/repositories/acme/hello/deployments");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "ok");
}

TEST_F(Control, AnAnswerCanBeLostAfterTheRequestTookEffect) {
  (void)json("POST /_sandbox/faults", R"({"path":"/site/oauth2/access_token","cut":true})", 201);
  EXPECT_ANY_THROW((void)server.post("/site/oauth2/access_token",
                                     "grant_type=password&username=alice&password=alice-password"));
  EXPECT_EQ(server.lines.count({"token_issued", "alice"}), 1U);
}

TEST_F(Control, AnAnswerCanBeMalformed) {
  (void)json("POST /_sandbox/faults", R"({"path":"/2.0/*","malformed":true})", 201);
  const auto answer = server.get("/2.0/user", mint());
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(nlohmann::json::accept(answer.body)) << answer.body;
}

TEST_F(Control, FaultsLeaveTheControlInterfaceAlone) {
  (void)json("POST /_sandbox/faults", R"({"path":"*","status":500,"times":9})", 201);
  EXPECT_EQ(call("GET /_sandbox").status, 200);
  EXPECT_EQ(call("DELETE /_sandbox/faults").status, 204);
  EXPECT_EQ(server.get("/healthcheck").status, 200);
}

TEST_F(Control, RequestsAreRecordedCountedAndFiltered) {
  (void)server.post("/site/oauth2/access_token", "grant_type=nothing");
  (void)server.get("/2.0/workspaces/acme?role=member");
  (void)server.get("/absent");
  (void)call("GET /_sandbox");
  const auto all = json("GET /_sandbox/requests");
  EXPECT_EQ(all.at("count"), 3) << "our own calls are not among them";
  const auto& first = all.at("values").at(0);
  EXPECT_EQ(first.at("method"), "POST");
  EXPECT_EQ(first.at("path"), "/site/oauth2/access_token");
  EXPECT_EQ(first.at("status"), 400);
  EXPECT_EQ(first.at("body"), "grant_type=nothing");
  EXPECT_EQ(first.at("headers").at("authorization"), "Basic ***");
  EXPECT_EQ(all.at("values").at(1).at("query"), "role=member");
  EXPECT_EQ(json("GET /_sandbox/requests?path=/2.0/*").at("count"), 1);
  EXPECT_EQ(json("GET /_sandbox/requests?method=GET&limit=1").at("values").at(0).at("path"),
            "/absent");
  EXPECT_EQ(call("GET /_sandbox/requests?limit=x").status, 400);
  EXPECT_EQ(call("GET /_sandbox/requests?paht=x").status, 400);
  EXPECT_EQ(call("DELETE /_sandbox/requests").status, 204);
  EXPECT_EQ(json("GET /_sandbox/requests").at("count"), 0);
}

TEST_F(Control, S63_RecordedRequestsHoldNoSecret) {
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  const auto token = server.token("alice");
  (void)server.send("POST /site/oauth2/access_token", form,
                    "grant_type=password&username=alice&p%61ssword=s3cr3t-1&client_secret=s3cr3t-2"
                    "&refresh_token=s3cr3t-3&code=s3cr3t-4&code_verifier=s3cr3t-5&bad%zz=s3cr3t-6");
  (void)server.get("/2.0/user?access_token=s3cr3t-7", "s3cr3t-8");
  (void)server.send("POST /2.0/user",
                    "Content-Type: application/json\r\nCookie: a=s3cr3t-9\r\n"
                    "X-Api-Token: s3cr3t-10\r\n",
                    R"({"a":[{"password":"s3cr3t-11"}]})");
  (void)server.send("POST /site/oauth2/access_token", "Content-Type: text/plain\r\n",
                    "password=s3cr3t-12");
  (void)server.send("POST /site/oauth2/access_token", "Authorization: s3cr3t-13\r\n" + form, "a=b");
  const auto recorded = call("GET /_sandbox/requests?limit=1000").body;
  EXPECT_THAT(recorded, AllOf(Not(HasSubstr("s3cr3t")), Not(HasSubstr(token)),
                              Not(HasSubstr("alice-password"))));
  EXPECT_THAT(recorded, HasSubstr("p%61ssword=***"));
  EXPECT_THAT(recorded, HasSubstr("username=alice"));
}

TEST(S63_Recording, MasksJsonByNameAndKeepsNothingElse) {
  const auto masked = [](const char* type, const char* body) {
    http::Request request;
    request.headers.set("Content-Type", type);
    request.body = body;
    return masked_body(request).value_or("nothing");
  };
  EXPECT_EQ(masked("application/json", R"({"a":[{"password":"x","b":1}],"token":{"c":2}})"),
            R"({"a":[{"b":1,"password":"***"}],"token":"***"})");
  EXPECT_EQ(masked("application/json", R"({"password":"x")"), "nothing");
  EXPECT_EQ(masked("text/plain", "password=x"), "nothing");
  EXPECT_EQ(masked("application/x-www-form-urlencoded", "a=b&password=x&&c"),
            "a=b&password=***&&c");
}

TEST_F(Control, ResetGoesBackToTheSeedInEverything) {
  const auto token = mint();
  (void)json("POST /_sandbox/users", R"({"nickname":"dora","password":"d"})", 201);
  (void)json("POST /_sandbox/faults", R"({"path":"/2.0/*","status":500})", 201);
  (void)json("PUT /_sandbox/clock", R"({"now":"2040-01-01T00:00:00Z"})");
  for (int i = 0; i < 12; ++i) {
    (void)server.post("/site/oauth2/access_token",
                      "grant_type=password&username=alice&password=wrong");
  }
  const std::string good = "grant_type=password&username=alice&password=alice-password";
  EXPECT_EQ(server.post("/site/oauth2/access_token", good).status, 429);
  EXPECT_EQ(call("POST /_sandbox/reset").status, 204);
  EXPECT_EQ(call("GET /_sandbox/users/dora").status, 404);
  EXPECT_EQ(json("GET /_sandbox/users").at("size"), 3);
  EXPECT_EQ(json("GET /_sandbox/requests").at("count"), 0);
  EXPECT_EQ(status_of(token), 401);
  EXPECT_THAT(json("GET /_sandbox/clock").at("now").get<std::string>(), Not(HasSubstr("2040-")));
  EXPECT_EQ(server.post("/site/oauth2/access_token", good).status, 200);
}

}  // namespace
}  // namespace bbgrant::sandbox
