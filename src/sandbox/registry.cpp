// SPDX-License-Identifier: MIT
#include "sandbox/registry.hpp"

#include <utility>

#include "authorization/random_token.hpp"

namespace bbgrant::sandbox {
namespace {

constexpr std::int64_t kMostListed = 1000;

Registry::Described list_of(std::vector<Registry::Described> values) {
  return {{"size", values.size()}, {"values", std::move(values)}};
}

}  // namespace

Registry::Registry(store::Store& store, Workshop workshop)
    : store_(store), workshop_(workshop), executor_({.name = "registry"}, workshop.clock) {}

boost::asio::awaitable<Registry::Described> Registry::describe_account(
    const store::Account& account) {
  const auto emails = co_await store_.emails_of(account.id);
  co_return describe(account, emails);
}

boost::asio::awaitable<Registry::Described> Registry::describe_consumer(
    const store::Consumer& consumer) {
  const auto workspace = co_await store_.find_workspace(consumer.workspace_uuid);
  co_return describe(consumer, workspace ? workspace->slug : "");
}

boost::asio::awaitable<Registry::Described> Registry::users() {
  std::vector<Described> values;
  const auto page = co_await store_.list_accounts({.page = 1, .pagelen = kMostListed});
  for (const auto& account : page.values) values.push_back(co_await describe_account(account));
  co_return list_of(std::move(values));
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::user(std::string nickname) {
  const auto account = co_await store_.find_account_by_login(nickname);
  if (!account) co_return std::nullopt;
  co_return co_await describe_account(*account);
}

boost::asio::awaitable<Registry::Described> Registry::add_user(Document document) {
  auto work = [this, document = std::move(document)]() mutable {
    SeedPlan plan;
    Fields fields{document};
    auto nickname = plan.add_user(fields, workshop_);
    fields.finish();
    return std::pair{std::move(plan), std::move(nickname)};
  };
  const auto made = co_await executor_.run_or_throw(work);
  co_await made.first.add_to(store_);
  co_return (co_await user(made.second)).value_or(Described{});
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::change_user(
    std::string nickname, Document document) {
  const auto account = co_await store_.find_account_by_login(nickname);
  if (!account) co_return std::nullopt;
  auto work = [this, document = std::move(document)]() mutable {
    Fields fields{document};
    auto change = account_change(fields, workshop_);
    fields.finish();
    return change;
  };
  auto change = co_await executor_.run_or_throw(work);
  try {
    if (!co_await store_.change_account(account->id, std::move(change))) co_return std::nullopt;
  } catch (const store::StoreError& error) {
    if (error.kind() != store::StoreError::Kind::kConflict) throw;
    throw DocumentError("email", "is another user's");
  }
  co_return co_await user(account->nickname);
}

boost::asio::awaitable<bool> Registry::remove_user(std::string nickname) {
  const auto account = co_await store_.find_account_by_login(nickname);
  if (!account) co_return false;
  co_return co_await store_.remove_account(account->id);
}

boost::asio::awaitable<Registry::Described> Registry::consumers() {
  std::vector<Described> values;
  const auto all = co_await store_.list_consumers();
  for (const auto& each : all) values.push_back(co_await describe_consumer(each));
  co_return list_of(std::move(values));
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::consumer(std::string key) {
  const auto found = co_await store_.find_consumer(key);
  if (!found) co_return std::nullopt;
  co_return co_await describe_consumer(*found);
}

boost::asio::awaitable<Registry::Described> Registry::add_consumer(Document document) {
  SeedPlan plan;
  Fields fields{document};
  const auto made = plan.add_consumer(fields, workshop_);
  fields.finish();
  co_await plan.add_to(store_);
  auto described = (co_await consumer(made.first)).value_or(Described{});
  described["secret"] = made.second.reveal();
  co_return described;
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::change_consumer(
    std::string key, Document document) {
  auto found = co_await store_.find_consumer(key);
  if (!found) co_return std::nullopt;
  Fields fields{document};
  const auto secret = chosen_secret(fields);
  sandbox::change_consumer(fields, *found);
  fields.finish();
  if (!co_await store_.update_consumer(std::move(*found))) co_return std::nullopt;
  if (secret) co_await put_secret(key, *secret);
  co_return co_await consumer(key);
}

boost::asio::awaitable<void> Registry::put_secret(std::string key, const Secret& secret) {
  co_await store_.renew_secret(key, authorization::hash_of(secret.reveal()),
                               workshop_.sealer.seal(secret));
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::renew_secret(std::string key) {
  const auto secret = new_secret();
  co_await put_secret(key, secret);
  auto described = co_await consumer(key);
  if (described) (*described)["secret"] = secret.reveal();
  co_return described;
}

boost::asio::awaitable<std::optional<Registry::Described>> Registry::consumer_with_secret(
    std::string key) {
  const auto found = co_await store_.find_consumer(key);
  if (!found) co_return std::nullopt;
  auto described = co_await describe_consumer(*found);
  const auto secret = workshop_.sealer.open(found->secret_sealed);
  described["secret"] = secret ? Described(secret->reveal()) : Described();
  co_return described;
}

boost::asio::awaitable<bool> Registry::remove_consumer(std::string key) {
  return store_.remove_consumer(key);
}

boost::asio::awaitable<void> Registry::add_seed(Document document) {
  auto work = [this, document = std::move(document)]() mutable {
    return read_seed(std::move(document), workshop_);
  };
  const auto plan = co_await executor_.run_or_throw(work);
  co_await plan.add_to(store_);
}

}  // namespace bbgrant::sandbox
