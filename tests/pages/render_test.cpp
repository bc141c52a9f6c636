// SPDX-License-Identifier: MIT
#include "pages/render.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pages/embedded_files.hpp"

namespace bbgrant::pages {
namespace {

using testing::HasSubstr;
using testing::Not;

nlohmann::json notice(const std::string& hostile) {
  return {{"layout", {{"title", hostile}, {"version", "1"}, {"chip", {{"none", true}}}}},
          {"title", hostile},
          {"paragraphs", {hostile}},
          {"href", "/"},
          {"label", hostile}};
}

TEST(S46_ScriptFromData, HostileValuesStandAsText) {
  const std::string html = render("notice", notice("<script>alert(1)</script>"));
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>"));
}

TEST(S46_ScriptFromData, QuotesCannotEndAnAttribute) {
  nlohmann::json data = notice("x");
  data["href"] = "/\" onclick='alert(1)";
  const std::string html = render("notice", data);
  EXPECT_THAT(html, HasSubstr("href=\"/&quot; onclick=&apos;alert(1)\""));
}

TEST(S46_ScriptFromData, NoTemplateLeavesAValueUnescaped) {
  for (const EmbeddedFile& file : embedded_templates()) {
    EXPECT_EQ(file.text.find("{{{"), std::string_view::npos) << file.name;
    EXPECT_EQ(file.text.find("{{&"), std::string_view::npos) << file.name;
  }
}

TEST(S46_ScriptFromData, NoTemplateHasInlineCodeOrStyle) {
  for (const EmbeddedFile& file : embedded_templates()) {
    for (const std::string_view inline_code :
         {" style=", " onclick=", " onload=", "<style", "javascript:"}) {
      EXPECT_EQ(file.text.find(inline_code), std::string_view::npos)
          << file.name << " has " << inline_code;
    }
  }
}

TEST(S46_ScriptFromData, NoTemplateOrAssetAsksAnotherHost) {
  const auto check = [](const EmbeddedFile& file) {
    std::string_view text = file.text;
    for (std::size_t at = text.find("://"); at != std::string_view::npos;
         at = text.find("://", at + 1)) {
      // The name of the SVG namespace, which nobody loads, and the example of a callback URL.
      const auto address = text.substr(at);
      EXPECT_TRUE(address.starts_with("://www.w3.org/2000/svg") ||
                  address.starts_with("://localhost:3000/oauth-callback"))
          << file.name;
    }
  };
  for (const EmbeddedFile& file : embedded_templates()) check(file);
  for (const EmbeddedFile& file : embedded_assets()) check(file);
}

TEST(Render, EmptyValuesLeaveTheirSectionOut) {
  nlohmann::json data = notice("x");
  data["paragraphs"] = nlohmann::json::array();
  EXPECT_THAT(render("notice", data), Not(HasSubstr("<p></p>")));
}

TEST(Render, EveryPartThatATemplateNamesExists) {
  for (const EmbeddedFile& file : embedded_templates()) {
    std::string_view text = file.text;
    for (std::size_t at = text.find("{{> "); at != std::string_view::npos;
         at = text.find("{{> ", at + 1)) {
      const std::string part{text.substr(at + 4, text.find("}}", at) - at - 4)};
      EXPECT_TRUE(part.starts_with('_')) << file.name << " " << part;
      EXPECT_NO_THROW(static_cast<void>(render(part, {{"layout", nullptr}})))
          << file.name << " names " << part;
    }
  }
}

TEST(Render, UnknownTemplateIsABug) {
  EXPECT_THROW(static_cast<void>(render("nothing", nlohmann::json::object())), std::out_of_range);
}

}  // namespace
}  // namespace bbgrant::pages
