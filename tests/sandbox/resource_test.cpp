// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sandbox/running_sandbox.hpp"

namespace bbgrant::sandbox {
namespace {

class Resource : public ::testing::Test {
 protected:
  nlohmann::json json(const std::string& path, const std::string& token = {}) {
    const auto answer = server.get(path, token);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.header("Content-Type"), "application/json; charset=utf-8");
    return nlohmann::json::parse(answer.body);
  }
  std::string origin() { return "http://localhost:" + std::to_string(server.sandbox.port()); }
  std::vector<std::string> slugs(const nlohmann::json& page) {
    std::vector<std::string> names;
    for (const auto& value : page.at("values")) names.push_back(value.at("slug"));
    return names;
  }

  testing::RunningSandbox server;
};

using Slugs = std::vector<std::string>;

TEST_F(Resource, UserHasWhatClientsRead) {
  const auto user = json("/2.0/user", server.token("alice"));
  for (const char* member : {"uuid", "account_id", "nickname", "display_name", "username",
                             "account_status", "created_on", "has_2fa_enabled", "is_staff"}) {
    EXPECT_TRUE(user.contains(member)) << member;
  }
  EXPECT_EQ(user.at("created_on"), "2020-01-02T00:00:00.000000+00:00");
  const std::string self = user.at("links").at("self").at("href");
  EXPECT_TRUE(self.starts_with(origin() + "/2.0/users/%7B")) << self;
}

TEST_F(Resource, S49_LinksStayOnTheOriginThatTheClientUsed) {
  const std::string port = std::to_string(server.sandbox.port());
  const auto answer = http::testing::send_once(
      server.sandbox.port(), "GET /2.0/user HTTP/1.1\r\nHost: 127.0.0.1:" + port +
                                 "\r\nConnection: close\r\nAuthorization: Bearer " +
                                 server.token("alice") + "\r\n\r\n");
  ASSERT_TRUE(answer);
  const auto user = nlohmann::json::parse(answer->body);
  const std::string self = user.at("links").at("self").at("href");
  EXPECT_TRUE(self.starts_with("http://127.0.0.1:" + port + "/"));
}

TEST_F(Resource, EmailsAreAPage) {
  const auto page = json("/2.0/user/emails", server.token("alice"));
  EXPECT_EQ(page.at("size"), 1);
  EXPECT_EQ(page.at("page"), 1);
  EXPECT_EQ(page.at("pagelen"), 10);
  EXPECT_FALSE(page.contains("next"));
  const auto& email = page.at("values").at(0);
  EXPECT_EQ(email.at("type"), "email");
  EXPECT_EQ(email.at("email"), "alice@example.com");
  EXPECT_EQ(email.at("is_primary"), true);
  EXPECT_EQ(email.at("is_confirmed"), true);
}

TEST_F(Resource, WorkspacesSayWhoAdministers) {
  for (const auto& [name, administrator] : {std::pair{"alice", true}, std::pair{"carol", false}}) {
    const auto page = json("/2.0/user/workspaces", server.token(name));
    const auto& access = page.at("values").at(0);
    EXPECT_EQ(page.at("pagelen"), 25);
    EXPECT_EQ(access.at("type"), "workspace_access");
    EXPECT_EQ(access.at("administrator"), administrator) << name;
    EXPECT_EQ(access.at("workspace").at("slug"), "acme");
  }
}

TEST_F(Resource, AWorkspaceIsFoundBySlugAndByUuid) {
  const auto by_slug = json("/2.0/workspaces/acme");
  EXPECT_EQ(by_slug.at("type"), "workspace");
  std::string uuid = by_slug.at("uuid");
  EXPECT_EQ(json("/2.0/workspaces/%7B" + uuid.substr(1, 36) + "%7D"), by_slug);
  EXPECT_EQ(json("/2.0/workspaces/acme/"), by_slug) << "with a trailing slash";
  const auto missing = server.get("/2.0/workspaces/nowhere");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body,
            R"({"type":"error","error":{"message":"No workspace with identifier 'nowhere'."}})");
}

TEST_F(Resource, S35_ListsShowNoMoreThanTheCallerMaySee) {
  EXPECT_EQ(slugs(json("/2.0/repositories/acme", server.token("alice"))),
            (Slugs{"hello", "website"}));
  const auto carols = json("/2.0/repositories/acme", server.token("carol"));
  EXPECT_EQ(slugs(carols), Slugs{"website"});
  EXPECT_EQ(carols.at("size"), 1) << "counts show no more than objects do";
  EXPECT_EQ(slugs(json("/2.0/repositories/acme")), Slugs{"website"});
}

TEST_F(Resource, ARepositoryHasWhatClientsRead) {
  const auto page = json("/2.0/repositories/acme", server.token("alice"));
  const auto& hello = page.at("values").at(0);
  EXPECT_EQ(hello.at("full_name"), "acme/hello");
  EXPECT_EQ(hello.at("is_private"), true);
  EXPECT_EQ(hello.at("mainbranch").at("name"), "main");
  EXPECT_EQ(hello.at("links").at("clone").at(0).at("name"), "https");
  EXPECT_EQ(hello.at("links").at("clone").at(0).at("href"), origin() + "/acme/hello.git");
}

TEST_F(Resource, PagesLinkToTheNextWithTheWholeQueryButNoToken) {
  const std::string token = server.token("alice");
  const auto first = json("/2.0/repositories/acme?pagelen=1&role=member&access_token=" + token);
  EXPECT_EQ(slugs(first), Slugs{"hello"});
  const std::string next = first.at("next");
  EXPECT_EQ(next, origin() + "/2.0/repositories/acme?pagelen=1&role=member&page=2");
  const auto second = json(next.substr(origin().size()), token);
  EXPECT_EQ(slugs(second), Slugs{"website"});
  EXPECT_FALSE(second.contains("next"));
  EXPECT_TRUE(second.contains("previous"));
}

TEST_F(Resource, APathWithBracesAsTheyAreHasPagesToo) {
  const std::string uuid = json("/2.0/workspaces/acme").at("uuid");
  const auto page = json("/2.0/repositories/" + uuid + "?pagelen=1", server.token("alice"));
  EXPECT_EQ(page.at("next"),
            origin() + "/2.0/repositories/%7B" + uuid.substr(1, 36) + "%7D?pagelen=1&page=2");
}

TEST_F(Resource, ABadPageIs400) {
  for (const char* query : {"pagelen=101", "pagelen=-1", "pagelen=x", "pagelen=1.5", "page=0",
                            "page=x", "page=99999999999999999999"}) {
    const auto answer = server.get(std::string{"/2.0/repositories/acme?"} + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_NE(answer.body.find("Invalid page"), std::string::npos) << answer.body;
  }
  EXPECT_EQ(json("/2.0/repositories/acme?pagelen=0").at("pagelen"), 10);
}

TEST_F(Resource, NothingElseIsHostedHere) {
  const auto answer = server.get("/2.0/nothing");
  EXPECT_EQ(answer.status, 404);
  const auto error = nlohmann::json::parse(answer.body).at("error");
  EXPECT_EQ(error.at("message"), "Resource not found");
  EXPECT_TRUE(
      error.at("detail").get<std::string>().starts_with("There is no API hosted at this URL."));
}

TEST_F(Resource, AnotherMethodIs405WithTheOnesAllowed) {
  const auto answer = server.send("DELETE /2.0/user");
  EXPECT_EQ(answer.status, 405);
  EXPECT_NE(answer.header("Allow").value_or("").find("GET"), std::string::npos);
}

}  // namespace
}  // namespace bbgrant::sandbox
