// SPDX-License-Identifier: MIT
#include "authorization/consumer_pages.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "authorization/consumer_views.hpp"
#include "authorization/redirect_uri.hpp"
#include "pages/page.hpp"

namespace bbgrant::authorization {
namespace {

using http::Method;
using nlohmann::json;

constexpr std::string_view kHome = "/{workspace}/workspace/settings/api";
// Four texts of the greatest length, percent-encoded, and every box ticked.
constexpr std::size_t kLongestForm = std::size_t{32} * 1024;

http::Response no_such(const http::Request& request, const std::string& what) {
  return account_notice(request, 404, "Not found",
                        {"There is no such " + what + ", or you may not see it."});
}

}  // namespace

void ConsumerPages::add_routes(http::Router& router) {
  add(router, Method::kGet, "", &ConsumerPages::list);
  add(router, Method::kGet, "/new", &ConsumerPages::show_new);
  add(router, Method::kPost, "/new", &ConsumerPages::add_new);
  add(router, Method::kGet, "/consumer/{key}", &ConsumerPages::show);
  add(router, Method::kPost, "/consumer/{key}", &ConsumerPages::change);
  add(router, Method::kPost, "/consumer/{key}/secret", &ConsumerPages::show_secret);
  add(router, Method::kGet, "/consumer/{key}/renew", &ConsumerPages::ask_renew);
  add(router, Method::kPost, "/consumer/{key}/renew", &ConsumerPages::renew);
  add(router, Method::kGet, "/consumer/{key}/remove", &ConsumerPages::ask_remove);
  add(router, Method::kPost, "/consumer/{key}/remove", &ConsumerPages::remove);
}

void ConsumerPages::add(http::Router& router, Method method, const std::string& path, Work work) {
  const bool of_consumer = path.find("{key}") != std::string::npos;
  router.add(method, std::string{kHome} + path,
             [this, of_consumer, work](http::Request& request) {
               return guard(request, of_consumer, work);
             },
             {.max_body = kLongestForm});
}

ConsumerPages::Answer ConsumerPages::guard(http::Request& request, bool of_consumer, Work work) {
  Desk desk;
  if (request.method == Method::kPost) {  // S18
    auto accepted = co_await parts_.sessions.accept_form(request);
    if (const auto* why = std::get_if<std::string>(&accepted)) {
      co_return account_notice(request, 403, "Start again",
                               {*why, "Nothing was changed. Open the page anew."});
    }
    auto& posted = std::get<PostedForm>(accepted);
    desk.form = std::move(posted.form);
    desk.visit = std::move(posted.visit);
  } else {
    desk.visit = co_await parts_.sessions.find_or_open(request);
  }
  const ReturnTo next{.ticket = {}, .workspace = std::string{request.parameter("workspace")}};
  const auto* account = desk.visit.account();
  if (account == nullptr) co_return co_await parts_.sign_in.show(request, desk.visit, next);

  auto workspace = co_await parts_.store.find_workspace(next.workspace);
  if (!workspace) co_return no_such(request, "workspace");
  desk.workspace = std::move(*workspace);
  const auto member = co_await parts_.store.membership(desk.workspace.uuid, account->id);
  if (!member && desk.workspace.is_private) co_return no_such(request, "workspace");  // S35
  desk.home = ReturnTo{.ticket = {}, .workspace = desk.workspace.slug}.path();
  if (member != store::WorkspacePermission::kOwner) {
    auto view = view_of(request, desk, "Only for owners");
    view["paragraphs"] = {"The settings of " + desk.workspace.name +
                          " are for its owners, and you are not one of them."};
    co_return page(request, desk, 403, "account_notice", view);
  }
  if (of_consumer) {
    desk.consumer = co_await parts_.store.find_consumer(request.parameter("key"));
    if (!desk.consumer || desk.consumer->workspace_uuid != desk.workspace.uuid) {
      co_return no_such(request, "consumer");
    }
  }
  desk.actor = {.door = "settings",
                .user = account->nickname,
                .address = request.address_key,
                .request = request.id};
  co_return co_await (this->*work)(request, desk);
}

ConsumerPages::Answer ConsumerPages::list(const http::Request& request, Desk& desk) {
  auto view = view_of(request, desk, "OAuth consumers");
  view["consumers"] = json::array();
  const auto all = co_await parts_.store.list_consumers(desk.workspace.uuid);
  for (const auto& each : all) {
    view["consumers"].push_back(json(describe(each, desk.workspace.slug)));
  }
  view["any"] = !all.empty();
  view["count"] = all.empty()       ? "No consumer yet"
                  : all.size() == 1 ? "1 consumer"
                                    : std::to_string(all.size()) + " consumers";
  view["back"] = false;
  view["about"] = {"Of the workspace " + desk.workspace.name + ".",
                   "An app is registered here before it may ask for anything. That gives it a key "
                   "and a secret. RFC 6749 says client where Bitbucket says consumer."};
  co_return page(request, desk, 200, "consumers", view);
}

ConsumerPages::Answer ConsumerPages::show_new(const http::Request& request, Desk& desk) {
  co_return form_page(request, desk, new_document(parts_.profile), {{"new_key", new_key()}});
}

ConsumerPages::Answer ConsumerPages::add_new(const http::Request& request, Desk& desk) {
  const auto document = document_of(desk.form);
  json wanted = document;
  // Drawn with the form, so that a form that is sent twice adds one consumer.
  wanted["key"] = desk.form.get("key").value_or("");
  wanted["workspace"] = desk.workspace.slug;
  wanted["owner"] = desk.actor.user;
  std::optional<base::DocumentError> fault;
  ConsumerRegistry::Described added;
  try {
    added = co_await registry_.add_consumer(std::move(wanted), desk.actor);
  } catch (const base::DocumentError& error) {
    fault = error;
  }
  if (fault && fault->path() == "key") {
    desk.consumer = co_await parts_.store.find_consumer(desk.form.get("key").value_or(""));
    if (desk.consumer && desk.consumer->workspace_uuid == desk.workspace.uuid) {
      co_return http::Response::redirect(desk.home + "#" + desk.consumer->key);
    }
    desk.consumer.reset();  // somebody else's
    co_return form_page(request, desk, document, {{"new_key", new_key()}}, &*fault);
  }
  if (fault) {
    co_return form_page(request, desk, document, {{"new_key", desk.form.get("key").value_or("")}},
                        &*fault);
  }
  desk.consumer = co_await parts_.store.find_consumer(added.at("key").get<std::string>());
  if (!desk.consumer) co_return no_such(request, "consumer");  // removed meanwhile
  co_return consumer_page(request, desk, {{"secret", added.at("secret")}, {"said", "It is added"}});
}

ConsumerPages::Answer ConsumerPages::show(const http::Request& request, Desk& desk) {
  co_return consumer_page(request, desk, json::object());
}

ConsumerPages::Answer ConsumerPages::change(const http::Request& request, Desk& desk) {
  const auto document = document_of(desk.form);
  std::optional<base::DocumentError> fault;
  try {
    if (!co_await registry_.change_consumer(desk.consumer->key, document, desk.actor)) {
      co_return no_such(request, "consumer");
    }
  } catch (const base::DocumentError& error) {
    fault = error;
  }
  if (fault) co_return form_page(request, desk, document, json::object(), &*fault);
  co_return http::Response::redirect(desk.home + "#" + desk.consumer->key);
}

ConsumerPages::Answer ConsumerPages::show_secret(const http::Request& request, Desk& desk) {
  const auto found = co_await registry_.consumer_with_secret(desk.consumer->key);
  if (!found) co_return no_such(request, "consumer");
  const auto& secret = found->at("secret");
  co_return consumer_page(request, desk, {{"secret", secret}, {"sealed", secret.is_null()}});
}

ConsumerPages::Answer ConsumerPages::ask_renew(const http::Request& request, Desk& desk) {
  auto view = view_of(request, desk, "New secret?");
  view["renew"] = true;
  view["version"] = desk.consumer->secret_version;
  co_return page(request, desk, 200, "consumer_confirm", view);
}

ConsumerPages::Answer ConsumerPages::renew(const http::Request& request, Desk& desk) {
  // A form that is sent twice renews once, and shows what it made.
  if (desk.form.get("version") != std::to_string(desk.consumer->secret_version)) {
    co_return co_await show_secret(request, desk);
  }
  const auto renewed = co_await registry_.renew_secret(desk.consumer->key, desk.actor);
  if (!renewed) co_return no_such(request, "consumer");
  co_return consumer_page(request, desk,
                          {{"secret", renewed->at("secret")}, {"said", "The old secret is dead"}});
}

ConsumerPages::Answer ConsumerPages::ask_remove(const http::Request& request, Desk& desk) {
  co_return page(request, desk, 200, "consumer_confirm", view_of(request, desk, "Remove it?"));
}

ConsumerPages::Answer ConsumerPages::remove(const http::Request&, Desk& desk) {
  // Whoever removed it, it is gone.
  (void)co_await registry_.remove_consumer(desk.consumer->key, desk.actor);
  co_return http::Response::redirect(desk.home);
}

json ConsumerPages::view_of(const http::Request& request, const Desk& desk,
                            std::string_view title) {
  auto view =
      account_view(request, title, desk.visit, {.ticket = {}, .workspace = desk.workspace.slug});
  view["home"] = desk.home;
  view["back"] = true;
  view["workspace_name"] = desk.workspace.name;
  view["user"] = desk.visit.account()->nickname;
  if (desk.consumer) {
    view["key"] = desk.consumer->key;
    view["app"] = desk.consumer->name;
    view["self"] = desk.home + "/consumer/" + http::encode_segment(desk.consumer->key);
  }
  return view;
}

http::Response ConsumerPages::page(const http::Request& request, const Desk& desk, int status,
                                   std::string_view name, const json& view) {
  auto response = pages::page(status, name, view);
  PageSessions::set_cookie(request, desk.visit, response);
  return response;
}

http::Response ConsumerPages::form_page(const http::Request& request, const Desk& desk,
                                        const json& document, const json& more,
                                        const base::DocumentError* fault) const {
  auto view = view_of(request, desk, desk.consumer ? desk.consumer->name : "Add consumer");
  view["form"] = form_view(document, fault, parts_.profile, parts_.lifetime);
  view.update(more);
  return page(request, desk, fault == nullptr ? 200 : 400, "consumer_form", view);
}

http::Response ConsumerPages::consumer_page(const http::Request& request, const Desk& desk,
                                            const json& more) const {
  json document = describe(*desk.consumer, desk.workspace.slug);
  auto shown = more;
  const auto& callback = desk.consumer->callback_url;
  if (!callback.empty()) {  // S76
    shown["warning"] = fault_of_callback(callback, ErrorStyle::kRfc6749).value_or("");
  }
  return form_page(request, desk, document, shown);
}

}  // namespace bbgrant::authorization
