// SPDX-License-Identifier: MIT
#include "authorization/authorization_fixture.hpp"

#include <ranges>
#include <stdexcept>

#include <sodium.h>

#include "support/postgres_server.hpp"

namespace bbgrant::authorization::testing {
namespace {

constexpr std::string_view kWorkspace = "{00000000-0000-4000-8000-000000000001}";

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  for (const auto part : std::views::split(path.substr(1), '/')) {
    segments.emplace_back(part.begin(), part.end());
  }
  return segments;
}

store::NewAccount account(std::string_view name, const PasswordHasher& hasher) {
  store::NewAccount made;
  made.account.uuid = "{" + std::string{name} + "}";
  made.account.account_id = std::string{name};
  made.account.nickname = name;
  made.account.display_name = name;
  made.account.password_hash = hasher.hash(Secret{std::string{name} + "-password"});
  made.emails = {{std::string{name} + "@example.com", true, true}};
  return made;
}

}  // namespace

store::Consumer AuthorizationFixture::consumer(std::string_view key,
                                               std::string_view permissions) const {
  store::Consumer made;
  made.key = key;
  made.secret_hash = hash_of("secret");
  made.secret_sealed = sealer.seal(Secret{std::string_view{"secret"}});
  made.permissions = permissions;
  made.workspace_uuid = kWorkspace;
  made.profile = default_profile().name;
  made.callback_url = "https://client.example/callback";
  made.owner = alice;
  return made;
}

std::string basic(std::string_view key, std::string_view secret) {
  const std::string pair = std::string{key} + ":" + std::string{secret};
  std::string text(sodium_base64_encoded_len(pair.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(pair.data()),
                    pair.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return "Basic " + text;
}

AuthorizationFixture::AuthorizationFixture(ErrorStyle errors, std::shared_ptr<store::Store> on)
    : store(on ? std::move(on) : store::open_store({bbgrant::testing::url_of_test_store()})) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium");
  Behaviour behaviour;
  behaviour.errors = errors;
  restart(behaviour);
  seed();
}

AuthorizationFixture::~AuthorizationFixture() { store->close(); }

void AuthorizationFixture::restart(Behaviour behaviour) {
  server = std::make_unique<AuthorizationServer>(
      *store, sealer,
      AuthorizationServer::Options{.behaviour = behaviour,
                                   .password_cost = PasswordCost::minimal(),
                                   .access_token_ttl = std::nullopt},
      clock, log);
  router_ = http::Router{};
  server->add_routes(router_);
}

void AuthorizationFixture::use_rfc_errors() {
  Behaviour behaviour;
  behaviour.errors = ErrorStyle::kRfc6749;
  restart(behaviour);
}

void AuthorizationFixture::seed() {
  (void)wait_for(store->add_workspace(
      {.uuid = std::string{kWorkspace}, .slug = "acme", .name = "Acme", .created_on = {}}));
  alice = wait_for(store->add_account(account("alice", server->hasher()))).value();
  auto bob = account("bob", server->hasher());
  bob.account.two_step = true;
  (void)wait_for(store->add_account(std::move(bob)));
  auto dave = account("dave", server->hasher());
  dave.account.active = false;
  (void)wait_for(store->add_account(std::move(dave)));

  (void)wait_for(store->add_consumer(consumer("key", "account email repository")));
  (void)wait_for(store->add_consumer(consumer("other", "account")));
  auto today = consumer("today", "account");
  today.profile = profile_names().back();
  (void)wait_for(store->add_consumer(std::move(today)));
  auto narrow = consumer("narrow", "account");
  narrow.grants = "refresh_token";
  (void)wait_for(store->add_consumer(std::move(narrow)));
}

http::Response AuthorizationFixture::post(Sent sent) {
  http::Request request;
  request.method = sent.method;
  request.method_name = name_of(sent.method);
  request.target_path = sent.path;
  request.segments = segments_of(sent.path);
  request.query = sent.query;
  if (!sent.authorization.empty()) request.headers.add("Authorization", sent.authorization);
  if (!sent.content_type.empty()) request.headers.add("Content-Type", sent.content_type);
  request.body = sent.body;
  request.remote_address = request.address_key = sent.address;
  request.host = "localhost:7990";
  request.id = "test";
  const auto found = router_.find(request.method, request.segments);
  return wait_for(std::get<http::Router::Found>(found).route->handler(request));
}

nlohmann::json AuthorizationFixture::post_json(Sent sent) {
  return nlohmann::json::parse(post(std::move(sent)).body);
}

std::string AuthorizationFixture::password_body(std::string_view name) {
  return "grant_type=password&username=" + std::string{name} + "&password=" + std::string{name} +
         "-password";
}

}  // namespace bbgrant::authorization::testing
