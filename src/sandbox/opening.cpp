// SPDX-License-Identifier: MIT
#include "sandbox/opening.hpp"

#include <filesystem>

#include <sodium.h>

#include "base/start_error.hpp"

namespace bbgrant::sandbox {
namespace {

using base::StartError;

store::StoreUrl store_url_of(const Options& options) {
  if (!options.store.empty()) return {options.store};
  return {"sqlite:" + (std::filesystem::path{options.data_dir} / "bbgrant.sqlite").string()};
}

std::filesystem::path default_key_file(const Options& options) {
  return std::filesystem::path{options.data_dir} / "secret.key";
}

// With a store elsewhere nobody has made the data folder yet (S95).
void make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (error) {
    throw StartError("data folder " + folder.string() + ": cannot be made: " + error.message() +
                     "; name another with --data-dir");
  }
}

}  // namespace

std::shared_ptr<store::Store> open(const Options& options) {
  try {
    return store::open_store(store_url_of(options));
  } catch (const store::StoreError& error) {
    throw StartError(std::string{error.what()} +
                     (options.store.empty() ? "; name another folder with --data-dir" : ""));
  }
}

// Instances that share a store share its key, and a store outlives many a start: only who fills it
// may make one.
authorization::Sealer sealer_of(const Options& options, bool store_is_new) {
  if (!options.key_file.empty()) {
    return authorization::Sealer::from_file(options.key_file, store_is_new);
  }
  if (is_postgres(store_url_of(options))) {
    throw StartError(
        "--store postgresql://...: name the key that seals its secrets with --key-file, the same "
        "on every instance; where the database is new, a missing file is made");
  }
  if (options.store == "memory") return authorization::Sealer::with_new_key();
  make_private_folder(options.data_dir);
  return authorization::Sealer::from_file(default_key_file(options), store_is_new);
}

boost::asio::awaitable<void> judge_key(store::Store& store, const authorization::Sealer& sealer,
                                       const Options& options) {
  const std::string ours = sealer.fingerprint();
  const std::string kept = co_await store.keep_key_mark(ours);
  if (kept == ours) co_return;
  throw StartError(
      "key file " +
      (options.key_file.empty() ? default_key_file(options).string() : options.key_file) +
      ": the secrets in this store were sealed with another key; name the right one "
      "with --key-file");
}

std::string file_of_store(const Options& options) {
  constexpr std::string_view kSqlite = "sqlite:";
  const auto url = store_url_of(options).text;
  return url.starts_with(kSqlite) ? url.substr(kSqlite.size()) : "";
}

authorization::PasswordCost cost_of(const Options& options) {
  return options.password_cost == PasswordCost::kMinimal ? authorization::PasswordCost::minimal()
                                                         : authorization::PasswordCost::standard();
}

void start_libsodium() {
  if (sodium_init() < 0) throw StartError("libsodium finds no source of random bytes");
}

}  // namespace bbgrant::sandbox
