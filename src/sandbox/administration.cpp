// SPDX-License-Identifier: MIT
#include "sandbox/administration.hpp"

#include <filesystem>

#include <unistd.h>

#include "authorization/profile.hpp"
#include "base/clock.hpp"
#include "base/loops.hpp"
#include "base/start_error.hpp"
#include "sandbox/opening.hpp"

namespace bbgrant::sandbox {
namespace {

std::shared_ptr<store::Store> open_filled(const Options& options) {
  start_libsodium();
  const auto file = file_of_store(options);
  if (options.store == "memory") {
    throw base::StartError("a store in memory belongs to its sandbox alone; use --control there");
  }
  std::error_code ignored;
  if (!file.empty() && !std::filesystem::exists(file, ignored)) {
    throw base::StartError("there is no store at " + file +
                           "; name its folder with --data-dir, or its settings with --config; "
                           "`bbgrant sandbox` makes one");
  }
  return open(options);
}

}  // namespace

struct Administration::Parts {
  explicit Parts(const Options& options)
      : store(open_filled(options)),
        sealer(sealer_of(options, false)),
        hasher(cost_of(options), clock),
        registry(*store,
                 {.hasher = hasher,
                  .sealer = sealer,
                  .clock = clock,
                  .profile = authorization::default_profile().name,
                  .demo = false},
                 log) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  // The store's threads wake the loops: they end first.
  ~Parts() { store->close(); }

  base::SystemClock clock;
  // Whoever types a command sees what it did; elsewhere the line goes where the others go (S97).
  base::Log log{::isatty(STDERR_FILENO) == 1 ? base::LogLevel::kOff : base::LogLevel::kInfo};
  base::EventLoops loops{"admin", 1};
  std::shared_ptr<store::Store> store;
  authorization::Sealer sealer;
  authorization::PasswordHasher hasher;
  Registry registry;
};

Administration::Administration(const Options& options) : parts_(std::make_unique<Parts>(options)) {
  const auto wait_for = [this](auto call) {
    return boost::asio::co_spawn(loop(), std::move(call), boost::asio::use_future).get();
  };
  explain_faults([&] {
    if (!wait_for(parts_->store->seeded())) {
      throw base::StartError("there is no sandbox in this database; `bbgrant sandbox` makes one");
    }
    wait_for(judge_key(*parts_->store, parts_->sealer, options));
  });
}
Administration::~Administration() = default;

Registry& Administration::registry() { return parts_->registry; }
boost::asio::io_context& Administration::loop() { return parts_->loops.next(); }

void Administration::explain_faults(const std::function<void()>& work) {
  try {
    work();
  } catch (const store::StoreError& error) {
    throw base::StartError(std::string{"the store: "} + error.what());
  }
}

}  // namespace bbgrant::sandbox
