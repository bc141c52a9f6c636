// SPDX-License-Identifier: MIT
#include "pages/asset.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "http/router.hpp"
#include "pages/embedded_files.hpp"

namespace bbgrant::pages {
namespace {

TEST(Asset, PathCarriesAHashOfTheBytes) {
  const std::string path = asset_path("site.css");
  ASSERT_EQ(path.size(), std::string{"/assets/site.0123456789ab.css"}.size()) << path;
  const std::string hash = path.substr(13, 12);
  EXPECT_TRUE(std::all_of(hash.begin(), hash.end(), [](unsigned char c) {
    return std::isxdigit(c) != 0;
  })) << path;
}

TEST(Asset, UnknownNameIsABug) {
  EXPECT_THROW(static_cast<void>(asset_path("no.css")), std::out_of_range);
}

TEST(Asset, EachHasASmallerFormForBrowsersThatTakeIt) {
  for (const EmbeddedFile& file : embedded_assets()) {
    EXPECT_LT(file.gzip.size(), file.text.size() + 40) << file.name;
    EXPECT_FALSE(file.gzip.empty()) << file.name;
    EXPECT_LE(file.brotli.size(), file.gzip.size()) << file.name;
  }
}

TEST(Asset, EachHasARouteOfItsOwn) {
  http::Router router;
  add_asset_routes(router);
  EXPECT_EQ(router.patterns().size(), embedded_assets().size());
}

}  // namespace
}  // namespace bbgrant::pages
