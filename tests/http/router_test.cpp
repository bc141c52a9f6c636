// SPDX-License-Identifier: MIT
#include "http/router.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bbgrant::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

boost::asio::awaitable<Response> nothing(Request&) { co_return Response{}; }

class RouterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* pattern :
         {"/", "/2.0/user", "/2.0/{kind}", "/2.0/repositories/{workspace}",
          "/2.0/repositories/{workspace}/{repository}",
          "/2.0/repositories/{workspace}/{repository}/src/{commit}/{path...}",
          "/2.0/repositories/acme/special", "/{workspace}/workspace/settings/api", "/{all...}"}) {
      router.add(Method::kGet, pattern, nothing);
    }
    router.add(Method::kPost, "/2.0/user", nothing);
    router.add(Method::kDelete, "/2.0/{kind}", nothing);
  }

  [[nodiscard]] std::string pattern_of(const std::vector<std::string>& segments,
                                       Method method = Method::kGet) const {
    const auto result = router.find(method, segments);
    const auto* found = std::get_if<Router::Found>(&result);
    return found == nullptr ? "" : found->route->pattern;
  }

  Router router;
};

TEST_F(RouterTest, LiteralWinsOverParameterAndParameterOverRest) {
  EXPECT_EQ(pattern_of({}), "/");
  EXPECT_EQ(pattern_of({"2.0", "user"}), "/2.0/user");
  EXPECT_EQ(pattern_of({"2.0", "users"}), "/2.0/{kind}");
  EXPECT_EQ(pattern_of({"2.0", "repositories", "acme", "special"}),
            "/2.0/repositories/acme/special");
  EXPECT_EQ(pattern_of({"2.0", "repositories", "acme", "other"}),
            "/2.0/repositories/{workspace}/{repository}");
  EXPECT_EQ(pattern_of({"acme", "workspace", "settings", "api"}),
            "/{workspace}/workspace/settings/api");
  EXPECT_EQ(pattern_of({"acme", "workspace"}), "/{all...}");
  EXPECT_EQ(pattern_of({"2.0", "no", "such"}), "/{all...}");
}

TEST_F(RouterTest, ParametersCarryTheNamesOfTheirPattern) {
  const auto result = router.find(
      Method::kGet, {"2.0", "repositories", "acme", "hello", "src", "main", "a", "b/c"});
  const auto& found = std::get<Router::Found>(result);
  EXPECT_THAT(found.parameters, ElementsAre(Pair("workspace", "acme"), Pair("repository", "hello"),
                                            Pair("commit", "main"), Pair("path", "a/b/c")));
}

TEST_F(RouterTest, HeadTakesTheRouteOfGet) {
  EXPECT_EQ(pattern_of({"2.0", "user"}, Method::kHead), "/2.0/user");
}

TEST_F(RouterTest, MethodMayStepBackToALessPreciseRoute) {
  EXPECT_EQ(pattern_of({"2.0", "user"}, Method::kDelete), "/2.0/{kind}");
}

TEST_F(RouterTest, OtherMethodsOfAPathAreNamedOnce) {
  const auto result = router.find(Method::kPut, {"2.0", "user"});
  const auto& others = std::get<Router::OtherMethods>(result);
  EXPECT_THAT(others.allowed,
              ElementsAre(Method::kGet, Method::kHead, Method::kPost, Method::kDelete));
  EXPECT_EQ(others.pattern, "/2.0/user");
}

TEST_F(RouterTest, UnknownPathIsNotFound) {
  Router small;
  small.add(Method::kGet, "/a/{b}", nothing);
  EXPECT_TRUE(std::holds_alternative<Router::NotFound>(small.find(Method::kGet, {"a"})));
  EXPECT_TRUE(std::holds_alternative<Router::NotFound>(small.find(Method::kGet, {"a", ""})));
  EXPECT_TRUE(std::holds_alternative<Router::NotFound>(small.find(Method::kGet, {"a", "b", "c"})));
}

TEST_F(RouterTest, MalformedOrRepeatedPatternIsABug) {
  Router broken;
  for (const char* pattern :
       {"", "a", "/a//b", "/{", "/{}", "/{...}", "/{a...}/b", "/a{b}", "/{a"}) {
    EXPECT_THROW(broken.add(Method::kGet, pattern, nothing), std::invalid_argument) << pattern;
  }
  broken.add(Method::kGet, "/a/{b}", nothing);
  EXPECT_THROW(broken.add(Method::kGet, "/a/{c}/", nothing), std::invalid_argument);
  EXPECT_THROW(broken.add(Method::kOther, "/b", nothing), std::invalid_argument);
}

}  // namespace
}  // namespace bbgrant::http
