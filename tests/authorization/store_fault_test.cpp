// SPDX-License-Identifier: MIT
// S16: a fault of the store at each step of each grant, as seen from outside. What a call of the
// store keeps and undoes is shown in tests/store/faults_test.cpp.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "authorization/authorization_fixture.hpp"
#include "http/form.hpp"
#include "store/failing_step.hpp"
#include "store/sqlite/database.hpp"
#include "support/temporary_folder.hpp"

namespace bbgrant::authorization {
namespace {

/// What outlives the store. In a file, so that reads have connections of their own and are no
/// steps.
struct WithFailingStep {
  store::testing::FailingStep failing;
  bbgrant::testing::TemporaryFolder folder;
};

class S16_StoreFault : public WithFailingStep,
                       public Approver,
                       public testing::AuthorizationFixture {
 protected:
  S16_StoreFault()
      : AuthorizationFixture(ErrorStyle::kBitbucket,
                             std::make_shared<store::Store>(store::open_sqlite_file(
                                 folder.path() / "store.db", {.on_step = failing.hook()}))) {
    server->set_approver(*this);
    auto rotating = consumer("rotating", "account");
    rotating.rotation = true;
    (void)wait_for(store->add_consumer(std::move(rotating)));
  }

  std::optional<Approval> decide(const AuthorizationAsked&) override {
    return Approval{.user = user};
  }

  Sent authorization(const std::string& key, const std::string& type = "code") {
    return {.query = "state=s&client_id=" + key + "&response_type=" + type,
            .path = "/site/oauth2/authorize",
            .method = http::Method::kGet};
  }
  /// The members of the query or fragment that the answer redirects with.
  static http::Form redirected(const http::Response& response) {
    const std::string location{response.headers.find("Location").value_or("")};
    const auto start = location.find_first_of("?#");
    return std::get<http::Form>(http::parse_form(location.substr(start + 1)));
  }
  std::string code_for(const std::string& key) {
    return std::string{redirected(post(authorization(key))).get("code").value_or("none")};
  }
  Sent code_grant(const std::string& key) {
    return {.body = "grant_type=authorization_code&code=" + code_for(key),
            .authorization = testing::basic(key, "secret")};
  }
  Sent refresh_grant(const std::string& key) {
    const std::string token = post_json(code_grant(key)).at("refresh_token");
    return {.body = "grant_type=refresh_token&refresh_token=" + token,
            .authorization = testing::basic(key, "secret")};
  }
  [[nodiscard]] bool issued() const {
    return std::ranges::any_of(lines, [](const auto& line) {
      return line.find("token_issued") != std::string::npos ||
             line.find("token_refreshed") != std::string::npos;
    });
  }

  std::string user = "alice";
};

TEST_F(S16_StoreFault, NoGrantGivesWhatIsNotStoredOrSpendsForNothing) {
  const std::pair<const char*, std::function<Sent()>> grants[] = {
      {"password", [&] { return Sent{.body = password_body()}; }},
      {"client credentials", [&] { return Sent{.body = "grant_type=client_credentials"}; }},
      {"code", [&] { return code_grant("key"); }},
      {"refresh", [&] { return refresh_grant("key"); }},
      {"refresh, rotating", [&] { return refresh_grant("rotating"); }}};
  for (const auto& [name, prepare] : grants) {
    const Sent sent = prepare();
    int step = 0;
    for (; step < 50; ++step) {
      SCOPED_TRACE(std::string{name} + ", step " + std::to_string(step));
      lines.clear();
      failing.steps = 0;
      failing.fail_at = step;
      std::optional<http::Response> response;
      try {
        response = post(sent);
      } catch (const store::StoreError&) {  // the sandbox makes it a 503
        EXPECT_FALSE(issued());
      }
      failing.fail_at = -1;
      if (!response) continue;
      EXPECT_EQ(response->status, 200)
          << "code and refresh token were not spent: " << response->body;
      EXPECT_TRUE(issued());
      break;
    }
    EXPECT_GE(step, 3) << name << ": begin, at least one statement, commit";
  }
}

TEST_F(S16_StoreFault, S73_TheClientIsToldByRedirect) {
  for (const std::string type : {"code", "token"}) {
    int step = 0;
    for (; step < 50; ++step) {
      SCOPED_TRACE(type + ", step " + std::to_string(step));
      failing.steps = 0;
      failing.fail_at = step;
      const auto response = post(authorization("key", type));
      failing.fail_at = -1;
      EXPECT_EQ(response.status, 303);
      const auto answer = redirected(response);
      EXPECT_EQ(answer.get("state"), "s");
      EXPECT_EQ(answer.get("iss"), "http://localhost:7990");
      if (!answer.has("error")) break;
      EXPECT_EQ(answer.get("error"), "temporarily_unavailable");
      EXPECT_FALSE(answer.has("code") || answer.has("access_token"));
    }
    EXPECT_GE(step, 3) << type;
  }
  user = "nobody";
  EXPECT_EQ(redirected(post(authorization("key"))).get("error"), "server_error");
}

}  // namespace
}  // namespace bbgrant::authorization
