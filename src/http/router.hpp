// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"

namespace bbgrant::http {

/// Answers one request. Runs on an event loop: what blocks goes to a base::Executor. The request
/// lives until the answer is written. An exception becomes a 500 without detail (S67).
using Handler = std::function<boost::asio::awaitable<Response>(Request&)>;

struct RouteOptions {
  /// A longer body is refused with 413 before it is read (S54). Bytes.
  std::size_t max_body = 16 * 1024;
  /// Asked before a body is refused for its size or encoding: answers where the head alone is wrong
  /// already, so that an endpoint keeps one order of checks. Must not throw.
  std::function<std::optional<Response>(const Request&)> judge_head = {};
  /// Pages of other origins may read the answer where the server names their origin (S81).
  bool cross_origin = false;
  /// A good answer is logged at level debug: for what is asked every second, like a health check.
  bool quiet = false;
};

/// Which handler answers which method and path.
///
///     router.add(Method::kGet, "/2.0/workspaces/{workspace}", get_workspace);
///     router.add(Method::kGet, "/2.0/.../src/{commit}/{path...}", get_source);
///
/// A path means the same with and without a trailing slash. A literal segment wins over a parameter
/// and a parameter over "{rest...}", segment by segment, with a step back where a better start
/// leads nowhere. GET answers HEAD too. Filled before the server starts, then only read.
class Router {
 public:
  struct Route {
    std::string pattern;
    Handler handler;
    RouteOptions options;
    /// Where `pattern` stands in patterns().
    std::size_t index;
  };
  struct Found {
    const Route* route;
    std::vector<std::pair<std::string, std::string>> parameters;
  };
  /// The path is known, the method is not: 405 with these in Allow.
  struct OtherMethods {
    std::vector<Method> allowed;
    std::string pattern;
  };
  struct NotFound {};

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// @param pattern  begins with "/"; segments are literals, "{name}" or, last only, "{name...}",
  ///                 which takes one segment or more.
  /// @throws std::invalid_argument for a malformed pattern or a route that is there already: a bug.
  void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});

  /// @param segments  decoded, as in Request::segments.
  [[nodiscard]] std::variant<Found, OtherMethods, NotFound> find(
      Method method, const std::vector<std::string>& segments) const;

  /// Every pattern once, in the order of add(): the fixed label set of the counters (S51).
  [[nodiscard]] std::vector<std::string> patterns() const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::vector<std::string> patterns_;
};

}  // namespace bbgrant::http
