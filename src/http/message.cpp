// SPDX-License-Identifier: MIT
#include "http/message.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "http/cookie.hpp"

namespace bbgrant::http {
namespace {

struct MethodName {
  Method method;
  std::string_view name;
};

constexpr std::array kMethods{
    MethodName{Method::kGet, "GET"},         MethodName{Method::kHead, "HEAD"},
    MethodName{Method::kPost, "POST"},       MethodName{Method::kPut, "PUT"},
    MethodName{Method::kPatch, "PATCH"},     MethodName{Method::kDelete, "DELETE"},
    MethodName{Method::kOptions, "OPTIONS"},
};

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

// RFC 9110 section 5.1: the characters of a field name.
bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

// S92: what CR, LF or NUL could end does not leave this room.
void require_sendable(std::string_view name, std::string_view value) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_character)) {
    throw HeaderError{"header name with a character that is not allowed"};
  }
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F) {
      throw HeaderError{"control byte in the value of header " + std::string{name}};
    }
  }
}

void wipe(std::string& text) noexcept {
  // Up to the capacity: a longer text may have stood there. A string may be written that far only
  // after it was resized, which never reallocates here.
  text.resize(text.capacity());
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

Response typed(int status, std::string_view type, std::string body) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", type);
  response.body = std::move(body);
  return response;
}

}  // namespace

std::string_view name_of(Method method) noexcept {
  for (const MethodName& known : kMethods) {
    if (known.method == method) return known.name;
  }
  return {};
}

Method parse_method(std::string_view name) noexcept {
  for (const MethodName& known : kMethods) {
    if (known.name == name) return known.method;
  }
  return Method::kOther;
}

Headers::Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  for (const auto& [name, value] : fields) add(name, value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const HeaderField& field : fields_) {
    if (equal_without_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const HeaderField& field : fields_) {
    if (equal_without_case(field.name, name)) values.emplace_back(field.value);
  }
  return values;
}

void Headers::set(std::string_view name, std::string_view value) {
  require_sendable(name, value);
  HeaderField field{std::string{name}, std::string{value}};  // the views may point into fields_
  const auto same_name = [&field](const HeaderField& other) {
    return equal_without_case(other.name, field.name);
  };
  const auto first = std::find_if(fields_.begin(), fields_.end(), same_name);
  if (first == fields_.end()) {
    fields_.push_back(std::move(field));
    return;
  }
  fields_.erase(std::remove_if(first + 1, fields_.end(), same_name), fields_.end());
  *first = std::move(field);
}

void Headers::add(std::string_view name, std::string_view value) {
  require_sendable(name, value);
  fields_.push_back({std::string{name}, std::string{value}});
}

void Headers::remove(std::string_view name) {
  const std::string wanted{name};
  std::erase_if(fields_, [&wanted](const HeaderField& field) {
    return equal_without_case(field.name, wanted);
  });
}

Request::Request(Request&& other) noexcept
    : method(other.method),
      method_name(std::move(other.method_name)),
      target_path(std::move(other.target_path)),
      segments(std::move(other.segments)),
      query(std::move(other.query)),
      headers(std::move(other.headers)),
      body(std::move(other.body)),
      remote_address(std::move(other.remote_address)),
      address_key(std::move(other.address_key)),
      host(std::move(other.host)),
      secure(other.secure),
      id(std::move(other.id)),
      route(std::move(other.route)),
      parameters(std::move(other.parameters)) {
  // A short body lay in the string itself and was copied (S14).
  other.wipe_body();
}

Request& Request::operator=(Request&& other) noexcept {
  if (this == &other) return *this;
  wipe_body();
  method = other.method;
  method_name = std::move(other.method_name);
  target_path = std::move(other.target_path);
  segments = std::move(other.segments);
  query = std::move(other.query);
  headers = std::move(other.headers);
  body = std::move(other.body);
  remote_address = std::move(other.remote_address);
  address_key = std::move(other.address_key);
  host = std::move(other.host);
  secure = other.secure;
  id = std::move(other.id);
  route = std::move(other.route);
  parameters = std::move(other.parameters);
  other.wipe_body();
  return *this;
}

Request::~Request() { wipe_body(); }

void Request::wipe_body() noexcept { wipe(body); }

std::string Request::origin() const { return (secure ? "https://" : "http://") + host; }

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [known, value] : parameters) {
    if (known == name) return value;
  }
  throw std::out_of_range{"route " + route + " has no parameter " + std::string{name}};
}

std::optional<std::string_view> Request::cookie(std::string_view name) const noexcept {
  // HTTP/1.1 clients send one Cookie header; where there are more, the first that has it counts.
  for (const HeaderField& field : headers) {
    if (!equal_without_case(field.name, "Cookie")) continue;
    if (const auto value = find_cookie(field.value, name)) return value;
  }
  return std::nullopt;
}

std::string media_type(const Headers& headers) {
  std::string_view value = headers.find("Content-Type").value_or("");
  value = value.substr(0, value.find(';'));
  const auto first = value.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  value = value.substr(first, value.find_last_not_of(" \t") - first + 1);
  std::string type{value};
  std::transform(type.begin(), type.end(), type.begin(), to_lower);
  return type;
}

bool is_form(const Request& request) {
  // S3. Two Content-Types are no content type.
  return request.headers.all("Content-Type").size() == 1 &&
         media_type(request.headers) == "application/x-www-form-urlencoded";
}

bool is_foreign(const Request& request) {
  if (const auto origin = request.headers.find("Origin")) {
    if (*origin != request.origin()) return true;
  }
  if (const auto site = request.headers.find("Sec-Fetch-Site")) {
    // "none": typed or reloaded by the person. "same-site" is another port of this host.
    if (*site != "same-origin" && *site != "none") return true;
  }
  return false;
}

Response Response::json(int status, std::string body) {
  return typed(status, "application/json; charset=utf-8", std::move(body));
}

Response Response::html(int status, std::string body) {
  return typed(status, "text/html; charset=utf-8", std::move(body));
}

Response Response::text(int status, std::string body) {
  return typed(status, "text/plain; charset=utf-8", std::move(body));
}

Response Response::redirect(std::string_view location) {
  Response response;
  response.status = 303;  // S75
  response.headers.set("Location", location);
  return response;
}

Response Response::no_content() { return typed(204, "text/html; charset=utf-8", {}); }

Response&& Response::with(std::string_view name, std::string_view value) && {
  headers.set(name, value);
  return std::move(*this);
}

}  // namespace bbgrant::http
