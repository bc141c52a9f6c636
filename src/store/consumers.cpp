// SPDX-License-Identifier: MIT
#include "store/consumers.hpp"

#include <utility>

#include "store/database.hpp"
#include "store/insert.hpp"

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

#define BBGRANT_CONSUMER_COLUMNS                                                                 \
  "consumer_key, secret_hash, secret_sealed, secret_version, name, description, url, "           \
  "callback_url, is_private, permissions, workspace_uuid, owner_id, profile, grants, rotation, " \
  "require_pkce, access_token_ttl, demo, created_on"

Consumer read_consumer(Reader row) {
  return {.key = row.next<std::string>(),
          .secret_hash = row.next<Hash>(),
          .secret_sealed = row.next<Sealed>(),
          .secret_version = row.next<std::int64_t>(),
          .name = row.next<std::string>(),
          .description = row.next<std::string>(),
          .url = row.next<std::string>(),
          .callback_url = row.next<std::string>(),
          .is_private = row.next<bool>(),
          .permissions = row.next<std::string>(),
          .workspace_uuid = row.next<std::string>(),
          .owner = row.next<std::optional<AccountId>>(),
          .profile = row.next<std::string>(),
          .grants = row.next<std::optional<std::string>>(),
          .rotation = row.next<std::optional<bool>>(),
          .require_pkce = row.next<bool>(),
          .access_token_ttl = row.next<std::optional<std::chrono::seconds>>(),
          .demo = row.next<bool>(),
          .created_on = row.next<std::chrono::sys_seconds>()};
}

bool renew(Connection& connection, const std::string& key, const Hash& hash, const Sealed& sealed) {
  return connection.execute(
             "UPDATE consumers SET secret_hash = $1, secret_sealed = $2, "
             "secret_version = secret_version + 1 WHERE consumer_key = $3",
             {hash, sealed, key}) == 1;
}

}  // namespace

void insert(Connection& connection, const Consumer& consumer) {
  connection.execute(
      "INSERT INTO consumers (" BBGRANT_CONSUMER_COLUMNS
      ") VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
      "$18)",
      {consumer.key, consumer.secret_hash, consumer.secret_sealed, consumer.name,
       consumer.description, consumer.url, consumer.callback_url, consumer.is_private,
       consumer.permissions, consumer.workspace_uuid, consumer.owner, consumer.profile,
       consumer.grants, consumer.rotation, consumer.require_pkce, consumer.access_token_ttl,
       consumer.demo, consumer.created_on});
}

asio::awaitable<std::optional<Consumer>> Consumers::find_consumer(std::string_view key) const {
  return database_.read([key = std::string{key}](Connection& connection) {
    return connection.first("SELECT " BBGRANT_CONSUMER_COLUMNS
                            " FROM consumers WHERE consumer_key = $1",
                            {key}, read_consumer);
  });
}

asio::awaitable<std::vector<Consumer>> Consumers::list_consumers(
    std::string_view workspace_uuid) const {
  return database_.read([uuid = std::string{workspace_uuid}](Connection& connection) {
    return connection.all("SELECT " BBGRANT_CONSUMER_COLUMNS
                          " FROM consumers WHERE workspace_uuid = $1 ORDER BY name, consumer_key",
                          {uuid}, read_consumer);
  });
}

asio::awaitable<std::vector<Consumer>> Consumers::list_consumers() const {
  return database_.read([](Connection& connection) {
    return connection.all("SELECT " BBGRANT_CONSUMER_COLUMNS
                          " FROM consumers ORDER BY name, consumer_key",
                          {}, read_consumer);
  });
}

asio::awaitable<bool> Consumers::add_consumer(Consumer consumer) {
  return insert_once(database_, std::move(consumer));
}

asio::awaitable<bool> Consumers::update_consumer(Consumer consumer, bool new_secret) {
  return database_.write([consumer = std::move(consumer), new_secret](Connection& connection) {
    const bool found =
        connection.execute(
            "UPDATE consumers SET name = $1, description = $2, url = $3, callback_url = $4, "
            "is_private = $5, permissions = $6, workspace_uuid = $7, owner_id = $8, "
            "profile = $9, grants = $10, rotation = $11, require_pkce = $12, "
            "access_token_ttl = $13 WHERE consumer_key = $14",
            {consumer.name, consumer.description, consumer.url, consumer.callback_url,
             consumer.is_private, consumer.permissions, consumer.workspace_uuid, consumer.owner,
             consumer.profile, consumer.grants, consumer.rotation, consumer.require_pkce,
             consumer.access_token_ttl, consumer.key}) == 1;
    if (!new_secret) return found;
    return renew(connection, consumer.key, consumer.secret_hash, consumer.secret_sealed);
  });
}

asio::awaitable<bool> Consumers::renew_secret(std::string_view key, Hash secret_hash,
                                              Sealed secret_sealed) {
  return database_.write([key = std::string{key}, secret_hash,
                          sealed = std::move(secret_sealed)](Connection& connection) {
    return renew(connection, key, secret_hash, sealed);
  });
}

asio::awaitable<bool> Consumers::set_callback(std::string_view key, std::string callback_url) {
  return database_.write(
      [key = std::string{key}, url = std::move(callback_url)](Connection& connection) {
        return connection.execute("UPDATE consumers SET callback_url = $1 WHERE consumer_key = $2",
                                  {url, key}) == 1;
      });
}

asio::awaitable<bool> Consumers::remove_consumer(std::string_view key) {
  return database_.write([key = std::string{key}](Connection& connection) {
    return connection.execute("DELETE FROM consumers WHERE consumer_key = $1", {key}) == 1;
  });
}

}  // namespace bbgrant::store
