// SPDX-License-Identifier: MIT
// Users and consumers: the same five calls on either.
#include <utility>

#include "base/document.hpp"
#include "sandbox/control/control.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;
using Answer = boost::asio::awaitable<http::Response>;

http::Response found_or_not(const std::optional<Registry::Described>& found) {
  return found ? answer(200, *found) : problem(404, "there is none of that name");
}

Registry::Actor actor_of(const http::Request& request) {
  return {.door = "control", .address = request.address_key, .request = request.id};
}

/// What the registry does with one kind of record.
struct Kind {
  std::string path;
  std::string fields;
  boost::asio::awaitable<Registry::Described> (Registry::*list)();
  boost::asio::awaitable<Registry::Described> (Registry::*add)(json, Registry::Actor);
  boost::asio::awaitable<std::optional<Registry::Described>> (Registry::*find)(std::string);
  boost::asio::awaitable<std::optional<Registry::Described>> (Registry::*change)(std::string, json,
                                                                                 Registry::Actor);
  boost::asio::awaitable<bool> (Registry::*remove)(std::string, Registry::Actor);
};

void add_calls(Calls& calls, Registry& registry, const Kind& kind) {
  const auto one = kind.path + "/{name}";
  const auto name_of = [](http::Request& request) {
    return std::string{request.parameter("name")};
  };
  calls.add(http::Method::kGet, kind.path, "",
            [&registry, list = kind.list](http::Request&, json) -> Answer {
              co_return answer(200, co_await (registry.*list)());
            });
  calls.add(http::Method::kPost, kind.path, kind.fields,
            [&registry, add = kind.add](http::Request& request, json body) -> Answer {
              const auto actor = actor_of(request);
              co_return answer(201, co_await (registry.*add)(std::move(body), actor));
            });
  calls.add(http::Method::kGet, one, "",
            [&registry, find = kind.find, name_of](http::Request& request, json) -> Answer {
              co_return found_or_not(co_await (registry.*find)(name_of(request)));
            });
  calls.add(
      http::Method::kPatch, one, kind.fields,
      [&registry, change = kind.change, name_of](http::Request& request, json body) -> Answer {
        const auto actor = actor_of(request);
        co_return found_or_not(
            co_await (registry.*change)(name_of(request), std::move(body), actor));
      });
  calls.add(http::Method::kDelete, one, "",
            [&registry, remove = kind.remove, name_of](http::Request& request, json) -> Answer {
              const auto actor = actor_of(request);
              const bool removed = co_await (registry.*remove)(name_of(request), actor);
              co_return removed ? http::Response::no_content()
                                : problem(404, "there is none of that name");
            });
}

}  // namespace

void add_user_calls(Calls& calls, Registry& registry) {
  add_calls(
      calls, registry,
      {"/_sandbox/users", "nickname, display_name, email, password, two_step, totp_secret, active",
       &Registry::users, &Registry::add_user, &Registry::user, &Registry::change_user,
       &Registry::remove_user});
}

void add_consumer_calls(Calls& calls, Registry& registry) {
  add_calls(calls, registry,
            {"/_sandbox/consumers",
             "key, secret, name, description, url, callback_url, private, permissions, workspace, "
             "owner, profile, grants, rotation, require_pkce, access_token_ttl",
             &Registry::consumers, &Registry::add_consumer, &Registry::consumer,
             &Registry::change_consumer, &Registry::remove_consumer});
}

}  // namespace bbgrant::sandbox
