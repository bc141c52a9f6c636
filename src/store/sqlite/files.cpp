// SPDX-License-Identifier: MIT
#include "store/sqlite/files.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/error.hpp"

namespace bbgrant::store::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr ::mode_t kOthers = S_IRWXG | S_IRWXO;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_;
};

[[noreturn]] void fail(const std::string& what, int error) {
  using Kind = StoreError::Kind;
  Kind kind = Kind::kUnavailable;
  if (error == EACCES || error == EPERM || error == EROFS) kind = Kind::kReadOnly;
  if (error == ENOSPC || error == EDQUOT) kind = Kind::kFull;
  throw StoreError{kind, what + ": " + std::generic_category().message(error), error};
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw StoreError{StoreError::Kind::kExposed, path + " " + why};
}

void judge(const std::string& path, const struct ::stat& status, const char* right_mode) {
  const bool ours = status.st_uid == ::geteuid();
  if (!ours) refuse(path, "belongs to another user: name a store in a folder of your own");
  if ((status.st_mode & kOthers) != 0) {
    refuse(path, std::string{"can be reached by other users: run chmod "} + right_mode + " " +
                     path + ", or name a store in a folder of its own");
  }
}

void prepare_folder(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    const fs::path above = folder.parent_path();
    if (!above.empty() && above != folder && !fs::exists(above, ignored)) prepare_folder(above);
    // The umask can only take away, and may take too much.
    const bool made = ::mkdir(folder.c_str(), S_IRWXU) == 0;
    if (!made && errno != EEXIST) fail("cannot make the folder " + folder.string(), errno);
    if (made && ::chmod(folder.c_str(), S_IRWXU) != 0) {
      fail("cannot make the folder " + folder.string() + " private", errno);
    }
  }
}

void judge_folder(const fs::path& folder) {
  const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  struct ::stat status{};
  if (!opened.open() || ::fstat(opened.get(), &status) != 0) {
    fail("cannot use the folder " + folder.string(), errno);
  }
  judge(folder.string(), status, "700");
}

void make_file(const fs::path& file, const fs::path& folder) {
  const Descriptor made{
      ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!made.open()) {
    if (errno == EEXIST) return;
    fail("cannot make the store " + file.string(), errno);
  }
  if (::fchmod(made.get(), S_IRUSR | S_IWUSR) != 0) {
    fail("cannot make the store " + file.string() + " private", errno);
  }
  // The name is as durable as what will stand in the file (S57).
  const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened.open() || ::fsync(opened.get()) != 0) {
    fail("cannot sync the folder " + folder.string(), errno);
  }
}

void judge_file(const std::string& file) {
  struct ::stat status{};
  if (::lstat(file.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    fail("cannot look at " + file, errno);
  }
  if (!S_ISREG(status.st_mode)) refuse(file, "is no ordinary file");
  judge(file, status, "600");
}

}  // namespace

std::string prepare_files(const std::string& file) {
  const fs::path given = fs::absolute(file);
  prepare_folder(given.parent_path());
  std::error_code error;
  const fs::path folder = fs::canonical(given.parent_path(), error);
  if (error) fail("cannot use the folder " + given.parent_path().string(), error.value());
  judge_folder(folder);
  const fs::path path = folder / given.filename();
  make_file(path, folder);
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) judge_file(path.string() + ending);
  return path.string();
}

}  // namespace bbgrant::store::sqlite
