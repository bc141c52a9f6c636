// SPDX-License-Identifier: MIT
// The settings page of OAuth consumers, as a browser without JavaScript meets it.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/consumer_settings.hpp"

namespace bbgrant::sandbox {
namespace {

using ::testing::AllOf;
using testing::Fields;
using ::testing::HasSubstr;
using testing::kHome;
using testing::kNew;
using ::testing::Not;
using testing::PageVisitor;
using testing::path_of;
using testing::RawAnswer;
using testing::shown;
using ConsumerPages = testing::ConsumerSettings;
using S18_ConsumerForms = testing::ConsumerSettings;
using S19_ConsumerPages = testing::ConsumerSettings;
using S35_OthersConsumers = testing::ConsumerSettings;

TEST_F(ConsumerPages, AddedConsumerWorksUntilItIsRenewedAndRemoved) {
  EXPECT_THAT(visitor.page().body, HasSubstr("OAuth consumers"));
  EXPECT_THAT(visitor.page().body, HasSubstr("<code>app-today</code>"));
  const auto key = add();
  const auto secret = shown(visitor.page(), "secret");
  EXPECT_EQ(key.size(), 18U);
  EXPECT_EQ(secret.size(), 43U) << "256 random bits (S7)";
  EXPECT_EQ(grant(key, secret), 200);
  EXPECT_THAT(visitor.open(kHome).body, HasSubstr(key));

  visitor.open(path_of(key, "/renew"));
  visitor.submit(path_of(key, "/renew"), {});
  const auto renewed = shown(visitor.page(), "secret");
  EXPECT_EQ(renewed.size(), 43U);
  EXPECT_NE(renewed, secret);
  EXPECT_EQ(grant(key, secret), 400);
  EXPECT_EQ(grant(key, renewed), 200);

  visitor.open(path_of(key, "/remove"));
  EXPECT_EQ(count(), 4U) << "asked first";
  visitor.submit(path_of(key, "/remove"), {});
  EXPECT_THAT(visitor.page().body, Not(HasSubstr(key)));
  EXPECT_EQ(grant(key, renewed), 400);
  EXPECT_EQ(visitor.open(path_of(key)).status, 404);
}

TEST_F(ConsumerPages, FormThatIsSentTwiceTakesEffectOnce) {
  visitor.open(kNew);
  Fields fields = visitor.hidden(kNew);
  fields.insert(fields.end(), {{"name", "Twice"}, {"profile", "2019"}});
  const auto first = visitor.post(kNew, fields);
  const auto key = shown(first, "key");
  EXPECT_EQ(visitor.post(kNew, fields).status, 303);
  EXPECT_EQ(count(), 4U);

  visitor.open(path_of(key, "/renew"));
  fields = visitor.hidden(path_of(key, "/renew"));
  const auto renewed = shown(visitor.post(path_of(key, "/renew"), fields), "secret");
  EXPECT_NE(renewed, shown(first, "secret"));
  EXPECT_EQ(shown(visitor.post(path_of(key, "/renew"), fields), "secret"), renewed);
}

TEST_F(ConsumerPages, EveryFieldIsKeptAndCanBeChanged) {
  const auto key = add({{"name", "A <b>\"n&ame'"},
                        {"description", "What it is for"},
                        {"callback_url", "http://localhost:4000/cb"},
                        {"url", "https://example.com/app"},
                        {"permission", "account"},
                        {"permission", "repository:write"},
                        {"profile", "2026"},
                        {"grants", "chosen"},
                        {"grant", "client_credentials"},
                        {"grant", "implicit"},
                        {"rotation", "off"},
                        {"require_pkce", "on"},
                        {"access_token_ttl", " 90 "}});
  auto kept = record(key);
  kept.erase("created_on");
  nlohmann::json expected = {{"key", key},
                             {"name", "A <b>\"n&ame'"},
                             {"description", "What it is for"},
                             {"callback_url", "http://localhost:4000/cb"},
                             {"url", "https://example.com/app"},
                             {"private", false},
                             {"permissions", {"account", "repository:write"}},
                             {"workspace", "acme"},
                             {"profile", "2026"},
                             {"grants", {"client_credentials", "implicit"}},
                             {"rotation", false},
                             {"require_pkce", true},
                             {"access_token_ttl", 90}};
  EXPECT_EQ(kept, expected);

  const auto& page = visitor.open(path_of(key));
  for (const auto* text :
       {"value=\"A &lt;b&gt;&quot;n&amp;ame", "value=\"What it is for\"",
        "value=\"http://localhost:4000/cb\"", "value=\"https://example.com/app\"",
        "value=\"repository:write\" checked", "value=\"2026\" selected", "value=\"chosen\" checked",
        "value=\"implicit\" checked", "value=\"off\" selected",
        "name=\"require_pkce\" value=\"on\" aria-describedby=\"pkce-hint\" checked",
        "name=\"access_token_ttl\" value=\"90\""}) {
    EXPECT_THAT(page.body, HasSubstr(text));
  }
  EXPECT_THAT(page.body, Not(HasSubstr("value=\"repository\" checked")));

  visitor.submit(path_of(key), {{"name", "Plain"},
                                {"private", "on"},
                                {"profile", "2019"},
                                {"grants", "profile"},
                                {"grant", "implicit"},
                                {"rotation", ""},
                                {"access_token_ttl", ""}});
  EXPECT_EQ(visitor.page().status, 200);
  kept = record(key);
  kept.erase("created_on");
  expected.update({{"name", "Plain"},
                   {"description", ""},
                   {"callback_url", ""},
                   {"url", ""},
                   {"private", true},
                   {"permissions", nlohmann::json::array()},
                   {"profile", "2019"},
                   {"grants", nullptr},
                   {"rotation", nullptr},
                   {"require_pkce", false},
                   {"access_token_ttl", nullptr}});
  EXPECT_EQ(kept, expected);
}

TEST_F(ConsumerPages, BadFieldShowsTheFormAgainWithEveryOtherValue) {
  const std::string long_text(1025, 'x');
  const struct {
    const char* field;
    std::string value;
    const char* says;
  } cases[] = {
      {"name", "", "This field is required."},
      {"name", "   ", "This field is required."},
      {"name", long_text, "Expected at most 1024 bytes"},
      {"name", "a\tb", "without control characters"},
      {"description", long_text, "Expected at most 1024 bytes"},
      {"callback_url", "/cb", "must be an absolute URL"},
      {"callback_url", "javascript:alert(1)", "with a dot"},
      {"callback_url", "http://u:p@h/", "must be an absolute URL"},
      {"callback_url", "https://h/#f", "must be an absolute URL"},
      {"callback_url", "https://h/a/../b", "empty or dot segments"},
      {"url", "example.com", "Expected an absolute URL"},
      {"url", "javascript:alert(1)", "Expected an absolute URL"},
      {"permission", "acount", "This field knows no &apos;acount&apos;."},
      {"profile", "2020", "No such one."},
      {"grant", "magic", "This field knows no &apos;magic&apos;."},
      {"rotation", "maybe", "Expected true or false."},
      {"access_token_ttl", "0", "Expected a whole number from 1"},
      {"access_token_ttl", "2h", "Expected a whole number from 1"},
      {"access_token_ttl", "99999999999999999999", "Expected a whole number from 1"},
  };
  const auto key = add();
  const auto before = record(key);
  for (const auto& line : cases) {
    for (const auto& path : {kNew, path_of(key)}) {
      SCOPED_TRACE(std::string{line.field} + " " + line.value + " " + path);
      const std::pair<std::string, std::string> good[] = {
          {"name", "Kept name"},         {"description", "Kept text"},
          {"url", "https://k.example/"}, {"callback_url", "https://k.example/cb"},
          {"profile", "2026"},           {"rotation", "on"},
          {"access_token_ttl", "77"}};
      Fields fields{{"grants", "chosen"}, {"grant", "implicit"}, {"permission", "email"}};
      fields.emplace_back(line.field, line.value);
      for (const auto& field : good) {
        if (field.first != line.field) fields.push_back(field);
      }
      visitor.open(path);
      const auto& page = visitor.submit(path, fields);
      EXPECT_EQ(page.status, 400);
      const std::string id = line.field + std::string{line.field == std::string{"permission"} ||
                                                              line.field == std::string{"grant"}
                                                          ? "s"
                                                          : ""};
      const auto fault = page.body.find("id=\"" + id + "-fault\"");
      ASSERT_NE(fault, std::string::npos) << page.body;
      EXPECT_THAT(page.body.substr(fault, 300), HasSubstr(line.says));
      for (const auto& [name, value] : good) {
        if (name == line.field) continue;
        const auto end = name == "profile" || name == "rotation" ? "\" selected" : "\"";
        EXPECT_THAT(page.body, HasSubstr("value=\"" + value + end)) << name;
      }
      EXPECT_THAT(page.body, HasSubstr("value=\"implicit\" checked"));
      EXPECT_THAT(page.body, HasSubstr("value=\"email\" checked"));
      EXPECT_EQ(shown(page, "secret"), "");
    }
  }
  EXPECT_EQ(record(key), before);
  EXPECT_EQ(count(), 4U);
}

TEST_F(ConsumerPages, SignedOutGoesToSignInAndBack) {
  PageVisitor stranger{server};
  EXPECT_THAT(stranger.open(kHome).body, HasSubstr("action=\"/account/signin\""));
  EXPECT_THAT(stranger.sign_in("alice").body, HasSubstr("Add consumer"));
  PageVisitor two_step{server};
  two_step.open(kHome);
  EXPECT_THAT(two_step.sign_in("bob").body, HasSubstr("Six-digit code"));
  EXPECT_THAT(two_step.open(kHome).body, HasSubstr("Six-digit code"));
}

TEST_F(S35_OthersConsumers, OnlyAnOwnerMaySeeAndChange) {
  json("POST /_sandbox/seed", R"({
    "users": [{"nickname": "dora", "password": "dora-password"}],
    "workspaces": [{"slug": "theirs", "private": true,
                    "members": [{"user": "dora", "permission": "owner"}]},
                   {"slug": "open", "members": [{"user": "dora", "permission": "owner"}]}],
    "consumers": [{"key": "their-key", "workspace": "theirs"}]})",
       201);
  const auto key = add();
  const struct {
    const char* who;
    std::string path;
    int status;
  } cases[] = {
      {"alice", kHome, 200},
      {"alice", "/nowhere/workspace/settings/api", 404},
      {"alice", "/theirs/workspace/settings/api", 404},
      {"alice", "/open/workspace/settings/api", 403},
      {"alice", path_of("their-key"), 404},
      {"alice", path_of("nobody"), 404},
      {"carol", kHome, 403},
      {"carol", kNew, 403},
      {"carol", path_of(key), 403},
      {"carol", path_of(key, "/renew"), 403},
      {"carol", path_of(key, "/remove"), 403},
      {"dora", kHome, 403},
      {"dora", "/theirs/workspace/settings/api", 200},
  };
  for (const auto& line : cases) {
    PageVisitor person{server};
    person.open(kHome);
    person.sign_in(line.who);
    EXPECT_EQ(person.open(line.path).status, line.status) << line.who << " " << line.path;
    if (line.status != 200) {
      EXPECT_THAT(person.page().body, Not(HasSubstr("app-today")));
    }
  }
  // Nor with a form of one's own session.
  PageVisitor carol{server};
  carol.open(kHome);
  carol.sign_in("carol");
  Fields fields = carol.hidden("/account/signout");
  fields.insert(fields.end(), {{"name", "Hers"}, {"profile", "2019"}, {"key", "hers"}});
  for (const auto& path : {kNew, path_of(key), path_of(key, "/secret"), path_of(key, "/renew"),
                           path_of(key, "/remove")}) {
    const auto answer = carol.post(path, fields);
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_EQ(shown(answer, "secret"), "");
  }
  EXPECT_EQ(record(key).at("name"), "Mine");
  EXPECT_EQ(count(), 5U);
  // An owner of another workspace, by its address.
  PageVisitor dora{server};
  dora.open("/theirs/workspace/settings/api");
  dora.sign_in("dora");
  Fields hers = dora.hidden("/account/signout");
  EXPECT_EQ(dora.post("/theirs/workspace/settings/api/consumer/" + key + "/secret", hers).status,
            404);
  hers.insert(hers.end(), {{"name", "Same"}, {"profile", "2019"}, {"key", key}});
  const auto taken = dora.post("/theirs/workspace/settings/api/new", hers);
  EXPECT_EQ(taken.status, 400) << "the key is taken";
  EXPECT_THAT(taken.body, Not(HasSubstr("Mine")));
}

TEST_F(S18_ConsumerForms, FormsOfAnotherSessionOrSiteDoNothing) {
  const auto key = add();
  const auto before = record(key);
  PageVisitor other{server};
  other.open(kHome);
  other.sign_in("alice");
  const auto own = "Origin: http://localhost:" + std::to_string(server.sandbox.port()) + "\r\n";
  for (const auto& path : {kNew, path_of(key), path_of(key, "/secret"), path_of(key, "/renew"),
                           path_of(key, "/remove")}) {
    SCOPED_TRACE(path);
    Fields fields =
        visitor.open(kHome).status == 200 ? visitor.hidden("/account/signout") : Fields{};
    fields.insert(fields.end(), {{"name", "Forged"}, {"profile", "2019"}, {"version", "1"}});
    Fields without = fields;
    std::erase_if(without, [](const auto& field) { return field.first == "form_token"; });
    Fields swapped = without;
    swapped.push_back(other.hidden("/account/signout").at(0));
    for (const auto& refused :
         {visitor.post(path, without), visitor.post(path, swapped), other.post(path, fields),
          visitor.post(path, fields, "Origin: http://localhost:3000\r\n"),
          visitor.post(path, fields, "Origin: null\r\n"),
          visitor.post(path, fields, "Sec-Fetch-Site: cross-site\r\n")}) {
      EXPECT_EQ(refused.status, 403);
      EXPECT_EQ(shown(refused, "secret"), "");
    }
    EXPECT_EQ(record(key), before);
    EXPECT_EQ(count(), 4U);
  }
  Fields fields = visitor.hidden("/account/signout");
  EXPECT_EQ(shown(visitor.post(path_of(key, "/secret"), fields, own), "secret").size(), 43U);
}

TEST_F(S19_ConsumerPages, NoPageCanBeFramedKeptOrRunAScript) {
  const auto key = add();
  const auto check = [](const RawAnswer& page) {
    EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
    const auto policy = page.header("Content-Security-Policy").value_or("");
    EXPECT_THAT(policy, AllOf(HasSubstr("default-src 'none'"), HasSubstr("frame-ancestors 'none'"),
                              HasSubstr("form-action 'self'"), Not(HasSubstr("unsafe"))));
    EXPECT_EQ(page.header("Cache-Control"), "no-store");
    EXPECT_EQ(page.header("Access-Control-Allow-Origin"), std::nullopt) << "S81";
  };
  check(visitor.page());
  for (const auto& path : {kHome, kNew, path_of(key), path_of(key, "/renew"),
                           path_of(key, "/remove"), path_of("nobody")}) {
    check(visitor.open(path));
  }
  check(server.send("DELETE " + kHome));
}

}  // namespace
}  // namespace bbgrant::sandbox
