// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include "authorization/password_hasher.hpp"
#include "authorization/seal.hpp"
#include "base/clock.hpp"
#include "sandbox/options.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// Fills a store that was never seeded with the demo data: alice, who owns the workspace acme; bob,
/// whose two-step verification is on; carol, a member without access to the private repository.
/// Then sees to it that the demo consumers of the options and the command line's own are there with
/// these very keys and secrets, so that an edited config.json just works.
/// @throws store::StoreError
[[nodiscard]] boost::asio::awaitable<void> seed_demo(store::Store& store, const Options& options,
                                                     const authorization::PasswordHasher& hasher,
                                                     const authorization::Sealer& sealer,
                                                     const base::Clock& clock);

}  // namespace bbgrant::sandbox
