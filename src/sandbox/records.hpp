// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "authorization/password_hasher.hpp"
#include "authorization/seal.hpp"
#include "base/clock.hpp"
#include "sandbox/document.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// What turns documents into records. All of it outlives who uses it. Thread-safe.
struct Workshop {
  const authorization::PasswordHasher& hasher;
  const authorization::Sealer& sealer;
  const base::Clock& clock;
  /// Of consumers that name none.
  std::string_view profile;
  /// Whether what is made counts as demo data (S61).
  bool demo = true;
};

/// The workspace of consumers that name none.
inline constexpr const char* kDefaultWorkspace = "acme";

/// A user as seed files, the control interface and `bbgrant user` write it. Hashes: takes its time.
/// @throws DocumentError
[[nodiscard]] store::NewAccount new_account(Fields& fields, const Workshop& workshop);

/// The same for a change. Hashes where there is a password. @throws DocumentError
[[nodiscard]] store::AccountChange account_change(Fields& fields, const Workshop& workshop);

/// A consumer that is still to be put into its workspace, with what it is shown once.
struct NewConsumer {
  store::Consumer consumer;  ///< without workspace and owner
  Secret secret;
  std::string workspace;  ///< its slug
};
/// @throws DocumentError
[[nodiscard]] NewConsumer new_consumer(Fields& fields, const Workshop& workshop);

/// Sets what the fields say; null sets back what the profile decides. Key, secret and workspace are
/// not theirs. @throws DocumentError; the consumer is half changed then.
void change_consumer(Fields& fields, store::Consumer& consumer);

/// A consumer's secret that was chosen. @throws DocumentError
[[nodiscard]] std::optional<Secret> chosen_secret(Fields& fields);

/// A new secret: 256 random bits (S7).
[[nodiscard]] Secret new_secret();

/// "{0f...}", random.
[[nodiscard]] std::string new_uuid();
/// The field "uuid", else a new one. @throws DocumentError
[[nodiscard]] std::string chosen_uuid(Fields& fields);

// As the control interface and the command line show them; nothing secret.

[[nodiscard]] nlohmann::ordered_json describe(const store::Account& account,
                                              const std::vector<store::Email>& emails);
[[nodiscard]] nlohmann::ordered_json describe(const store::Consumer& consumer,
                                              const std::string& workspace);

/// "2030-01-02T03:04:05Z", RFC 3339.
[[nodiscard]] std::string format_time(std::chrono::sys_seconds time);

}  // namespace bbgrant::sandbox
