// SPDX-License-Identifier: MIT
#include "sandbox/seed.hpp"

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "authorization/profile.hpp"
#include "authorization/random_token.hpp"
#include "authorization/scopes.hpp"
#include "base/start_error.hpp"
#include "sandbox/sandbox.hpp"

namespace bbgrant::sandbox {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

constexpr std::string_view kWorkspace = "{7ab3c8c2-5d1e-4f0a-9a51-3c1f0e6b2d10}";
constexpr std::string_view kProject = "{c2d9f7e4-8b36-4a7d-9d0c-51b4a6e0f322}";

// Of bob's second step; the shared secret of RFC 6238's test vectors.
constexpr std::string_view kTotpSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

struct DemoAccount {
  std::string_view nickname;
  std::string_view display_name;
  std::string_view uuid;
  std::string_view account_id;
  std::string_view password;
  /// Argon2id of the password at the standard cost, ready, so that a start hashes nothing.
  std::string_view hash;
  bool two_step;
  store::WorkspacePermission permission;
};

// Demo data, public on purpose: the names and passwords stand in the README.
constexpr std::array<DemoAccount, 3> kAccounts{{
    {"alice", "Alice Example", "{0a1f6f0e-2f52-4c57-8a39-7d1be1a6f1a1}", "557058:bbgrant-alice",
     "alice-password",
     "$argon2id$v=19$m=19456,t=2,p=1$0qusrcEC6sbbgsGBPUPPJw$8isV8DFj+"
     "4eswd5eoNrP1xup5YvwgkSaLv6Mj9uoINs",
     false, store::WorkspacePermission::kOwner},
    {"bob", "Bob Example", "{5b8e2a77-90cd-4e0b-b7f4-0c6d3e9a4b02}", "557058:bbgrant-bob",
     "bob-password",
     "$argon2id$v=19$m=19456,t=2,p=1$KM+st89YJh6bNPSMencl4Q$IhopgQ9sFnO1zhlA53ofL3/"
     "UBS8xqroNajyKfFt6cEk",
     true, store::WorkspacePermission::kMember},
    {"carol", "Carol Example", "{93d4b1c6-1e8f-47f2-8f60-2a7c5d8e9f03}", "557058:bbgrant-carol",
     "carol-password",
     "$argon2id$v=19$m=19456,t=2,p=1$cjmW+/zu9e/y1wC/"
     "1X1mlg$6kURv44cW3miQW13yOUOzJlwFiftcL9cKBcHEa4rpsk",
     false, store::WorkspacePermission::kMember},
}};

store::NewAccount account_of(const DemoAccount& demo, const Options& options,
                             const Workshop& workshop) {
  store::NewAccount made;
  made.account.uuid = demo.uuid;
  made.account.account_id = demo.account_id;
  made.account.nickname = demo.nickname;
  made.account.display_name = demo.display_name;
  made.account.password_hash = options.password_cost == PasswordCost::kMinimal
                                   ? workshop.hasher.hash(Secret{demo.password})
                                   : std::string{demo.hash};
  made.account.two_step = demo.two_step;
  if (demo.two_step) {
    made.account.totp_secret_sealed = workshop.sealer.seal(Secret{kTotpSecret});
  }
  made.account.demo = true;
  made.account.created_on = sys_days{year{2020} / 1 / 2};
  made.emails = {{std::string{demo.nickname} + "@example.com", true, true}};
  return made;
}

store::Repository repository(std::string_view uuid, std::string_view slug,
                             std::string_view description, std::string_view language,
                             bool is_private) {
  store::Repository made;
  made.uuid = uuid;
  made.slug = slug;
  made.name = slug;
  made.full_name = "acme/" + std::string{slug};
  made.description = description;
  made.is_private = is_private;
  made.language = language;
  made.mainbranch = "main";
  made.project_uuid = kProject;
  made.workspace_uuid = kWorkspace;
  made.created_on = sys_days{year{2020} / 1 / 3};
  made.updated_on = sys_days{year{2020} / 1 / 3};
  return made;
}

void fill(store::Seeder& seeder, const std::vector<store::NewAccount>& accounts) {
  seeder.add(store::Workspace{.uuid = std::string{kWorkspace},
                              .slug = "acme",
                              .name = "Acme",
                              .is_private = false,
                              .created_on = sys_days{year{2020} / 1 / 2}});
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const auto id = seeder.add(accounts[i]);
    seeder.add(store::Membership{std::string{kWorkspace}, id, kAccounts.at(i).permission});
  }
  seeder.add(store::Project{.uuid = std::string{kProject},
                            .key = "DEMO",
                            .name = "Demo",
                            .workspace_uuid = std::string{kWorkspace},
                            .is_private = false,
                            .created_on = sys_days{year{2020} / 1 / 2}});
  seeder.add(repository("{1c6f0b52-7d3a-4a90-8a6e-6b1d2f3c4e01}", "hello",
                        "A private repository that says hello", "c++", true));
  seeder.add(repository("{2d7a1c63-8e4b-4ba1-9b7f-7c2e3a4d5f02}", "website",
                        "The public pages of Acme", "html", false));
}

struct DemoConsumerRow {
  std::string key;
  Secret secret;
  std::string name;
  std::string_view profile;
  std::string callback_url;
};

std::vector<DemoConsumerRow> consumer_rows(const Options& options) {
  const auto profiles = authorization::profile_names();
  std::vector<DemoConsumerRow> rows;
  if (options.demo_consumer) {
    rows.push_back({options.demo_consumer->key, options.demo_consumer->secret.copy(),
                    "bbgrant sample app", profiles.front(), options.app_callback_url});
  }
  if (options.demo_consumer_2026) {
    rows.push_back({options.demo_consumer_2026->key, options.demo_consumer_2026->secret.copy(),
                    "bbgrant sample app, rules of today", profiles.back(),
                    options.app_callback_url});
  }
  // Any port of loopback (RFC 8252 section 7.3): a command line cannot know its port beforehand.
  rows.push_back({kCommandLineKey, Secret{std::string_view{kCommandLineSecret}},
                  "bbgrant command line", profiles.front(), "http://127.0.0.1"});
  return rows;
}

store::Consumer consumer_of(const DemoConsumerRow& row, const Workshop& workshop) {
  store::Consumer made;
  made.key = row.key;
  authorization::put_secret(made, row.secret, workshop);
  made.name = row.name;
  made.description = "A demo consumer; its key and secret are public";
  made.callback_url = row.callback_url;
  made.is_private = true;
  made.permissions = authorization::to_string(authorization::all_scopes());
  made.workspace_uuid = kWorkspace;
  made.profile = row.profile;
  made.demo = true;
  made.created_on = workshop.clock.now();
  return made;
}

}  // namespace

std::vector<authorization::DemoSignIn> demo_sign_ins() {
  std::vector<authorization::DemoSignIn> accounts;
  for (const auto& demo : kAccounts) {
    accounts.push_back({std::string{demo.nickname}, std::string{demo.password}});
  }
  return accounts;
}

void add_demo(SeedPlan& plan, const Options& options, const Workshop& workshop) {
  std::vector<store::NewAccount> accounts;
  for (const auto& demo : kAccounts) accounts.push_back(account_of(demo, options, workshop));
  plan.add({}, [accounts = std::move(accounts)](store::Seeder& seeder) { fill(seeder, accounts); });
  for (const auto& row : consumer_rows(options)) {
    plan.add({}, [consumer = consumer_of(row, workshop)](store::Seeder& seeder) {
      auto owned = consumer;
      owned.owner = seeder.find_account(kAccounts.front().nickname);
      seeder.add(owned);
    });
  }
}

SeedPlan plan_of(const Options& options, const Workshop& workshop) {
  const auto demo = [&](SeedPlan& plan) { add_demo(plan, options, workshop); };
  SeedPlan plan;
  if (options.seed_file.empty()) {
    demo(plan);
    return plan;
  }
  std::ifstream file{options.seed_file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file) throw base::StartError("--seed " + options.seed_file + ": cannot be read");
  try {
    return read_seed(base::parse_document(text), workshop, demo);
  } catch (const base::DocumentError& error) {
    throw base::StartError("--seed " + options.seed_file + ": " + error.what());
  }
}

boost::asio::awaitable<void> keep_demo_consumers(store::Store& store, const Options& options,
                                                 const Workshop& workshop) {
  // A store whose demo workspace was removed has no place for demo consumers.
  if (!co_await store.find_workspace(kWorkspace)) co_return;
  const auto alice = co_await store.find_account_by_uuid(kAccounts.front().uuid);
  for (const auto& row : consumer_rows(options)) {
    auto wanted = consumer_of(row, workshop);
    if (alice) wanted.owner = alice->id;
    const auto present = co_await store.find_consumer(row.key);
    if (!present) {
      (void)co_await store.add_consumer(std::move(wanted));
    } else if (present->demo && present->secret_hash != wanted.secret_hash) {
      co_await store.renew_secret(row.key, wanted.secret_hash, wanted.secret_sealed);
    }
  }
}

}  // namespace bbgrant::sandbox
