// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <boost/asio/awaitable.hpp>

#include "authorization/sign_in_pages.hpp"
#include "sandbox/options.hpp"
#include "sandbox/seed_plan.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// Names and passwords of the demo accounts, which are public.
[[nodiscard]] std::vector<authorization::DemoSignIn> demo_sign_ins();

/// The demo data: alice, who owns the workspace acme; bob, whose two-step verification is on;
/// carol, a member without access to the private repository; the demo consumers of the options and
/// the command line's own.
void add_demo(SeedPlan& plan, const Options& options, const Workshop& workshop);

/// What the options ask for: the seed file's data, or the demo data.
/// @throws base::StartError naming the file and the place in it (S94).
[[nodiscard]] SeedPlan plan_of(const Options& options, const Workshop& workshop);

/// Sees to it that a store with the demo workspace has the demo consumers with these very keys and
/// secrets, so that an edited config.json just works. @throws store::StoreError
[[nodiscard]] boost::asio::awaitable<void> keep_demo_consumers(store::Store& store,
                                                               const Options& options,
                                                               const Workshop& workshop);

}  // namespace bbgrant::sandbox
