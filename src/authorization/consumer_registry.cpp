// SPDX-License-Identifier: MIT
#include "authorization/consumer_registry.hpp"

#include <memory>
#include <utility>

#include "authorization/random_token.hpp"

namespace bbgrant::authorization {

boost::asio::awaitable<ConsumerRegistry::Described> ConsumerRegistry::describe_consumer(
    const store::Consumer& consumer) {
  const auto workspace = co_await store_.find_workspace(consumer.workspace_uuid);
  co_return describe(consumer, workspace ? workspace->slug : "");
}

boost::asio::awaitable<ConsumerRegistry::Described> ConsumerRegistry::consumers() {
  auto values = Described::array();
  const auto all = co_await store_.list_consumers();
  for (const auto& each : all) values.push_back(co_await describe_consumer(each));
  co_return Described{{"size", values.size()}, {"values", std::move(values)}};
}

boost::asio::awaitable<std::optional<ConsumerRegistry::Described>> ConsumerRegistry::consumer(
    std::string key) {
  const auto found = co_await store_.find_consumer(key);
  if (!found) co_return std::nullopt;
  co_return co_await describe_consumer(*found);
}

boost::asio::awaitable<ConsumerRegistry::Described> ConsumerRegistry::add_consumer(
    Document document, Actor actor) {
  base::Fields fields{document};
  const auto made = new_consumer(fields, workshop_);
  fields.finish();
  // What was wrong leaves the store's thread beside the StoreError that takes it all back.
  const auto wrong = std::make_shared<std::optional<base::DocumentError>>();
  std::function<void(store::Seeder&)> fill = [draft = made.first, wrong](store::Seeder& seeder) {
    try {
      put(seeder, draft);
    } catch (const base::DocumentError& error) {
      *wrong = error;
      throw;
    }
  };
  try {
    co_await store_.add(std::move(fill));
  } catch (const store::StoreError& error) {
    if (*wrong) throw **wrong;
    if (error.kind() != store::StoreError::Kind::kConflict) throw;
    throw base::DocumentError("key", "is there already");
  }
  tell("consumer", made.first.consumer.key, "added", actor);
  auto described = (co_await consumer(made.first.consumer.key)).value_or(Described{});
  described["secret"] = made.second.reveal();
  co_return described;
}

boost::asio::awaitable<std::optional<ConsumerRegistry::Described>>
ConsumerRegistry::change_consumer(std::string key, Document document, Actor actor) {
  auto found = co_await store_.find_consumer(key);
  if (!found) co_return std::nullopt;
  base::Fields fields{document};
  const auto secret = chosen_secret(fields);
  authorization::change_consumer(fields, *found, workshop_);
  fields.finish();
  if (secret) put_secret(*found, *secret, workshop_);
  if (!co_await store_.update_consumer(std::move(*found), secret.has_value())) {
    co_return std::nullopt;
  }
  tell("consumer", key, secret ? "changed with its secret" : "changed", actor);
  co_return co_await consumer(key);
}

boost::asio::awaitable<std::optional<ConsumerRegistry::Described>> ConsumerRegistry::renew_secret(
    std::string key, Actor actor) {
  const auto secret = random_token();  // 256 bits (S7)
  if (!co_await store_.renew_secret(key, hash_of(secret.reveal()), workshop_.sealer.seal(secret))) {
    co_return std::nullopt;
  }
  tell("consumer", key, "secret renewed", actor);
  auto described = co_await consumer(key);
  if (described) (*described)["secret"] = secret.reveal();
  co_return described;
}

boost::asio::awaitable<std::optional<ConsumerRegistry::Described>>
ConsumerRegistry::consumer_with_secret(std::string key) {
  const auto found = co_await store_.find_consumer(key);
  if (!found) co_return std::nullopt;
  auto described = co_await describe_consumer(*found);
  const auto secret = workshop_.sealer.open(found->secret_sealed);
  described["secret"] = secret ? Described(secret->reveal()) : Described();
  co_return described;
}

boost::asio::awaitable<bool> ConsumerRegistry::remove_consumer(std::string key, Actor actor) {
  const bool removed = co_await store_.remove_consumer(key);
  if (removed) tell("consumer", key, "removed", actor);
  co_return removed;
}

void ConsumerRegistry::tell(std::string_view what, std::string_view name, std::string_view how,
                            const Actor& actor) noexcept {
  const bool consumer = what == "consumer";
  log_.event(consumer ? "consumer_changed" : "user_changed", {{what, name},
                                                              {"change", how},
                                                              {"by", actor.user},
                                                              {"door", actor.door},
                                                              {"address", actor.address},
                                                              {"request", actor.request}});
}

}  // namespace bbgrant::authorization
