// SPDX-License-Identifier: MIT
#include "sandbox/control/faults.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fnmatch.h>

#include "base/document.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;

constexpr std::size_t kMost = 1000;
constexpr std::int64_t kMostTimes = 1'000'000;
constexpr std::int64_t kLongestDelay = 600'000;

http::Response answer_of(base::Fields& fields, int status) {
  auto response = http::Response::json(status, "{}");
  if (const json* body = fields.value("body")) {
    response.body = body->is_string() ? body->get<std::string>() : body->dump();
    if (!json::accept(response.body)) {
      response.headers.set("Content-Type", "text/plain; charset=utf-8");
    }
  }
  json* headers = fields.value("headers");
  if (headers == nullptr) return response;
  if (!headers->is_object()) fields.refuse("headers", "expected an object of strings");
  for (const auto& [name, value] : headers->items()) {
    if (!value.is_string()) fields.refuse("headers", "expected an object of strings");
    try {
      response.headers.set(name, value.get_ref<const std::string&>());
    } catch (const http::HeaderError& error) {
      fields.refuse("headers", error.what());
    }
  }
  // How the message is framed is the server's to say.
  for (const char* name : {"Connection", "Content-Length", "Transfer-Encoding", "Date"}) {
    if (response.headers.has(name)) {
      fields.refuse("headers", std::string{name} + " is set by the server");
    }
  }
  return response;
}

}  // namespace

Faults::Fault Faults::read(json& body) {
  Fault fault;
  fault.shown = body;
  base::Fields fields{body};
  fault.method = fields.text("method").value_or("");
  std::ranges::transform(fault.method, fault.method.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  if (fault.method == "*") fault.method.clear();
  fault.path = fields.required_text("path");
  if (!fault.path.starts_with('/') && !fault.path.starts_with('*')) {
    fields.refuse("path", "expected a path such as /2.0/user or /2.0/*");
  }
  fault.times = fields.number("times", 1, kMostTimes).value_or(1);
  const auto status = fields.number("status", 200, 599);
  const auto delay = fields.number("delay_ms", 0, kLongestDelay);
  fault.bend.cut = fields.flag("cut").value_or(false);
  fault.bend.malformed = fields.flag("malformed").value_or(false);
  const auto kinds = std::array<bool, 4>{status.has_value(), delay.has_value(), fault.bend.cut,
                                         fault.bend.malformed};
  if (std::ranges::count(kinds, true) != 1) {
    throw base::DocumentError({}, "expected exactly one of status, delay_ms, cut, malformed");
  }
  if (status) {
    fault.bend.answer = answer_of(fields, static_cast<int>(*status));
  } else if (fields.has("body") || fields.has("headers")) {
    throw base::DocumentError(fields.has("body") ? "body" : "headers", "goes with status only");
  }
  fault.bend.delay = std::chrono::milliseconds{delay.value_or(0)};
  fields.finish();
  return fault;
}

void Faults::add_calls(Calls& calls) {
  const std::string path = "/_sandbox/faults";
  calls.add(http::Method::kGet, path, "",
            [this](http::Request&, json) -> boost::asio::awaitable<http::Response> {
              co_return answer(200, list());
            });
  calls.add(http::Method::kPost, path,
            "method, path (a glob), times, and one of: status with body and headers, delay_ms, "
            "cut, malformed",
            [this](http::Request&, json body) -> boost::asio::awaitable<http::Response> {
              auto fault = read(body);
              auto shown = fault.shown;
              const std::lock_guard lock{mutex_};
              if (faults_.size() >= kMost) co_return problem(409, "there are 1000 faults already");
              faults_.push_back(std::move(fault));
              co_return answer(201, shown);
            });
  calls.add(http::Method::kDelete, path, "",
            [this](http::Request&, json) -> boost::asio::awaitable<http::Response> {
              clear();
              co_return http::Response::no_content();
            });
}

nlohmann::ordered_json Faults::list() const {
  nlohmann::ordered_json values = nlohmann::ordered_json::array();
  const std::lock_guard lock{mutex_};
  for (const auto& fault : faults_) {
    auto shown = fault.shown;
    shown["times"] = fault.times;
    values.push_back(std::move(shown));
  }
  return {{"size", values.size()}, {"values", std::move(values)}};
}

http::Bend Faults::take(const http::Request& request) {
  // A path means the same with and without a trailing slash.
  std::string path = request.target_path;
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find_if(faults_, [&](const Fault& fault) {
    return (fault.method.empty() || fault.method == request.method_name) &&
           (::fnmatch(fault.path.c_str(), path.c_str(), FNM_NOESCAPE) == 0 ||
            ::fnmatch(fault.path.c_str(), request.target_path.c_str(), FNM_NOESCAPE) == 0);
  });
  if (found == faults_.end()) return {};
  auto bend = found->bend;
  if (--found->times == 0) faults_.erase(found);
  return bend;
}

void Faults::clear() {
  const std::lock_guard lock{mutex_};
  faults_.clear();
}

}  // namespace bbgrant::sandbox
