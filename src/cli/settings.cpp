// SPDX-License-Identifier: MIT
#include "cli/settings.hpp"

#include <system_error>
#include <utility>

#include "cli/setting.hpp"

namespace bbgrant::cli {
namespace {

namespace fs = std::filesystem;

// XDG Base Directory Specification: a path that is not absolute is ignored.
std::optional<fs::path> user_folder(const Environment& environment, const char* variable,
                                    const char* below_home) {
  if (const auto set = environment(variable); set && fs::path{*set}.is_absolute()) {
    return fs::path{*set} / "bbgrant";
  }
  if (const auto home = environment("HOME"); home && fs::path{*home}.is_absolute()) {
    return fs::path{*home} / below_home / "bbgrant";
  }
  return std::nullopt;
}

Config environment_config(const Environment& environment) {
  Config config;
  for (const Setting& setting : settings()) {
    if (*setting.variable == '\0') continue;
    const auto value = environment(setting.variable);
    if (!value) continue;
    try {
      setting.set(config, *value);
    } catch (const Expected& expected) {
      throw UsageError{std::string{setting.variable} + ": " + expected.what()};
    }
  }
  return config;
}

std::optional<fs::path> file_to_read(const std::optional<std::string>& config_flag,
                                     ConfigFile which, const Environment& environment) {
  if (config_flag) return fs::path{*config_flag};
  std::optional<fs::path> path;
  switch (which) {
    case ConfigFile::kWorkingDirectory:
      path = fs::path{"config.json"};
      break;
    case ConfigFile::kUserFolder:
      path = user_folder(environment, "XDG_CONFIG_HOME", ".config");
      if (path) *path /= "config.json";
      break;
  }
  std::error_code ignored;
  if (path && !fs::exists(fs::symlink_status(*path, ignored))) return std::nullopt;
  return path;
}

}  // namespace

std::optional<fs::path> state_folder(const Environment& environment) {
  return user_folder(environment, "XDG_STATE_HOME", ".local/state");
}

void set_flag(Config& flags, const std::string& flag, const char* key, const std::string& value) {
  try {
    find_setting(key)->set(flags, value);
  } catch (const Expected& expected) {
    throw UsageError{flag + ": " + expected.what()};
  }
}

Settings resolve_settings(Config flags, const std::optional<std::string>& config_flag,
                          ConfigFile which, const Environment& environment) {
  Settings settings;
  Config file;
  if (const auto path = file_to_read(config_flag, which, environment)) {
    file = load_config(*path);
    settings.file = path->string();
  }
  settings.config =
      overlay(overlay(std::move(flags), environment_config(environment)), std::move(file));

  if (settings.config.data_dir) {
    settings.data_dir = *settings.config.data_dir;
  } else if (settings.file) {
    settings.data_dir = (fs::absolute(*settings.file).parent_path() / "data").string();
  } else if (const auto state = state_folder(environment)) {
    settings.data_dir = state->string();
  }
  return settings;
}

}  // namespace bbgrant::cli
