// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bbgrant/session.hpp>

#include "cli/client_settings.hpp"
#include "cli/command.hpp"
#include "cli/settings.hpp"
#include "cli/wire_view.hpp"

namespace bbgrant::cli {

/// The flags of every command that talks to a server.
struct ClientFlags {
  std::string config;
  std::string server;
  std::chrono::seconds timeout = std::chrono::seconds{30};
  bool verbose = false;
  bool silent = false;
  bool no_prompt = false;
};

void declare_client_flags(CLI::App& parser, ClientFlags& flags);

/// Never reads the working directory (S98).
[[nodiscard]] Settings client_settings(const ClientFlags& flags, const Context& context);

/// The chosen server, who we are to it, and the login that is stored for both: where every command
/// that talks to a server begins.
class Connection {
 public:
  enum class As { kAnybody, kConsumer };

  /// Takes BBGRANT_ACCESS_TOKEN out of the environment; looks an issuer up, if one is named.
  /// @param as  kConsumer: a missing consumer is refused before anything is sent.
  /// @throws UsageError, and what choose_server() throws.
  Connection(const ClientFlags& flags, const Context& context, As as = As::kConsumer);

  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const Server& server() const noexcept { return server_; }
  [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return flags_.timeout; }
  [[nodiscard]] bool may_prompt() const noexcept { return !flags_.no_prompt; }
  /// The view of -v; null without it.
  [[nodiscard]] WireView* view() const noexcept { return view_.get(); }
  /// To stderr, unless --silent.
  void say(std::string_view text) const;

  [[nodiscard]] ConsumerKey key() const;
  [[nodiscard]] Client client() const;
  [[nodiscard]] ApiClient api() const;

  /// What BBGRANT_ACCESS_TOKEN held, or null; it goes before the stored login.
  [[nodiscard]] const Secret* given_token() const noexcept {
    return given_token_ ? &*given_token_ : nullptr;
  }
  /// Where the login for this server and consumer is kept: below $XDG_STATE_HOME/bbgrant.
  [[nodiscard]] std::filesystem::path token_file() const;
  [[nodiscard]] std::shared_ptr<TokenStore> store() const;
  /// On the stored login. Refreshes once for all processes that share it.
  [[nodiscard]] std::unique_ptr<Session> session() const;
  /// The stored login. @throws Failure with kAuthentication when there is none.
  [[nodiscard]] Token stored_token() const;
  /// BBGRANT_ACCESS_TOKEN as a token of unknown age, else stored_token().
  [[nodiscard]] Token any_token() const;

  /// Whom the API calls the owner of this token; nothing when it does not say.
  /// @throws TransportError; ApiError with status 401: the token is dead.
  [[nodiscard]] std::optional<std::string> owner_of(const Secret& access_token) const;

 private:
  [[nodiscard]] Options options(WireView::Lane server) const;

  const ClientFlags& flags_;
  const Context& context_;
  std::optional<Secret> given_token_;
  Settings settings_;
  std::shared_ptr<Transport> transport_;
  std::shared_ptr<WireView> view_;
  ClientAuthentication authentication_ = ClientAuthentication::kBasic;
  Server server_;
};

}  // namespace bbgrant::cli
