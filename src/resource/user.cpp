// SPDX-License-Identifier: MIT
#include "resource/user.hpp"

#include <utility>
#include <vector>

#include "resource/answer.hpp"
#include "resource/api_error.hpp"
#include "resource/page.hpp"

namespace bbgrant::resource {

Json user_json(const store::Account& account, std::string_view origin) {
  const std::string uuid = segment(account.uuid);
  return {{"type", "user"},
          {"uuid", account.uuid},
          {"account_id", account.account_id},
          {"display_name", account.display_name},
          {"nickname", account.nickname},
          {"account_status", account.active ? "active" : "inactive"},
          {"created_on", timestamp(account.created_on)},
          {"links",
           {{"self", link(origin, "/2.0/users/" + uuid)},
            {"avatar", link(origin, "/" + uuid + "/avatar")},
            {"html", link(origin, "/" + uuid + "/")},
            {"repositories", link(origin, "/2.0/repositories/" + uuid)}}}};
}

boost::asio::awaitable<http::Response> get_user(Call call) {
  if (const auto& app = call.caller->app) {
    co_return answer({{"type", "app_user"},
                      {"uuid", app->uuid},
                      {"account_id", app->account_id},
                      {"display_name", app->display_name},
                      {"account_status", "active"},
                      {"kind", "oauth_consumer"}});
  }
  const auto account = co_await call.store.find_account(call.caller->account.value());
  // The account went between the look at its token and this one: the token went with it.
  if (!account) co_return bearer_error(BearerRefusal::kInvalid);
  Json user = user_json(*account, call.request.origin());
  // What only the account itself sees: its name for signing in, and two members that Bitbucket
  // always sends here.
  user["username"] = account->nickname;
  user["has_2fa_enabled"] = nullptr;
  user["is_staff"] = false;
  co_return answer(user);
}

boost::asio::awaitable<http::Response> list_emails(Call call) {
  auto page = parse_page(call.request);
  if (auto* refused = std::get_if<http::Response>(&page)) co_return std::move(*refused);
  const auto& asked = std::get<PageRequest>(page);
  std::vector<store::Email> emails;  // an app has none
  if (!call.caller->app) emails = co_await call.store.emails_of(call.caller->account.value());
  std::vector<Json> values;
  const auto first = (asked.page - 1) * asked.pagelen;
  for (std::int64_t i = first; i < first + asked.pagelen && i < std::ssize(emails); ++i) {
    const auto& email = emails[static_cast<std::size_t>(i)];
    values.push_back(
        {{"type", "email"},
         {"email", email.address},
         {"is_primary", email.primary},
         {"is_confirmed", email.confirmed},
         {"links",
          {{"self", link(call.request.origin(), "/2.0/user/emails/" + segment(email.address))}}}});
  }
  co_return answer(page_of(call.request, asked, std::ssize(emails), std::move(values)));
}

}  // namespace bbgrant::resource
