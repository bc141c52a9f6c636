// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "authorization/random_token.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {

/// The calls of the control interface, each behind the same door (S61): a browser's request (one
/// with `Origin`) is refused, the bearer must be right where one is set, and a call that changes
/// something is refused on a store that is no demo. Outlives the router.
class Calls {
 public:
  struct Door {
    std::optional<authorization::Hash> bearer;
    /// Not unset: asks this store whether it is demo data alone.
    const store::Store* demo_alone = nullptr;
  };
  /// @param body  an object; an empty one where nothing was sent.
  using Call =
      std::function<boost::asio::awaitable<http::Response>(http::Request&, nlohmann::json body)>;

  Calls(http::Router& router, Door door) : router_(router), door_(door) {}

  /// @param fields  what the call takes, for the list.
  void add(http::Method method, const std::string& path, const std::string& fields, Call call);

  /// "GET /_sandbox/clock" with its fields, in the order of add().
  [[nodiscard]] const nlohmann::ordered_json& list() const noexcept { return list_; }

 private:
  [[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> refuse(
      const http::Request& request) const;

  http::Router& router_;
  Door door_;
  nlohmann::ordered_json list_ = nlohmann::ordered_json::array();
};

/// An answer that nothing keeps.
[[nodiscard]] http::Response answer(int status, const nlohmann::ordered_json& body);
/// {"error": {"message": …, "field": …}}; without a field where none is meant.
[[nodiscard]] http::Response problem(int status, const std::string& message,
                                     const std::string& field = {});

}  // namespace bbgrant::sandbox
