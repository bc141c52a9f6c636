// SPDX-License-Identifier: MIT
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include <bbgrant/error.hpp>
#include <bbgrant/token_store.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/crypto.hpp"
#include "client/inline.hpp"
#include "client/json_reader.hpp"
#include "client/url.hpp"

namespace bbgrant::detail {

/// A file descriptor, closed at the end.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) noexcept : fd_(fd) {}
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

[[noreturn]] inline void refuse_file(const std::filesystem::path& file, const std::string& why,
                                     std::string advice = {}) {
  throw ConfigError("The token file " + file.string() + " " + why, {}, std::move(advice));
}

inline std::string system_reason() { return std::generic_category().message(errno); }

inline std::string origin_or_empty(std::string_view text) {
  const auto url = Url::parse(text);
  return url ? url->origin() : std::string{};
}

inline nlohmann::json token_as_json(const Token& token) {
  nlohmann::json json{{"access_token", token.access_token.reveal()},
                      {"token_type", token.token_type},
                      {"issued_at", token.issued_at.time_since_epoch().count()},
                      {"masked_answer", token.masked_answer},
                      {"other_members", token.other_members}};
  if (token.refresh_token) json["refresh_token"] = token.refresh_token->reveal();
  if (token.scopes) json["scope"] = token.scopes->text();
  if (token.expires_in) json["expires_in"] = token.expires_in->count();
  return json;
}

/// Throws nlohmann's errors for a member that is absent or of another type.
inline Token token_from_json(nlohmann::json& json) {
  Token token{
      .access_token = Secret{std::move(json.at("access_token").get_ref<std::string&>())},
      .token_type = json.at("token_type").get<std::string>(),
      .issued_at =
          std::chrono::sys_seconds{std::chrono::seconds{json.at("issued_at").get<std::int64_t>()}},
      .masked_answer = json.value("masked_answer", ""),
      .other_members = json.value("other_members", "{}")};
  if (json.contains("refresh_token"))
    token.refresh_token = Secret{std::move(json.at("refresh_token").get_ref<std::string&>())};
  if (json.contains("scope")) token.scopes = Scopes::read(json.at("scope").get<std::string>());
  if (json.contains("expires_in"))
    token.expires_in = std::chrono::seconds{json.at("expires_in").get<std::int64_t>()};
  return token;
}

class FileTokenStore final : public TokenStore {
 public:
  FileTokenStore(std::filesystem::path file, const Server& server, const ConsumerKey& key,
                 TokenSeal seal)
      : file_(std::move(file)),
        seal_(std::move(seal)),
        token_origin_(origin_or_empty(server.token_url)),
        api_origin_(origin_or_empty(server.api_url)),
        key_(key.value()) {}

  std::optional<Token> load() override {
    // O_NONBLOCK: a pipe in its place must not make us wait.
    const OwnedFd fd{::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (!fd.open()) {
      if (errno == ENOENT) return std::nullopt;
      refuse_file(file_, "cannot be read: " + system_reason());
    }
    Secret text = read_checked(fd.get());
    if (seal_.open) {
      auto opened = seal_.open(text.reveal());
      if (!opened)
        refuse_file(file_, "does not open: another key sealed it, or it was changed",
                    "Use the key that it was saved with, or remove it and sign in again");
      text = *std::move(opened);
    }
    try {
      auto json = read_json(text.reveal(), 8, RepeatedMembers::kRefuse);
      if (json.at("token_origin") != token_origin_ || json.at("api_origin") != api_origin_ ||
          json.at("consumer_key") != key_)
        refuse_file(file_, "holds a token for another server or consumer",
                    "Name another file, or sign in again");
      return token_from_json(json.at("token"));
    } catch (const BadJson& bad) {
      refuse_file(file_, std::string{"cannot be read: "} + bad.what(), "Sign in again");
    } catch (const nlohmann::json::exception&) {
      refuse_file(file_, "cannot be read: a member is missing or odd", "Sign in again");
    }
  }

  void save(const Token& token) override {
    make_folder();
    const nlohmann::json json{{"version", 1},
                              {"token_origin", token_origin_},
                              {"api_origin", api_origin_},
                              {"consumer_key", key_},
                              {"token", token_as_json(token)}};
    Secret text{json.dump(2) + "\n"};
    if (seal_.close) text = seal_.close(text.reveal());
    const std::filesystem::path fresh{file_.string() + "." +
                                      std::string{random_secret().reveal().substr(0, 12)}};
    try {
      write_synced(fresh, text.reveal());
      // Replaced as a whole: a reader sees the old token or the new one, never half of one.
      if (::rename(fresh.c_str(), file_.c_str()) != 0)
        refuse_file(file_, "cannot be replaced: " + system_reason());
    } catch (...) {
      ::unlink(fresh.c_str());
      throw;
    }
    const OwnedFd folder{::open(folder_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.open()) ::fsync(folder.get());
  }

  void clear() override {
    if (::unlink(file_.c_str()) != 0 && errno != ENOENT)
      refuse_file(file_, "cannot be removed: " + system_reason());
  }

  std::unique_ptr<Hold> hold(std::chrono::milliseconds timeout,
                             const std::stop_token& stop) override {
    make_folder();
    const std::string path = file_.string() + ".lock";
    auto held = std::make_unique<FileHold>(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!held->fd.open()) refuse_file(path, "cannot be opened: " + system_reason());
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock{mutex};
    // flock(2) offers no deadline, so it is asked again; the stop token wakes at once.
    while (::flock(held->fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (std::chrono::steady_clock::now() >= deadline)
        throw TransportError(TransportFault::kTimeout,
                             "Another process holds the token file too long", {}, "Try again later",
                             false);
      woken.wait_for(lock, stop, std::chrono::milliseconds{20}, [] { return false; });
      if (stop.stop_requested())
        throw TransportError(TransportFault::kCancelled, "The call was cancelled", {}, {}, false);
    }
    return held;
  }

 private:
  struct FileHold final : Hold {
    explicit FileHold(int descriptor) : fd(descriptor) {}
    OwnedFd fd;  // closing it ends the lock
  };

  [[nodiscard]] std::filesystem::path folder_path() const {
    return file_.has_parent_path() ? file_.parent_path() : std::filesystem::path{"."};
  }

  void make_folder() const {
    const auto folder = folder_path();
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) return;
    std::filesystem::create_directories(folder, error);
    if (error) refuse_file(file_, "cannot be made: " + error.message());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }

  /// Ours, a plain file, for nobody else's eyes, and not too large.
  [[nodiscard]] Secret read_checked(int fd) const {
    constexpr off_t kMost = off_t{4} << 20;
    struct stat about{};
    if (::fstat(fd, &about) != 0) refuse_file(file_, "cannot be read: " + system_reason());
    if (!S_ISREG(about.st_mode) || about.st_uid != ::geteuid())
      refuse_file(file_, "is not a file of yours");
    if ((about.st_mode & 0077U) != 0)
      refuse_file(file_, "can be read by others", "chmod 600 " + file_.string());
    if (about.st_size > kMost) refuse_file(file_, "is too large to be one");
    std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto count = ::read(fd, bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return Secret{std::move(bytes)};
  }

  void write_synced(const std::filesystem::path& path, std::string_view bytes) const {
    const OwnedFd fd{
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!fd.open()) refuse_file(file_, "cannot be written: " + system_reason());
    while (!bytes.empty()) {
      const auto count = ::write(fd.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) refuse_file(file_, "cannot be written: " + system_reason());
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(fd.get()) != 0) refuse_file(file_, "cannot be written: " + system_reason());
  }

  const std::filesystem::path file_;
  const TokenSeal seal_;
  const std::string token_origin_;
  const std::string api_origin_;
  const std::string key_;
};

}  // namespace bbgrant::detail

namespace bbgrant {

BBGRANT_INLINE std::shared_ptr<TokenStore> file_token_store(std::filesystem::path file,
                                                            const Server& server,
                                                            const ConsumerKey& key,
                                                            TokenSeal seal) {
  return std::make_shared<detail::FileTokenStore>(std::move(file), server, key, std::move(seal));
}

}  // namespace bbgrant
