// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "cli/command.hpp"
#include "cli/settings.hpp"
#include "sandbox/options.hpp"

namespace bbgrant::cli {

/// The sandbox's flags, which serve takes as well.
struct SandboxFlags {
  std::string config;
  std::vector<std::string> listen;
  std::string base_url;
  std::string data_dir;
  std::string store;
  std::string key_file;
  std::string seed;
  bool control = false;
  std::string control_token_file;
  bool control_any_store = false;
  std::string compat;
  std::string errors;
  std::chrono::seconds access_token_ttl{0};
  std::string password_cost;
  std::vector<std::string> trusted_proxies;
  bool public_metrics = false;
  std::vector<std::string> cors_origins;
  std::string tls_cert;
  std::string tls_key;
  bool allow_demo = false;
  bool ready_json = false;
  std::string log_level;
};

void declare_sandbox_flags(CLI::App& parser, SandboxFlags& flags);

/// Flags, environment, ./config.json (or --config).
/// @param from_flags  what the command's own flags say already.
[[nodiscard]] Settings server_settings(Config from_flags, const SandboxFlags& flags,
                                       const Context& context);

/// @throws UsageError "--listen: expected ..."
[[nodiscard]] sandbox::Options sandbox_options(const SandboxFlags& flags, const Settings& settings);

/// A terminal shows warnings only; a file or a journal gets a line a request.
[[nodiscard]] base::LogLevel log_level(const SandboxFlags& flags);

}  // namespace bbgrant::cli
