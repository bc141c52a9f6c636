// SPDX-License-Identifier: MIT
#include "cli/server_talk.hpp"

#include <nlohmann/json.hpp>

namespace bbgrant::cli {
namespace {

// The seed's accounts (public on purpose).
constexpr const char* kDemoAccounts =
    "\n"
    "Demo accounts\n"
    "  alice  alice-password  owns the workspace acme\n"
    "  bob    bob-password    two-step verification is on: the password grant is refused\n"
    "  carol  carol-password  a member without access to the private repository\n";

}  // namespace

void announce(const Output& output, const Addresses& addresses, const Settings& settings,
              const std::vector<std::string>& warnings, bool ready_json) {
  if (!settings.file) {
    output.talk("bbgrant: no config.json in this folder, using the shipped demo consumers\n");
  }
  for (const std::string& warning : warnings) output.talk("bbgrant: warning: " + warning + "\n");

  std::string text;
  if (addresses.app) text += "App      " + *addresses.app + "\n";
  if (addresses.sandbox) text += "Sandbox  " + *addresses.sandbox + "\n" + kDemoAccounts;
  text += "\nCtrl-C stops.\n";
  if (!ready_json) {
    output.data(text);
    return;
  }
  output.talk(text);
  nlohmann::ordered_json ready;
  if (addresses.app) ready["app"] = *addresses.app;
  if (addresses.sandbox) ready["sandbox"] = *addresses.sandbox;
  output.data(ready.dump() + "\n");
}

}  // namespace bbgrant::cli
