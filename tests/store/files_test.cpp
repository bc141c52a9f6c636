// SPDX-License-Identifier: MIT
// S95: whatever the umask, nobody else reads the store; where others could, it is refused.
#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

namespace fs = std::filesystem;

class Umask {
 public:
  explicit Umask(::mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  ::mode_t before_;
};

unsigned mode_of(const fs::path& path) {
  struct ::stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777U;
}

std::optional<StoreError::Kind> refusal_of(const std::string& file) {
  return kind_thrown_by([&] { (void)open_store({"sqlite:" + file}); });
}

class S95_StoreFiles : public ::testing::TestWithParam<unsigned> {
 protected:
  TemporaryFolder folder_;
};
INSTANTIATE_TEST_SUITE_P(Umask, S95_StoreFiles, ::testing::Values(0U, 022U, 0277U, 0777U));

TEST_P(S95_StoreFiles, ArePrivateAfterEachOperation) {
  const Umask umask{GetParam()};
  const fs::path data = folder_.path() / "above" / "data";
  const fs::path file = data / "store.db";
  const auto check = [&](const char* when) {
    SCOPED_TRACE(when);
    EXPECT_EQ(mode_of(data.parent_path()), 0700U);
    EXPECT_EQ(mode_of(data), 0700U);
    for (const auto& entry : fs::directory_iterator{data}) {
      EXPECT_EQ(mode_of(entry.path()), 0600U) << entry.path();
    }
  };
  for (int time = 0; time < 2; ++time) {
    const auto store = open_store({"sqlite:" + file.string()});
    check("opened");
    EXPECT_TRUE(fs::exists(data / "store.db-wal"));
    EXPECT_TRUE(fs::exists(data / "store.db-shm"));
    if (time == 0) {
      const World world = make_world(*store);
      ASSERT_EQ(run(store->issue_tokens(new_tokens(world, 1))), Issue::kIssued);
    }
    EXPECT_TRUE(run(store->find_access_token(access_of(1))));
    check("used");
    store->close();
    check("closed");
  }
}

class S95_ExposedStore : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(S95_ExposedStore, FolderThatOthersReachIsRefusedAndNotChanged) {
  for (const unsigned mode : {0755U, 0701U, 0770U}) {
    ASSERT_EQ(::chmod(folder_.path().c_str(), mode), 0);
    EXPECT_EQ(refusal_of(folder_.file()), StoreError::Kind::kExposed);
    EXPECT_EQ(mode_of(folder_.path()), mode);
    EXPECT_FALSE(fs::exists(folder_.file()));
  }
}

TEST_F(S95_ExposedStore, FileThatOthersReachIsRefused) {
  {
    const auto store = open_store({"sqlite:" + folder_.file()});
  }
  for (const unsigned mode : {0644U, 0620U, 0604U}) {
    ASSERT_EQ(::chmod(folder_.file().c_str(), mode), 0);
    EXPECT_EQ(refusal_of(folder_.file()), StoreError::Kind::kExposed);
  }
  ASSERT_EQ(::chmod(folder_.file().c_str(), 0600), 0);
  EXPECT_FALSE(refusal_of(folder_.file()));
}

TEST_F(S95_ExposedStore, LogThatOthersReachIsRefused) {
  const auto store = open_store({"sqlite:" + folder_.file()});
  for (const char* ending : {"-wal", "-shm"}) {
    const std::string beside = folder_.file() + ending;
    ASSERT_EQ(::chmod(beside.c_str(), 0640), 0);
    EXPECT_EQ(refusal_of(folder_.file()), StoreError::Kind::kExposed) << ending;
    ASSERT_EQ(::chmod(beside.c_str(), 0600), 0);
  }
}

TEST_F(S95_ExposedStore, LinkInPlaceOfTheFileIsRefused) {
  const TemporaryFolder elsewhere;
  fs::create_symlink(elsewhere.file("target.db"), folder_.file());
  EXPECT_EQ(refusal_of(folder_.file()), StoreError::Kind::kExposed);
  EXPECT_FALSE(fs::exists(elsewhere.file("target.db")));
}

TEST_F(S95_ExposedStore, LinkToAPrivateFolderIsFollowed) {
  const TemporaryFolder elsewhere;
  fs::create_directory_symlink(folder_.path(), elsewhere.path() / "link");
  EXPECT_FALSE(refusal_of((elsewhere.path() / "link" / "store.db").string()));
  EXPECT_TRUE(fs::exists(folder_.file()));
}

TEST_F(S95_ExposedStore, FolderOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  ASSERT_EQ(::chown(folder_.path().c_str(), 65'534, 65'534), 0);
  EXPECT_EQ(refusal_of(folder_.file()), StoreError::Kind::kExposed);
}

TEST_F(S95_ExposedStore, FolderThatCannotBeMadeIsToldByName) {
  try {
    (void)open_store({"sqlite:/proc/nowhere/store.db"});
    ADD_FAILURE() << "was opened";
  } catch (const StoreError& error) {
    EXPECT_NE(std::string{error.what()}.find("/proc/nowhere"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace bbgrant::store::testing
