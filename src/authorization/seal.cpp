// SPDX-License-Identifier: MIT
#include "authorization/seal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/start_error.hpp"

namespace bbgrant::authorization {
namespace {

constexpr std::size_t kKeyBytes = crypto_secretbox_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_secretbox_NONCEBYTES;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw base::StartError("key file " + path.string() + ": " + why);
}

// BLAKE2b, named for its purpose.
std::string derived(const Secret& from, std::string_view purpose, std::size_t size) {
  std::array<unsigned char, crypto_generichash_blake2b_PERSONALBYTES> personal{};
  std::copy(purpose.begin(), purpose.end(), personal.begin());
  std::string result(size, '\0');
  crypto_generichash_blake2b_salt_personal(reinterpret_cast<unsigned char*>(result.data()), size,
                                           bytes_of(from.reveal()), from.size(), nullptr, 0,
                                           nullptr, personal.data());
  return result;
}

Secret new_key() {
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  return Secret{std::move(key)};
}

// Written complete before it has its name, so that a crash leaves no half key; who comes second, of
// several that start at once, leaves the first one's.
void write_key(const std::filesystem::path& path, const Secret& key) {
  std::array<char, 2 * kKeyBytes + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes_of(key.reveal()), kKeyBytes);
  hex.back() = '\n';
  std::string draft = path.string() + ".XXXXXX";
  const File file{::mkostemp(draft.data(), O_CLOEXEC)};  // mode 0600
  const bool written =
      file.is_open() &&
      ::write(file.get(), hex.data(), hex.size()) == static_cast<ssize_t>(hex.size()) &&
      ::fsync(file.get()) == 0 && ::link(draft.c_str(), path.c_str()) == 0;
  const int why = errno;
  sodium_memzero(hex.data(), hex.size());
  ::unlink(draft.c_str());
  if (!written && why != EEXIST) {
    refuse(path, std::string("cannot be written: ") + std::strerror(why) +
                     "; name another with --key-file or --data-dir");
  }
}

Secret read_key(const std::filesystem::path& path, const File& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    refuse(path, "is not a plain file");
  }
  if ((status.st_mode & 077) != 0) refuse(path, "others can read it; chmod 600 it");
  std::array<char, 2 * kKeyBytes> hex{};
  const bool whole = ::read(file.get(), hex.data(), hex.size()) == static_cast<ssize_t>(hex.size());
  std::string key(kKeyBytes, '\0');
  std::size_t length = 0;
  const bool is_hex =
      whole && sodium_hex2bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), hex.data(),
                              hex.size(), nullptr, &length, nullptr) == 0;
  sodium_memzero(hex.data(), hex.size());
  if (!is_hex || length != kKeyBytes) {
    refuse(path,
           "does not hold a key of 64 hex digits; restore it, or remove it together with "
           "the store that it belongs to");
  }
  return Secret{std::move(key)};
}

}  // namespace

Sealer Sealer::with_new_key() { return Sealer{new_key()}; }

Sealer Sealer::with_key_of(const Secret& token) {
  // What the store has of the token is its SHA-256.
  return Sealer{Secret{derived(token, "successor seal", kKeyBytes)}};
}

std::string Sealer::fingerprint() const {
  const std::string hash = derived(key_, "fingerprint", 16);
  std::string hex(2 * hash.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes_of(hash), hash.size());
  hex.pop_back();
  return hex;
}

Sealer Sealer::from_file(const std::filesystem::path& path, bool may_create) {
  for (bool created = false;; created = true) {
    const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (file.is_open()) return Sealer{read_key(path, file)};
    if (errno == ELOOP) refuse(path, "is a link; name the file itself");
    if (errno != ENOENT || created || !may_create) {
      refuse(path, std::string("cannot be read: ") + std::strerror(errno) +
                       "; what the store holds is sealed with it");
    }
    write_key(path, new_key());
  }
}

store::Sealed Sealer::seal(const Secret& secret) const {
  store::Sealed box(kNonceBytes + crypto_secretbox_MACBYTES + secret.size());
  randombytes_buf(box.data(), kNonceBytes);
  crypto_secretbox_easy(box.data() + kNonceBytes, bytes_of(secret.reveal()), secret.size(),
                        box.data(), bytes_of(key_.reveal()));
  return box;
}

std::optional<Secret> Sealer::open(const store::Sealed& box) const {
  if (box.size() < kNonceBytes + crypto_secretbox_MACBYTES) return std::nullopt;
  const std::size_t sealed = box.size() - kNonceBytes;
  std::string plain(sealed - crypto_secretbox_MACBYTES, '\0');
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(plain.data()),
                                 box.data() + kNonceBytes, sealed, box.data(),
                                 bytes_of(key_.reveal())) != 0) {
    return std::nullopt;
  }
  return Secret{std::move(plain)};
}

}  // namespace bbgrant::authorization
