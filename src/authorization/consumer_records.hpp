// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "authorization/error_table.hpp"
#include "authorization/password_hasher.hpp"
#include "authorization/seal.hpp"
#include "base/clock.hpp"
#include "base/document.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// What turns documents into records. All of it outlives who uses it. Thread-safe.
struct Workshop {
  const PasswordHasher& hasher;
  const Sealer& sealer;
  const base::Clock& clock;
  /// Of consumers that name none.
  std::string_view profile;
  /// Whose rule judges callback URLs (S76).
  ErrorStyle errors = ErrorStyle::kBitbucket;
  /// Whether what is made counts as demo data (S61).
  bool demo = true;
};

/// The workspace of consumers that name none.
inline constexpr const char* kDefaultWorkspace = "acme";

/// Every grant that a consumer can be allowed.
[[nodiscard]] std::vector<std::string_view> all_grant_names();

/// A key for a new consumer, random.
[[nodiscard]] std::string new_key();

/// A consumer that is still to be put into its workspace.
struct ConsumerDraft {
  store::Consumer consumer;          ///< without workspace and owner
  std::string workspace;             ///< its slug
  std::optional<std::string> owner;  ///< a nickname; nothing: who owns the workspace
  std::string path;                  ///< of the document's part that it came from
};

/// A consumer as the settings page, seed files, the control interface and `bbgrant consumer` write
/// it, and its secret. @throws base::DocumentError
[[nodiscard]] std::pair<ConsumerDraft, Secret> new_consumer(base::Fields& fields,
                                                            const Workshop& workshop);

/// @throws base::DocumentError when workspace or owner is not there; store::StoreError
void put(store::Seeder& seeder, ConsumerDraft draft);

/// Sets what the fields say; null sets back what the profile decides. Key, secret and workspace are
/// not theirs. @throws base::DocumentError; the consumer is half changed then.
void change_consumer(base::Fields& fields, store::Consumer& consumer, const Workshop& workshop);

/// A consumer's secret that was chosen. @throws base::DocumentError
[[nodiscard]] std::optional<Secret> chosen_secret(base::Fields& fields);

void put_secret(store::Consumer& consumer, const Secret& secret, const Workshop& workshop);

/// As the control interface and the command line show it; nothing secret.
[[nodiscard]] nlohmann::ordered_json describe(const store::Consumer& consumer,
                                              const std::string& workspace);

}  // namespace bbgrant::authorization
