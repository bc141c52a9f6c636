// SPDX-License-Identifier: MIT
#include "authorization/seal.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/start_error.hpp"

namespace bbgrant::authorization {
namespace {

using std::string_view_literals::operator""sv;

namespace fs = std::filesystem;

class S7_Seal : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bbgrant-seal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path folder;
};

TEST_F(S7_Seal, OpensWithTheKeyOfTheFileAfterARestart) {
  const auto box = Sealer::from_file(folder / "secret.key", true).seal(Secret{"hidden"sv});
  const auto opened = Sealer::from_file(folder / "secret.key", false).open(box);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "hidden");
}

TEST_F(S7_Seal, MakesTheKeyFileReadableByItsOwnerAlone) {
  const auto before = ::umask(0);
  (void)Sealer::from_file(folder / "secret.key", true);
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat((folder / "secret.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(S7_Seal, DoesNotOpenWithAnotherKeyOrAfterAChange) {
  const auto sealer = Sealer::with_new_key();
  auto box = sealer.seal(Secret{"hidden"sv});
  EXPECT_FALSE(Sealer::with_new_key().open(box));
  for (auto& byte : box) {
    byte ^= 1;
    EXPECT_FALSE(sealer.open(box));
    byte ^= 1;
  }
  EXPECT_TRUE(sealer.open(box));
  EXPECT_FALSE(sealer.open({}));
}

TEST_F(S7_Seal, RefusesAKeyFileThatCannotBeTrusted) {
  const fs::path path = folder / "secret.key";
  EXPECT_THROW((void)Sealer::from_file(path, false), base::StartError);
  std::ofstream(path) << "not a key\n";
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THROW((void)Sealer::from_file(path, true), base::StartError);
  fs::remove(path);
  (void)Sealer::from_file(path, true);
  fs::permissions(path, fs::perms::group_read, fs::perm_options::add);
  EXPECT_THROW((void)Sealer::from_file(path, false), base::StartError);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(path, folder / "link.key");
  EXPECT_THROW((void)Sealer::from_file(folder / "link.key", true), base::StartError);
}

}  // namespace
}  // namespace bbgrant::authorization
