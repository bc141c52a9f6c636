// SPDX-License-Identifier: MIT
#include "sandbox/control/approvals.hpp"

#include <utility>

#include "base/document.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kMost = 1000;
constexpr std::int64_t kMostTimes = 1'000'000;

}  // namespace

void Approvals::add_calls(Calls& calls) {
  const std::string path = "/_sandbox/approvals";
  calls.add(http::Method::kPost, path, "user, scopes or deny, times",
            [this](http::Request&, json body) { return add(std::move(body)); });
  calls.add(http::Method::kDelete, path, "",
            [this](http::Request&, json) -> boost::asio::awaitable<http::Response> {
              clear();
              co_return http::Response::no_content();
            });
}

boost::asio::awaitable<http::Response> Approvals::add(json body) {
  const nlohmann::ordered_json shown = body;
  base::Fields fields{body};
  Answer made{.approval = {.user = fields.required_text("user")},
              .times = fields.number("times", 1, kMostTimes).value_or(1)};
  made.approval.deny = fields.flag("deny").value_or(false);
  if (const auto words = fields.words("scopes")) {
    if (made.approval.deny) fields.refuse("scopes", "does not go with deny");
    made.approval.scopes.emplace(words->begin(), words->end());
  }
  fields.finish();
  if (!co_await store_.find_account_by_login(made.approval.user)) {
    co_return problem(404, "there is no user '" + made.approval.user + "'", "user");
  }
  const std::lock_guard lock{mutex_};
  if (answers_.size() >= kMost) co_return problem(409, "there are 1000 approvals already");
  answers_.push_back(std::move(made));
  co_return answer(201, shown);
}

std::optional<authorization::Approval> Approvals::decide(const authorization::AuthorizationAsked&) {
  const std::lock_guard lock{mutex_};
  if (answers_.empty()) return std::nullopt;
  auto approval = answers_.front().approval;
  if (--answers_.front().times == 0) answers_.pop_front();
  return approval;
}

void Approvals::clear() {
  const std::lock_guard lock{mutex_};
  answers_.clear();
}

}  // namespace bbgrant::sandbox
