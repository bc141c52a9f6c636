// SPDX-License-Identifier: MIT
#include "app/explorer_target.hpp"

#include <string>

#include <gtest/gtest.h>

namespace bbgrant::app {
namespace {

std::string sent(const std::string& typed) {
  auto target = explorer_target(typed);
  const auto* text = std::get_if<std::string>(&target);
  return text == nullptr ? "refused: " + std::get<BadTarget>(target).why : *text;
}

TEST(S48_ExplorerTarget, GoodOnesGoOutAsTheyAre) {
  for (const char* target :
       {"/2.0/user", "/2.0/repositories/acme?pagelen=2&page=1", "/2.0/a%2Fb/c", "/2.0/a/x..y/",
        "/2.0/repositories/acme/hello/src/main/README.md", "/2.0/x?q=name~%22a%40b%22"}) {
    EXPECT_EQ(sent(target), target);
  }
  EXPECT_EQ(sent("/2.0/users/{0a1f6f0e-2f52}"), "/2.0/users/%7B0a1f6f0e-2f52%7D");
  EXPECT_EQ(sent("/2.0/src/ä"), "/2.0/src/%C3%A4");
}

TEST(S48_ExplorerTarget, WhateverCouldLeadElsewhereIsRefused) {
  const std::string kBad[] = {"",
                              "/",
                              "/2.0/",
                              "user",
                              "/1.0/user",
                              "http://evil.example/2.0/user",
                              "//evil.example/2.0/user",
                              "/2.0//user",
                              "/2.0/../site/oauth2/access_token",
                              "/2.0/..",
                              "/2.0/./user",
                              "/2.0/%2e%2e/site",
                              "/2.0/%2E%2E%2fsite",
                              "/2.0/%252e%252e/site",
                              "/2.0/a%2f%2fb",
                              "/2.0/a\\b",
                              "/2.0/a%5cb",
                              "/2.0/@evil.example",
                              "/2.0/%40evil",
                              "/2.0/a b",
                              "/2.0/a\r\nHost: evil",
                              "/2.0/a%0d%0aHost:evil",
                              "/2.0/a?x=%0d%0a",
                              "/2.0/a?x\r\n",
                              "/2.0/a%00b",
                              std::string{"/2.0/a\0b", 8},
                              "/2.0/a#b",
                              "/2.0/%zz",
                              "/2.0/repositories/{workspace}",
                              "/2.0/" + std::string(2048, 'a')};
  for (const std::string& target : kBad) EXPECT_TRUE(sent(target).starts_with("refused")) << target;
}

}  // namespace
}  // namespace bbgrant::app
