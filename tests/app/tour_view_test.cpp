// SPDX-License-Identifier: MIT
#include "app/tour_view.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/token_view.hpp"
#include "pages/page.hpp"
#include "sample_exchange.hpp"

namespace bbgrant::app {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::sys_seconds kNow{std::chrono::sys_days{std::chrono::year{2021} / 6 / 1}};

class TourView : public ::testing::Test {
 protected:
  std::string page(const SessionState& state, TourRequest request = {}) {
    return pages::page(200, "tour", tour_view(state, context, request)).body;
  }

  Server server = Server::sandbox();
  Secret consumer_secret{std::string_view{"consumer-secret-value"}};
  TourContext context{.server = server,
                      .consumer_key = "demoKey",
                      .consumer_secret = consumer_secret,
                      .demo = true,
                      .default_scopes = {"account", "repository"},
                      .version = "1.2.3",
                      .app_host = "localhost:3000",
                      .now = kNow};
  Session session{"the-csrf-token"};
};

TEST_F(TourView, FirstViewOffersToRunItAsAlice) {
  const std::string html = page(session.snapshot());
  EXPECT_THAT(html, HasSubstr("Run it as alice"));
  EXPECT_THAT(html, HasSubstr("No token"));
  EXPECT_THAT(html, HasSubstr("Nothing sent yet"));
}

TEST_F(TourView, S72_TheSentenceStandsBesideThePasswordForm) {
  const std::string html = page(session.snapshot());
  const std::size_t sentence = html.find(
      "This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 "
      "leaves it out and Bitbucket Cloud has switched it off; use it to learn, to test, or to "
      "leave "
      "it.");
  const std::size_t form = html.find("id=\"credentials\"");
  ASSERT_NE(sentence, std::string::npos);
  EXPECT_LT(sentence, form);
  EXPECT_GT(sentence, html.find("id=\"step-3\""));
}

TEST_F(TourView, S47_EveryFormCarriesTheSessionsToken) {
  run_as_alice(session, kNow);
  const std::string html = page(session.snapshot());
  std::size_t forms = 0;
  for (std::size_t at = html.find("<form"); at != std::string::npos;
       at = html.find("<form", at + 1)) {
    const std::string form = html.substr(at, html.find("</form>", at) - at);
    EXPECT_THAT(form, HasSubstr("name=\"csrf\" value=\"the-csrf-token\""));
    EXPECT_THAT(form, HasSubstr("method=\"post\""));
    ++forms;
  }
  EXPECT_GT(forms, 8U);
}

TEST_F(TourView, S50_NoSecretStandsInThePage) {
  run_as_alice(session, kNow);
  const std::string html = page(session.snapshot());
  for (const std::string_view secret :
       {kSampleToken, kSampleRefresh, kSampleBasic, std::string_view{"consumer-secret-value"}}) {
    EXPECT_THAT(html, Not(HasSubstr(std::string{secret})));
  }
}

TEST_F(TourView, S50_SecretsAreShownInTheExchangeThatWasAskedFor) {
  run_as_alice(session, kNow);
  const std::string html = page(session.snapshot(), {.exchange = 1, .secrets = Secrets::kShown});
  EXPECT_THAT(html, HasSubstr(std::string{kSampleToken}));
  EXPECT_THAT(html, HasSubstr("Hide secrets"));
}

TEST_F(TourView, S46_HostileDisplayNameIsText) {
  run_as_alice(session, kNow);
  session.greet(1, "<img src=x onerror=alert(1)>");
  const std::string html = page(session.snapshot());
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("Hello, &lt;img src=x onerror=alert(1)&gt;"));
}

TEST_F(TourView, S46_HostileNameScopeErrorAndBodyAreText) {
  const std::string hostile = "\"><script>alert('x')</script>";
  const int run = session.begin_run(hostile, Scopes::read("<b>"), false);
  session.record(run, ExchangeKind::kToken, {}, exchanges(token_exchange(hostile, 400)));
  session.refused(run, {.status = 400, .error = hostile, .description = hostile});
  const std::string html = page(session.snapshot());
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("<b>\"")));
}

TEST_F(TourView, TypedNameAndScopesAreKeptAfterARefusal) {
  const int run = session.begin_run("dave", {"email"}, false);
  session.refused(run, {.status = 400, .error = "invalid_request"});
  const json view = tour_view(session.snapshot(), context, {});
  EXPECT_EQ(view["form"]["username"], "dave");
  for (const json& scope : view["form"]["scopes"]) {
    EXPECT_EQ(scope["checked"].get<bool>(), scope["name"] == "email") << scope["name"];
  }
}

TEST_F(TourView, CallsSayWhichScopeIsMissing) {
  run_as_alice(session, kNow);
  const json view = tour_view(session.snapshot(), context, {});
  EXPECT_TRUE(view["calls"][0]["done"]);
  EXPECT_TRUE(view["calls"][1]["locked"]);
  EXPECT_EQ(view["calls"][1]["note"], "needs email");
  EXPECT_FALSE(view["calls"][2]["locked"]);
}

TEST_F(TourView, TokenCountsDownAndExpires) {
  run_as_alice(session, kNow);
  context.now = kNow + 3min + 48s;
  json token = tour_view(session.snapshot(), context, {})["token"];
  EXPECT_EQ(token["left"], "1:56:12");
  EXPECT_EQ(token["lifetime_words"], "2 hours");
  EXPECT_EQ(token["until"], "02:00 UTC");
  EXPECT_FALSE(token["soon"]);
  context.now = kNow + 1h + 56min;
  EXPECT_TRUE(tour_view(session.snapshot(), context, {})["token"]["soon"]);
  context.now = kNow + 2h;
  EXPECT_TRUE(tour_view(session.snapshot(), context, {})["token"]["expired"]);
  EXPECT_THAT(page(session.snapshot()), HasSubstr("alice expired"));
}

TEST_F(TourView, OtherServersOfferNoDemoAccounts) {
  context.demo = false;
  const std::string html = page(session.snapshot());
  EXPECT_THAT(html, Not(HasSubstr("alice-password")));
  EXPECT_THAT(html, Not(HasSubstr("/2.0/repositories/acme")));
}

TEST(ClockWords, HoursOnlyWhereThereAreSome) {
  EXPECT_EQ(clock_words(1h + 56min + 12s), "1:56:12");
  EXPECT_EQ(clock_words(4min + 7s), "4:07");
  EXPECT_EQ(clock_words(0s), "0:00");
}

}  // namespace
}  // namespace bbgrant::app
