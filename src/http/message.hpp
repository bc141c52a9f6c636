// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bbgrant::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

/// "GET" and so on; empty for kOther.
[[nodiscard]] std::string_view name_of(Method method) noexcept;
/// Case-sensitive, as RFC 9110 section 9.1 says; anything unknown is kOther.
[[nodiscard]] Method parse_method(std::string_view name) noexcept;

/// A header name or value that cannot go on the wire: CR, LF, NUL or another control byte (S92).
class HeaderError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

struct HeaderField {
  std::string name;
  std::string value;
  friend bool operator==(const HeaderField&, const HeaderField&) = default;
};

/// Header fields in the order in which they came. Names are compared without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

  /// The first field of that name. The view lives until the headers change.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// Every field of that name, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name).has_value(); }

  /// Replaces every field of that name by this one.
  /// @throws HeaderError when name or value cannot go on the wire; nothing is changed then (S92).
  void set(std::string_view name, std::string_view value);
  /// Adds one more field. @throws HeaderError as set() does.
  void add(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
  [[nodiscard]] auto end() const noexcept { return fields_.end(); }

 private:
  std::vector<HeaderField> fields_;
};

/// One request as the server understood it. The body is wiped when the request ends (S14).
/// One thread at a time.
struct Request {
  Request() = default;
  Request(Request&& other) noexcept;
  Request& operator=(Request&& other) noexcept;
  ~Request();

  Method method = Method::kGet;
  /// As received, also when the method is kOther.
  std::string method_name = "GET";
  /// As received, percent-encoded, without the query. For signatures; routes use `segments`.
  std::string target_path = "/";
  /// The path's segments, percent-decoded once, valid UTF-8 without NUL; none is "." or ".." (S55).
  /// A trailing slash adds no segment.
  std::vector<std::string> segments;
  /// As received, percent-encoded, without the "?"; see parse_form().
  std::string query;
  Headers headers;
  std::string body;
  /// The client's address without port, "127.0.0.1" or "::1". Behind a trusted proxy it is the last
  /// hop that is not one (S71).
  std::string remote_address;
  /// What limits and throttles count: remote_address, an IPv6 address by its /64 (S71).
  std::string address_key;
  /// The accepted Host with its port, in lower case: "localhost:7990" (S49).
  std::string host;
  /// Came over TLS, here or (said by a trusted proxy) before it.
  bool secure = false;
  /// Names this request in the log and in the answer of a fault.
  std::string id;
  /// The route's pattern, e.g. "/2.0/workspaces/{workspace}". For the log and the counters.
  std::string route;
  /// What the route's pattern matched, by name.
  std::vector<std::pair<std::string, std::string>> parameters;

  /// "http://localhost:7990": the base of every link in the answer, so that a client stays on the
  /// origin that it used (S49).
  [[nodiscard]] std::string origin() const;
  /// What the pattern's {name} matched, decoded; "{name...}" gives the segments joined by "/".
  /// @throws std::out_of_range when the route has no such parameter, which is a bug.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  /// The value of the first cookie of that name, as sent.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const noexcept;
  /// Wipes the body now, e.g. once the password was taken out of it.
  void wipe_body() noexcept;
};

/// Media type of the Content-Type in lower case without parameters ("application/json"), empty when
/// there is none.
[[nodiscard]] std::string media_type(const Headers& headers);
/// Content-Type is application/x-www-form-urlencoded; parameters and case do not matter (S3).
[[nodiscard]] bool is_form(const Request& request);

/// The browser says that another site, or another port, sent this: by Origin or Sec-Fetch-Site
/// (S47).
[[nodiscard]] bool is_foreign(const Request& request);

/// One answer. The server adds Date, Content-Length, Connection and the security headers (S90),
/// the latter only where the handler has not set them.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;

  /// application/json; charset=utf-8.
  [[nodiscard]] static Response json(int status, std::string body);
  /// text/html; charset=utf-8.
  [[nodiscard]] static Response html(int status, std::string body);
  /// text/plain; charset=utf-8.
  [[nodiscard]] static Response text(int status, std::string body);
  /// 303, the only redirect there is: a 307 would send a password on (S75).
  /// @throws HeaderError when the location cannot go on the wire (S92).
  [[nodiscard]] static Response redirect(std::string_view location);
  /// 204 with a Content-Type: a widely used client throws without one.
  [[nodiscard]] static Response no_content();

  /// Sets a header and gives the response back, to be chained.
  Response&& with(std::string_view name, std::string_view value) &&;
};

}  // namespace bbgrant::http
