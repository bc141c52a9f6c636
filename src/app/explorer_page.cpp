// SPDX-License-Identifier: MIT
// /explorer: any call of the REST API with the session's token.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/diagram_view.hpp"
#include "app/endpoints.hpp"
#include "app/explorer_target.hpp"
#include "app/explorer_view.hpp"
#include "app/site.hpp"
#include "app/token_view.hpp"
#include "app/wire_view.hpp"
#include "base/clock.hpp"
#include "pages/page.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "DELETE", "HEAD"};
constexpr std::array<std::string_view, 2> kTypes = {"application/json",
                                                    "application/x-www-form-urlencoded"};

json choices(std::span<const std::string_view> names, std::string_view chosen) {
  json list = json::array();
  for (const std::string_view name : names) {
    list.push_back({{"name", name}, {"chosen", name == chosen}});
  }
  return list;
}

/// What the answer means where that is not plain.
json advice_of(const Recorded& recorded, const SessionState& state) {
  if (!state.trouble || state.trouble->where != ExchangeKind::kApi || recorded.status < 400 ||
      state.trouble->path != recorded.path) {
    return nullptr;
  }
  const Failure& failure = state.trouble->failure;
  if (!failure.required.empty()) {
    return {{"text", fmt::format("This call needs the scope {}, and the token does not have it. A "
                                 "token's scopes never grow.",
                                 failure.required.text())},
            {"href", "/#step-3"},
            {"label", fmt::format("Ask for {} too", failure.required.text())}};
  }
  if (recorded.status == 401) {
    return {{"text", "The token is not good any more: expired, or forgotten by the server."},
            {"href", "/#step-7"},
            {"label", "Renew it"}};
  }
  return nullptr;
}

json answer_view(const Site& site, const Recorded& recorded, const SessionState& state) {
  const Consumer& consumer = consumer_of(site, state);
  const WireContext wire{site.options.server, consumer.key, consumer.secret};
  const Exchange& exchange = recorded.exchange;
  json view{{"failure", exchange.failure},
            {"answered", exchange.response.has_value()},
            {"refused", recorded.status >= 400 || recorded.status == 0},
            {"time", duration_words(exchange.took)},
            {"tour", exchange_link(recorded.id, 6)},
            {"request", raw_request(exchange, Secrets::kMasked)},
            {"curl", curl_request(exchange, wire, Secrets::kMasked)},
            {"cpp", cpp_request(exchange, wire, Secrets::kMasked)},
            {"advice", advice_of(recorded, state)}};
  if (!exchange.response) return view;
  const std::string body = masked(exchange.response->body);
  const std::string line = masked(exchange.response->start_line);
  view["status"] = line.substr(std::min(line.find(' ') + 1, line.size()));
  view["size"] = fmt::format("{} bytes", exchange.response->body_bytes);
  view["body"] = body_view(body, site.options.server.api_url);
  view["empty"] = body.empty();
  view["next"] = next_page(body, site.options.server.api_url);
  json headers = json::array();
  for (const WireHeader& header : exchange.response->headers) {
    headers.push_back({{"name", header.name}, {"value", masked(header.value)}});
    if (header.name == "X-OAuth-Scopes") view["granted"] = masked(header.value);
  }
  view["count"] = headers.size();
  view["headers"] = std::move(headers);
  return view;
}

http::Response explorer(Site& site, const http::Request& request, const Sessions::Opened& opened,
                        ExplorerForm form, const Recorded* recorded, int status = 200) {
  const SessionState state = opened.session->snapshot();
  json view = page_view(site, request, state, "Explorer · bbgrant", "/explorer");
  const auto& operations = site.options.operations;
  view["groups"] = operations_view(operations, state, form, site.options.sandbox);
  view["count"] = operations.size();
  view["reach"] = reach_view(operations, state);
  view["token"] = token_view(state, site.clock.now());
  view["who"] = state.run() != nullptr ? state.run()->username : std::string{};
  view["methods"] = choices(kMethods, form.method);
  view["types"] = choices(kTypes, form.content_type);
  view["path"] = form.path;
  view["body"] = form.body;
  view["fault"] = form.fault;
  view["answer"] = recorded == nullptr ? json(nullptr) : answer_view(site, *recorded, state);
  http::Response response = pages::page(status, "explorer", view);
  set_session_cookie(request, opened.id, response);
  return response;
}

}  // namespace

boost::asio::awaitable<http::Response> get_explorer(Site& site, http::Request& request) {
  const auto parsed = http::parse_form(request.query);
  const auto* query = std::get_if<http::Form>(&parsed);
  const Sessions::Opened opened = visitor(site, request);
  const SessionState state = opened.session->snapshot();
  ExplorerForm form{.path = "/2.0/user"};
  const Recorded* recorded = nullptr;
  if (query != nullptr) {
    if (const auto path = query->get("path")) form.path = *path;
    const auto method = query->get("method").value_or("GET");
    if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) form.method = method;
    const auto id = number_of(*query, "exchange");
    if (id) recorded = state.find(*id);
    if (recorded != nullptr && recorded->kind != ExchangeKind::kApi) recorded = nullptr;
    if (recorded != nullptr) {
      form.method = recorded->exchange.method;
      form.path = recorded->path;
      form.body = masked(recorded->exchange.request.body);
    }
  }
  co_return explorer(site, request, opened, std::move(form), recorded);
}

boost::asio::awaitable<http::Response> post_explorer(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  const Posted posted = std::get<Posted>(std::move(accepted));
  const auto field = [&](std::string_view name, std::string_view otherwise) {
    return std::string{posted.form.get(name).value_or(otherwise)};
  };
  ExplorerForm form{.method = field("method", "GET"),
                    .path = field("path", ""),
                    .body = field("body", ""),
                    .content_type = field("content_type", kTypes[0])};
  const Sessions::Opened opened{posted.id, posted.session};
  const SessionState state = posted.session->snapshot();
  auto target = explorer_target(form.path);
  if (std::find(kMethods.begin(), kMethods.end(), form.method) == kMethods.end()) {
    form.fault = "That method is not one of the list.";
  } else if (std::find(kTypes.begin(), kTypes.end(), form.content_type) == kTypes.end()) {
    form.fault = "That type is not one of the list.";
  } else if (const auto* bad = std::get_if<BadTarget>(&target)) {
    form.fault = bad->why;
  } else if (!state.token) {
    form.fault = "There is no token to show. Get one on the tour first.";
  }
  if (!form.fault.empty()) co_return explorer(site, request, opened, std::move(form), nullptr, 400);
  const bool with_body = form.method == "POST" || form.method == "PUT";
  const std::string path = std::get<std::string>(target);
  ApiRequest call{.method = form.method,
                  .target = path,
                  .body = with_body ? form.body : std::string{},
                  .content_type = form.content_type,
                  .follow_redirects = false};
  const int run = state.run()->number;
  auto work = [&site, call = std::move(call), token = state.token] {
    return site.calls.call(call, token->access_token);
  };
  auto ran = co_await site.executor.run(work);
  if (ran.index() == 1) {
    form.fault = too_busy().what + " " + too_busy().advice;
    co_return explorer(site, request, opened, std::move(form), nullptr, 503);
  }
  Called<ApiResponse> called = std::get<0>(std::move(ran));
  const int id = posted.session->record(run, ExchangeKind::kApi, path, std::move(called.exchanges));
  if (called.ok()) {
    posted.session->clear_trouble();
  } else {
    posted.session->note_trouble(
        {.where = ExchangeKind::kApi, .failure = called.failure(), .path = path});
  }
  if (id == 0) {
    form.fault = called.ok() ? "Nothing was sent." : called.failure().what;
    co_return explorer(site, request, opened, std::move(form), nullptr, 400);
  }
  co_return http::Response::redirect(fmt::format("/explorer?exchange={}#answer", id));
}

}  // namespace bbgrant::app
