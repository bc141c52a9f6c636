// SPDX-License-Identifier: MIT
// What a change on the settings page does to secrets, tokens and the log.
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "authorization/random_token.hpp"
#include "authorization/seal.hpp"
#include "sandbox/consumer_settings.hpp"
#include "store/store.hpp"
#include "support/temporary_folder.hpp"

namespace bbgrant::sandbox {
namespace {

using testing::Fields;
using ::testing::HasSubstr;
using testing::kHome;
using testing::kNew;
using ::testing::Not;
using testing::PageVisitor;
using testing::path_of;
using testing::shown;
using S7_SecretShown = testing::ConsumerSettings;
using S31_ConsumerChanged = testing::ConsumerSettings;
using S76_Callback = testing::ConsumerSettings;
using S97_ConsumerChanged = testing::ConsumerSettings;

TEST_F(S7_SecretShown, OnceAndThenByPostAlone) {
  const auto key = add();
  const auto secret = shown(visitor.page(), "secret");
  for (const auto& path : {kHome, path_of(key), path_of(key, "/renew"), path_of(key, "/remove")}) {
    EXPECT_THAT(visitor.open(path).body, Not(HasSubstr(secret))) << path;
  }
  EXPECT_EQ(visitor.open(path_of(key, "/secret")).status, 405) << "a GET shows nothing";
  visitor.open(path_of(key));
  visitor.submit(path_of(key, "/secret"), {});
  EXPECT_EQ(shown(visitor.page(), "secret"), secret);
  EXPECT_EQ(server.lines.all().find(secret), std::string::npos) << "S63";
}

TEST(S7_Secret, SealedWithAnotherKeyItIsNotShownAndThePageSaysWhy) {
  const bbgrant::testing::TemporaryFolder folder;
  auto options = testing::test_options();
  if (options.store == "memory") options.store = "sqlite:" + (folder.path() / "s.db").string();
  options.key_file = folder.path() / "secret.key";
  const auto store_url = options.store;
  testing::RunningSandbox server{std::move(options)};
  PageVisitor visitor{server};
  visitor.open(kHome);
  visitor.sign_in("alice");
  {
    const auto store = store::open_store({store_url});
    boost::asio::io_context loop;
    const auto elsewhere = authorization::Sealer::with_new_key();
    auto done = boost::asio::co_spawn(
        loop, store->renew_secret("app", authorization::hash_of("x"), elsewhere.seal(Secret{"x"})),
        boost::asio::use_future);
    loop.run();
    EXPECT_TRUE(done.get());
    store->close();
  }
  visitor.open(path_of("app"));
  visitor.submit(path_of("app", "/secret"), {});
  EXPECT_EQ(shown(visitor.page(), "secret"), "");
  EXPECT_THAT(visitor.page().body, HasSubstr("sealed with another key"));
}

TEST_F(S31_ConsumerChanged, NewSecretAndRemovalEndCodesAndTokensAnEditDoesNot) {
  const struct {
    std::string path;
    Fields fields;
    bool ends;
  } causes[] = {{"",
                 {{"name", "Edited"},
                  {"profile", "2019"},
                  {"private", "on"},
                  {"permission", "account"},
                  {"callback_url", "http://localhost:4000/cb"}},
                 false},
                {"/renew", {}, true},
                {"/remove", {}, true}};
  for (const auto& cause : causes) {
    SCOPED_TRACE("after POST " + cause.path);
    const auto key = add();
    auto secret = shown(visitor.page(), "secret");
    const auto as = "&client_id=" + key + "&client_secret=" + secret;
    const auto token = nlohmann::json::parse(
        server
            .send("POST /site/oauth2/access_token",
                  "Content-Type: application/x-www-form-urlencoded\r\n",
                  "grant_type=password&username=alice&password=alice-password" + as)
            .body);
    const auto bearer = token.at("access_token").get<std::string>();
    const auto refresh = token.at("refresh_token").get<std::string>();
    PageVisitor person = visitor;
    const auto code = person.allow({{"client_id", key}}).at("code");
    person.authorize({{"client_id", key}});  // the answer is awaited
    EXPECT_EQ(server.get("/2.0/user", bearer).status, 200);

    visitor.open(path_of(key, cause.path));
    visitor.submit(path_of(key, cause.path), cause.fields);
    if (cause.path == "/renew") secret = shown(visitor.page(), "secret");
    EXPECT_EQ(server.get("/2.0/user", bearer).status, cause.ends ? 401 : 200);
    EXPECT_EQ(grant(key, secret, "grant_type=refresh_token&refresh_token=" + refresh),
              cause.ends ? 400 : 200);
    EXPECT_EQ(grant(key, secret, "grant_type=authorization_code&code=" + code),
              cause.ends ? 400 : 200);
    if (cause.path == "/remove") {
      EXPECT_EQ(person.decide("allow", {{"scope", "account"}}).status, 403);
    }
  }
}

TEST_F(S76_Callback, PlainHttpElsewhereIsTakenWithAWarningOrRefused) {
  const Fields elsewhere{{"name", "Mine"}, {"callback_url", "http://app.example/cb"}};
  add(elsewhere);
  EXPECT_EQ(visitor.page().status, 200);
  EXPECT_THAT(visitor.page().body, HasSubstr("needs https (RFC 9700 section 2.6)"));
  auto options = testing::test_options();
  options.errors = "rfc6749";
  testing::RunningSandbox strict{std::move(options)};
  PageVisitor person{strict};
  person.open(kHome);
  person.sign_in("alice");
  person.open(kNew);
  Fields fields = elsewhere;
  fields.emplace_back("profile", "2019");
  EXPECT_EQ(person.submit(kNew, fields).status, 400);
  EXPECT_THAT(person.page().body, HasSubstr("needs https"));
}

TEST_F(S97_ConsumerChanged, EachChangeIsOneLineThatSaysWhoAndWhere) {
  const auto key = add({{"name", "x\"}\n{\"event\":\"forged"}, {"profile", "2019"}});
  EXPECT_EQ(key, "") << "a control character";
  const auto mine = add();
  visitor.open(path_of(mine));
  visitor.submit(path_of(mine), {{"name", "Again"}, {"profile", "2019"}});
  visitor.open(path_of(mine, "/renew"));
  visitor.submit(path_of(mine, "/renew"), {});
  visitor.open(path_of(mine, "/remove"));
  visitor.submit(path_of(mine, "/remove"), {});
  for (const auto* change : {"added", "changed", "secret renewed", "removed"}) {
    EXPECT_EQ(server.lines.count({"\"event\":\"consumer_changed\"", "\"consumer\":\"" + mine + "\"",
                                  "\"change\":\"" + std::string{change} + "\"", "\"by\":\"alice\"",
                                  "\"door\":\"settings\"", "\"address\":\"127.0.0.1\"",
                                  "\"request\":\""}),
              1U)
        << change;
  }
  json("POST /_sandbox/consumers", R"({"key": "k"})", 201);
  json("PATCH /_sandbox/consumers/k", R"({"name": "n", "secret": "chosen-secret"})");
  EXPECT_EQ(call("DELETE /_sandbox/consumers/k").status, 204);
  EXPECT_EQ(call("DELETE /_sandbox/consumers/k").status, 404);
  EXPECT_EQ(server.lines.count({"consumer_changed", "\"consumer\":\"k\"", "\"door\":\"control\""}),
            3U);
  EXPECT_EQ(server.lines.count({"chosen-secret"}), 0U) << "S63";
}

}  // namespace
}  // namespace bbgrant::sandbox
