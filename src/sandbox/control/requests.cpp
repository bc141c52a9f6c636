// SPDX-License-Identifier: MIT
#include "sandbox/control/requests.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fnmatch.h>

#include "base/document.hpp"
#include "http/form.hpp"
#include "sandbox/records.hpp"

namespace bbgrant::sandbox {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kMostEntries = 10'000;
constexpr std::size_t kMostBytes = std::size_t{32} * 1024 * 1024;
constexpr std::size_t kLongestBody = std::size_t{16} * 1024;
constexpr std::size_t kListed = 100;
constexpr const char* kMask = "***";

constexpr std::array<std::string_view, 12> kSecretNames{
    "password",      "client_secret", "access_token", "refresh_token", "code",        "token",
    "code_verifier", "assertion",     "secret",       "totp",          "totp_secret", "otp"};

bool is_secret(std::string_view name) {
  return std::ranges::find(kSecretNames, name) != kSecretNames.end();
}

void mask(json& value) {
  if (!value.is_structured()) return;
  for (auto& [name, member] : value.items()) {
    if (value.is_object() && is_secret(name)) {
      member = kMask;
    } else {
      mask(member);
    }
  }
}

// The scheme stays: whether a client sent Basic or Bearer is what tests ask.
ordered_json headers_of(const http::Request& request) {
  ordered_json shown = ordered_json::object();
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    std::string text = value;
    if (lower == "authorization" || lower == "proxy-authorization") {
      const auto blank = value.find(' ');
      text = (blank == std::string::npos ? "" : value.substr(0, blank + 1)) + kMask;
    } else if (lower == "cookie" || lower.find("token") != std::string::npos ||
               lower.find("secret") != std::string::npos) {
      text = kMask;
    } else if (lower == "referer" || !http::is_utf8(text)) {
      text = text.substr(0, text.find('?'));
      if (!http::is_utf8(text)) text = kMask;
    }
    if (shown.contains(lower)) text = shown[lower].get<std::string>() + ", " + text;
    shown[lower] = text;
  }
  return shown;
}

bool is_json(const std::string& type) {
  return type == "application/json" || type.ends_with("+json");
}

}  // namespace

std::string masked_form(std::string_view text) {
  std::string masked;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const auto name = http::decode_form_value(part.substr(0, part.find('=')));
    const auto* known = std::get_if<std::string>(&name);
    const auto equals = part.find('=');
    if (!masked.empty()) masked += '&';
    if (equals != std::string_view::npos && (known == nullptr || is_secret(*known))) {
      masked.append(part.substr(0, equals + 1)).append(kMask);
    } else {
      masked.append(part);
    }
  }
  return masked;
}

std::optional<std::string> masked_body(const http::Request& request) {
  if (request.body.empty()) return "";
  if (request.body.size() > kLongestBody || !http::is_utf8(request.body)) return std::nullopt;
  const auto type = http::media_type(request.headers);
  if (type == "application/x-www-form-urlencoded") return masked_form(request.body);
  if (!is_json(type)) return std::nullopt;
  auto body = json::parse(request.body, nullptr, false);
  if (body.is_discarded()) return std::nullopt;
  mask(body);
  return body.dump();
}

void Requests::record(const http::Request& request) {
  const auto body = masked_body(request);
  Entry entry{.id = request.id,
              .method = request.method_name,
              .path = request.target_path,
              .shown = {{"time", base::format_time(clock_.now())},
                        {"method", request.method_name},
                        {"path", request.target_path},
                        {"query", masked_form(request.query)},
                        {"status", nullptr},
                        {"headers", headers_of(request)},
                        {"body", body ? ordered_json(*body) : ordered_json()}}};
  entry.bytes = 1024 + request.body.size() + request.query.size();
  const std::lock_guard lock{mutex_};
  bytes_ += entry.bytes;
  entries_.push_back(std::move(entry));
  while (entries_.size() > kMostEntries || bytes_ > kMostBytes) {
    bytes_ -= entries_.front().bytes;
    entries_.pop_front();
  }
}

void Requests::complete(const http::Request& request, int status) {
  const std::lock_guard lock{mutex_};
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                  [&](const Entry& entry) { return entry.id == request.id; });
  if (found != entries_.rend()) found->status = status;
}

void Requests::clear() {
  const std::lock_guard lock{mutex_};
  entries_.clear();
  bytes_ = 0;
}

void Requests::add_calls(Calls& calls) {
  const std::string path = "/_sandbox/requests";
  calls.add(http::Method::kGet, path, "?method=&path= (a glob)&limit=",
            [this](http::Request& request, json) -> boost::asio::awaitable<http::Response> {
              co_return list(request);
            });
  calls.add(http::Method::kDelete, path, "",
            [this](http::Request&, json) -> boost::asio::awaitable<http::Response> {
              clear();
              co_return http::Response::no_content();
            });
}

http::Response Requests::list(const http::Request& request) const {
  const auto parsed = http::parse_form(request.query);
  const auto* query = std::get_if<http::Form>(&parsed);
  if (query == nullptr) return problem(400, "the query cannot be read");
  std::string method;
  std::string path;
  std::size_t limit = kListed;
  for (const auto& [name, value] : *query) {
    if (name == "method") {
      method = value;
    } else if (name == "path") {
      path = value;
    } else if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), limit);
      if (error != std::errc{} || end != value.data() + value.size()) {
        return problem(400, "limit: expected a whole number", "limit");
      }
    } else {
      return problem(400, name + ": unknown field; known are limit, method, path", name);
    }
  }
  const std::lock_guard lock{mutex_};
  std::vector<const Entry*> matching;
  for (const auto& entry : entries_) {
    if (!method.empty() && entry.method != method) continue;
    if (!path.empty() && ::fnmatch(path.c_str(), entry.path.c_str(), FNM_NOESCAPE) != 0) continue;
    matching.push_back(&entry);
  }
  // The newest, in the order in which they came.
  const std::size_t first = matching.size() - std::min(limit, matching.size());
  ordered_json values = ordered_json::array();
  for (std::size_t i = first; i < matching.size(); ++i) {
    values.push_back(matching[i]->shown);
    if (matching[i]->status != 0) values.back()["status"] = matching[i]->status;
  }
  return answer(200, {{"count", matching.size()}, {"values", std::move(values)}});
}

}  // namespace bbgrant::sandbox
