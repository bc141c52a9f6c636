// SPDX-License-Identifier: MIT
#include "cli/config.hpp"

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <system_error>

#include "cli/config_reader.hpp"

namespace bbgrant::cli {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1024} * 1024;

// The file may hold the consumer's secret, so its bytes are kept where they are wiped.
Secret read_file(const std::filesystem::path& path) {
  const auto cannot = [&](const std::string& why) {
    return ConfigProblem{path.string() + ": cannot be read: " + why};
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw cannot("it is a folder");
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) throw cannot(std::generic_category().message(errno != 0 ? errno : EIO));
  Secret text;
  std::string block(4096, '\0');
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append({block.data(), static_cast<std::size_t>(file.gcount())});
    if (text.size() > kLargestFile) throw cannot("it is larger than 1 MiB");
  }
  ::explicit_bzero(block.data(), block.size());
  if (file.bad()) throw cannot("reading failed");
  return text;
}

template <class Value>
void take(std::optional<Value>& upper, std::optional<Value>& lower) {
  if (!upper) upper = std::move(lower);
}

}  // namespace

Config parse_config(std::string_view text, const std::string& name) {
  if (text.size() > kLargestFile) throw ConfigProblem{name + ": it is larger than 1 MiB"};
  return ConfigReader{text, name}.read();
}

Config load_config(const std::filesystem::path& path) {
  const Secret text = read_file(path);
  Config config = parse_config(text.reveal(), path.string());

  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  if (config.data_dir) {
    config.data_dir = (folder / *config.data_dir).lexically_normal().string();
  }
  constexpr std::string_view kSqlite = "sqlite:";
  if (config.store && config.store->starts_with(kSqlite)) {
    const std::filesystem::path file = folder / config.store->substr(kSqlite.size());
    config.store = std::string{kSqlite} + file.lexically_normal().string();
  }
  return config;
}

Config overlay(Config upper, Config lower) {
  take(upper.consumer_key, lower.consumer_key);
  take(upper.consumer_secret, lower.consumer_secret);
  take(upper.consumer2026_key, lower.consumer2026_key);
  take(upper.consumer2026_secret, lower.consumer2026_secret);
  take(upper.server, lower.server);
  take(upper.callback_url, lower.callback_url);
  take(upper.scopes, lower.scopes);
  take(upper.port, lower.port);
  take(upper.sandbox_port, lower.sandbox_port);
  take(upper.data_dir, lower.data_dir);
  take(upper.store, lower.store);
  return upper;
}

}  // namespace bbgrant::cli
