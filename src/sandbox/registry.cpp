// SPDX-License-Identifier: MIT
#include "sandbox/registry.hpp"

#include <utility>

namespace bbgrant::sandbox {
namespace {

constexpr std::int64_t kMostListed = 1000;

}  // namespace

Registry::Registry(store::Store& store, Workshop workshop, base::Log& log)
    : ConsumerRegistry(store, workshop, log), executor_({.name = "registry"}, workshop.clock) {}

boost::asio::awaitable<Registry::Described> Registry::describe_account(
    const store::Account& account) {
  const auto emails = co_await store_.emails_of(account.id);
  co_return describe(account, emails);
}

boost::asio::awaitable<Registry::Described> Registry::users() {
  auto values = Described::array();
  const auto page = co_await store_.list_accounts({.page = 1, .pagelen = kMostListed});
  for (const auto& account : page.values) values.push_back(co_await describe_account(account));
  co_return Described{{"size", values.size()}, {"values", std::move(values)}};
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::user(std::string nickname) {
  const auto account = co_await store_.find_account_by_login(nickname);
  if (!account) co_return std::nullopt;
  co_return co_await describe_account(*account);
}

boost::asio::awaitable<Registry::Described> Registry::add_user(Document document, Actor actor) {
  auto work = [this, document = std::move(document)]() mutable {
    SeedPlan plan;
    base::Fields fields{document};
    auto nickname = plan.add_user(fields, workshop_);
    fields.finish();
    return std::pair{std::move(plan), std::move(nickname)};
  };
  const auto made = co_await executor_.run_or_throw(work);
  co_await made.first.add_to(store_);
  tell("user", made.second, "added", actor);
  co_return (co_await user(made.second)).value_or(Described{});
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::change_user(
    std::string nickname, Document document, Actor actor) {
  const auto account = co_await store_.find_account_by_login(nickname);
  if (!account) co_return std::nullopt;
  auto work = [this, document = std::move(document)]() mutable {
    base::Fields fields{document};
    auto change = account_change(fields, workshop_);
    fields.finish();
    return change;
  };
  auto change = co_await executor_.run_or_throw(work);
  try {
    if (!co_await store_.change_account(account->id, std::move(change))) co_return std::nullopt;
  } catch (const store::StoreError& error) {
    if (error.kind() != store::StoreError::Kind::kConflict) throw;
    throw base::DocumentError("email", "is another user's");
  }
  tell("user", account->nickname, "changed", actor);
  co_return co_await user(account->nickname);
}

boost::asio::awaitable<bool> Registry::remove_user(std::string nickname, Actor actor) {
  const auto account = co_await store_.find_account_by_login(nickname);
  if (!account) co_return false;
  const bool removed = co_await store_.remove_account(account->id);
  if (removed) tell("user", account->nickname, "removed", actor);
  co_return removed;
}

boost::asio::awaitable<void> Registry::add_seed(Document document) {
  auto work = [this, document = std::move(document)]() mutable {
    return read_seed(std::move(document), workshop_);
  };
  const auto plan = co_await executor_.run_or_throw(work);
  co_await plan.add_to(store_);
}

}  // namespace bbgrant::sandbox
