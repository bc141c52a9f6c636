// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bbgrant/secret.hpp"

namespace bbgrant::sandbox {

enum class PasswordCost { kStandard, kMinimal };

/// A demo consumer as config.json names it: the sandbox registers it under this key and secret.
struct DemoConsumer {
  std::string key;
  Secret secret;
};

/// What `bbgrant sandbox` and `bbgrant serve` can set. Every member has a usable default.
struct Options {
  /// Addresses to listen on; empty means loopback, 127.0.0.1 and ::1, on the same port.
  std::vector<std::string> listen_addresses;
  /// Port to listen on; 0 takes a free one.
  std::uint16_t port = 7990;
  /// The address under which clients reach this sandbox when it differs from the listening one,
  /// e.g. "http://sandbox:7990". Its host is accepted in `Host` (S49).
  std::optional<std::string> base_url;
  /// "memory", "sqlite:FILE" or "postgresql://..."; empty means SQLite in data_dir.
  std::string store;
  /// Folder of the store and of its key, made with mode 0700. Not used with "memory".
  std::string data_dir;
  /// File with the key that seals secrets (S7); empty means secret.key in data_dir. Instances that
  /// share a PostgreSQL database share its content, and have to name it.
  std::string key_file;
  /// A JSON document to fill a new store with, in place of the demo data (docs/seed.schema.json).
  std::string seed_file;
  /// Serves the control interface under /_sandbox (S61).
  bool control = false;
  /// File with the bearer that each of its calls needs; required off loopback.
  std::string control_token_file;
  /// Lets it at a store with accounts or consumers that came from elsewhere than a seed.
  bool control_any_store = false;
  /// Profile of consumers that do not name one, and of requests without a token.
  std::string compat = "2019";
  /// Whose error codes the token endpoint sends: "bitbucket" or "rfc6749".
  std::string errors = "bitbucket";
  /// Life of an access token; unset means what the consumer's profile says.
  std::optional<std::chrono::seconds> access_token_ttl;
  PasswordCost password_cost = PasswordCost::kStandard;
  /// Accepts the demo accounts, key and secret on an address that is not loopback (S58).
  bool allow_demo = false;
  /// Answers /metrics to every address, not to loopback alone.
  bool public_metrics = false;
  /// Origins whose pages may read answers (S81): "https://page.example", as browsers write them.
  std::vector<std::string> cors_origins;
  /// Proxies whose X-Forwarded-For is believed (S71), as CIDR.
  std::vector<std::string> trusted_proxies;
  /// PEM files, both or neither: serves https alone.
  std::string tls_certificate_file;
  std::string tls_key_file;
  /// The demo consumers, from config.json (or its shipped values): older profile, then newer.
  std::optional<DemoConsumer> demo_consumer;
  std::optional<DemoConsumer> demo_consumer_2026;
  /// Where the app runs, for the callback of the demo consumers.
  std::string app_callback_url = "http://localhost:3000/oauth-callback";
};

}  // namespace bbgrant::sandbox
