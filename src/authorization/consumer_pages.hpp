// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

#include "authorization/account_views.hpp"
#include "authorization/consumer_registry.hpp"
#include "authorization/page_sessions.hpp"
#include "authorization/sign_in_pages.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// The OAuth consumers of a workspace, for its owners: /{workspace}/workspace/settings/api and the
/// pages under it. Plain forms; a secret is shown only in the answer to a POST (S50). Thread-safe.
class ConsumerPages {
 public:
  struct Parts {
    store::Store& store;
    PageSessions& sessions;
    SignInPages& sign_in;
    /// Of consumers that name none.
    std::string_view profile;
    /// Of access tokens where the consumer sets none; unset: the profile's.
    std::optional<std::chrono::seconds> lifetime;
  };
  ConsumerPages(Parts parts, ConsumerRegistry registry)
      : parts_(parts), registry_(std::move(registry)) {}

  void add_routes(http::Router& router);

 private:
  using Answer = boost::asio::awaitable<http::Response>;

  /// An owner at the settings of their workspace.
  struct Desk {
    Visit visit;
    http::Form form;  ///< what was posted; empty for a GET
    store::Workspace workspace;
    std::optional<store::Consumer> consumer;  ///< the one that the path names
    Actor actor;
    std::string home;  ///< path of the list
  };
  using Work = Answer (ConsumerPages::*)(const http::Request&, Desk&);

  void add(http::Router& router, http::Method method, const std::string& path, Work work);
  [[nodiscard]] Answer guard(http::Request& request, bool of_consumer, Work work);

  [[nodiscard]] Answer list(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer show_new(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer add_new(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer show(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer change(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer show_secret(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer ask_renew(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer renew(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer ask_remove(const http::Request& request, Desk& desk);
  [[nodiscard]] Answer remove(const http::Request& request, Desk& desk);

  /// What every page here has.
  [[nodiscard]] static nlohmann::json view_of(const http::Request& request, const Desk& desk,
                                              std::string_view title);
  [[nodiscard]] static http::Response page(const http::Request& request, const Desk& desk,
                                           int status, std::string_view name,
                                           const nlohmann::json& view);
  /// The form, with key and secret where the consumer is there already.
  /// @param more  beside the form: "secret", "said", ...
  [[nodiscard]] http::Response form_page(const http::Request& request, const Desk& desk,
                                         const nlohmann::json& document, const nlohmann::json& more,
                                         const base::DocumentError* fault = nullptr) const;
  /// The consumer's page with what it is shown with.
  [[nodiscard]] http::Response consumer_page(const http::Request& request, const Desk& desk,
                                             const nlohmann::json& more) const;

  Parts parts_;
  ConsumerRegistry registry_;
};

}  // namespace bbgrant::authorization
