// SPDX-License-Identifier: MIT
// The file store and the encrypted one: what holds for one holds for the other.
#include <csignal>
#include <fstream>
#include <functional>

#include <bbgrant/encrypted_token_store.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/scripted_client.hpp"
#include "support/temporary_folder.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

Token token_named(std::string_view access_token) {
  Token token{.access_token = secret(access_token), .token_type = "bearer"};
  token.refresh_token = secret("RT0");
  token.issued_at = std::chrono::sys_seconds{1000s};
  token.expires_in = 100s;
  token.scopes = Scopes{"account"};
  return token;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << bytes;
}

/// Runs `work` in a process of its own. 0 from wait_for(): it returned true.
pid_t process(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  return child;
}
int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

enum class Kind { kPlain, kEncrypted };

class S44_TokenFile : public ::testing::TestWithParam<Kind> {
 protected:
  [[nodiscard]] std::shared_ptr<TokenStore> store(const Server& server = Server::sandbox(),
                                                  const std::string& consumer = "key") const {
    const ConsumerKey key{consumer};
    return GetParam() == Kind::kPlain ? file_token_store(file_, server, key)
                                      : encrypted_token_store(file_, server, key, seal_key_);
  }
  void expect_refused_and_kept(const std::string& why) const {
    const auto before = bytes_of(file_);
    EXPECT_THROW(static_cast<void>(store()->load()), ConfigError) << why;
    EXPECT_EQ(bytes_of(file_), before) << why;
  }

  TemporaryFolder folder_;
  fs::path file_ = folder_.path() / "deep" / "token.json";
  Secret seal_key_ = new_token_file_key();
};

INSTANTIATE_TEST_SUITE_P(Both, S44_TokenFile, ::testing::Values(Kind::kPlain, Kind::kEncrypted),
                         [](const auto& test) {
                           return test.param == Kind::kPlain ? "plain" : "encrypted";
                         });

TEST_P(S44_TokenFile, KeepsTheWholeTokenForItsOwnerOnly) {
  EXPECT_FALSE(store()->load());
  const auto umask_before = ::umask(0);
  store()->save(token_named("AT0"));
  ::umask(umask_before);
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(file_.parent_path()).permissions(), fs::perms::owner_all);
  const auto token = store()->load();
  ASSERT_TRUE(token);
  EXPECT_EQ(token->access_token.reveal(), "AT0");
  EXPECT_EQ(token->refresh_token->reveal(), "RT0");
  EXPECT_EQ(token->expires_at(), token_named("").expires_at());
  EXPECT_EQ(token->scopes, Scopes{"account"});
  store()->clear();
  EXPECT_FALSE(store()->load());
  store()->clear();
}

TEST_P(S44_TokenFile, IsBoundToServerAndConsumer) {
  store()->save(token_named("AT0"));
  auto other = Server::sandbox();
  other.api_url = "https://evil.example";
  EXPECT_THROW(static_cast<void>(store(other)->load()), ConfigError);
  EXPECT_THROW(static_cast<void>(store(Server::sandbox(), "other")->load()), ConfigError);
}

TEST_P(S44_TokenFile, IsRefusedWithAModeThatLetsOthersIn) {
  store()->save(token_named("AT0"));
  for (const unsigned mode : {0640U, 0620U, 0610U, 0604U, 0602U, 0601U, 0666U, 0777U}) {
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
    expect_refused_and_kept(std::to_string(mode));
  }
  for (const unsigned mode : {0600U, 0400U, 0700U}) {
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
    EXPECT_TRUE(store()->load()) << mode;
  }
}

TEST_P(S44_TokenFile, IsRefusedAsALinkAFolderAPipeOrAnothersFile) {
  store()->save(token_named("AT0"));
  const auto real = file_.string() + ".real";
  fs::rename(file_, real);
  fs::create_symlink(real, file_);
  expect_refused_and_kept("link");
  fs::remove(file_);
  fs::create_directory(file_);
  EXPECT_THROW(static_cast<void>(store()->load()), ConfigError);
  fs::remove(file_);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THROW(static_cast<void>(store()->load()), ConfigError);  // and does not wait for a writer
  fs::remove(file_);
  fs::rename(real, file_);
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(::chown(file_.c_str(), 65534, 65534), 0);
  expect_refused_and_kept("another's file");
}

TEST_P(S44_TokenFile, IsRefusedWhenItIsCutAnywhere) {
  store()->save(token_named("AT0"));
  const auto whole = bytes_of(file_);
  // The plain text ends with a line end that JSON does not need.
  for (std::size_t size = 0; size + 1 < whole.size(); size += 7) {
    write(file_, whole.substr(0, size));
    expect_refused_and_kept(std::to_string(size));
  }
}

TEST_P(S44_TokenFile, CountsRightWhenEightProcessesShareIt) {
  constexpr int kProcesses = 8;
  constexpr int kRounds = 12;
  store()->save(token_named("0"));
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i)
    children.push_back(process([this] {
      for (int round = 0; round < kRounds; ++round) {
        const auto hold = store()->hold(60s, {});
        const auto number = std::stoi(std::string{store()->load()->access_token.reveal()});
        store()->save(token_named(std::to_string(number + 1)));
      }
      return true;
    }));
  for (const auto child : children) EXPECT_EQ(wait_for(child), 0);
  EXPECT_EQ(store()->load()->access_token.reveal(), std::to_string(kProcesses * kRounds));
}

TEST_P(S44_TokenFile, IsWholeAfterTheWriterIsKilled) {
  store()->save(token_named("old"));
  for (int round = 0; round < 8; ++round) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe(&ends[0]), 0);
    const auto child = process([&] {
      while (true) {
        const auto hold = store()->hold(60s, {});
        store()->save(token_named("new"));
        if (::write(ends[1], "x", 1) != 1) return false;
      }
    });
    char byte = 0;
    for (int saves = 0; saves <= round; ++saves) ASSERT_EQ(::read(ends[0], &byte, 1), 1);
    ::kill(child, SIGKILL);  // somewhere within the next save
    wait_for(child);
    ::close(ends[0]);
    ::close(ends[1]);
    const auto token = store()->load();
    ASSERT_TRUE(token);
    EXPECT_EQ(token->access_token.reveal(), "new");
    EXPECT_TRUE(store()->hold(1s, {}));  // the dead hold nothing
  }
}

TEST_P(S44_TokenFile, WaitsForOthersOnlySoLong) {
  {
    const auto hold = store()->hold(1s, {});
    EXPECT_THROW(static_cast<void>(store()->hold(50ms, {})), TransportError);
    std::stop_source stop;
    stop.request_stop();
    try {
      static_cast<void>(store()->hold(60s, stop.get_token()));
      FAIL() << "held twice";
    } catch (const TransportError& error) {
      EXPECT_EQ(error.fault(), TransportFault::kCancelled);
    }
  }
  EXPECT_TRUE(store()->hold(1s, {}));
}

class S44_EncryptedTokenFile : public S44_TokenFile {};
INSTANTIATE_TEST_SUITE_P(Only, S44_EncryptedTokenFile, ::testing::Values(Kind::kEncrypted));

TEST_P(S44_EncryptedTokenFile, ShowsNothingOfTheTokenAndNeverTheSameBytes) {
  store()->save(token_named("an-access-token"));
  const auto first = bytes_of(file_);
  for (const char* word : {"an-access-token", "RT0", "localhost", "key", "token_origin"})
    EXPECT_EQ(first.substr(16).find(word), std::string::npos) << word;
  store()->save(token_named("an-access-token"));
  EXPECT_NE(bytes_of(file_), first);
}

TEST_P(S44_EncryptedTokenFile, IsRefusedAndKeptWhenAnyByteIsChanged) {
  store()->save(token_named("AT0"));
  const auto whole = bytes_of(file_);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write(file_, changed);
    expect_refused_and_kept(std::to_string(at));
  }
  write(file_, whole + "x");
  expect_refused_and_kept("longer");
  write(file_, whole);
  EXPECT_TRUE(store()->load());
}

TEST_P(S44_EncryptedTokenFile, IsRefusedAndKeptWithAnotherKey) {
  store()->save(token_named("AT0"));
  const auto kept = std::exchange(seal_key_, new_token_file_key());
  expect_refused_and_kept("another key");
  try {
    static_cast<void>(store()->load());
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("another key"));
    EXPECT_FALSE(error.advice().empty());
  }
  for (const char* key : {"", "short", "a key of thirty-three bytes......"})
    EXPECT_THROW(static_cast<void>(encrypted_token_store(file_, Server::sandbox(),
                                                         ConsumerKey{"key"}, Secret{key})),
                 ConfigError);
}

}  // namespace
}  // namespace bbgrant
