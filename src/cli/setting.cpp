// SPDX-License-Identifier: MIT
#include "cli/setting.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "cli/url.hpp"

namespace bbgrant::cli {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string checked_text(std::string_view text, const char* what) {
  if (text.empty() || has_control(text)) {
    throw Expected{std::string{"expected "} + what + ", not empty and without control characters"};
  }
  return std::string{text};
}

// Somebody has to listen there, which nobody does on port 0.
bool is_endpoint(std::string_view text) {
  const auto url = parse_url(text);
  return url && url->port != 0;
}

std::string checked_url(std::string_view text) {
  if (!is_endpoint(text)) {
    throw Expected{
        "expected an absolute http:// or https:// URL without user name, password and fragment"};
  }
  return std::string{text};
}

std::uint16_t checked_port(std::string_view text) {
  const auto port = parse_port(text);
  if (!port) throw Expected{"expected a whole number from 0 to 65535 (0 takes a free port)"};
  return *port;
}

std::vector<std::string> checked_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  std::string scope;
  const auto finish = [&] {
    if (!scope.empty()) scopes.push_back(std::move(scope));
    scope.clear();
  };
  for (const char letter : text) {
    if (letter == ' ' || letter == ',') {
      finish();
      continue;
    }
    // RFC 6749 appendix A.4: scope-token.
    if (letter <= 0x20 || letter == '"' || letter == '\\' || letter >= 0x7f) {
      throw Expected{"expected scopes separated by blanks, such as \"account repository\""};
    }
    scope += letter;
  }
  finish();
  return scopes;
}

std::string checked_store(std::string_view text) {
  constexpr std::string_view kSqlite = "sqlite:";
  const bool sqlite = text.starts_with(kSqlite) && text.size() > kSqlite.size();
  const bool postgres = text.starts_with("postgresql://") || text.starts_with("postgres://");
  if (has_control(text) || (text != "memory" && !sqlite && !postgres)) {
    throw Expected{"expected memory, sqlite:FILE or postgresql://user@host/database"};
  }
  return std::string{text};
}

void set_server(Config& config, std::string_view text) {
  if (text != "sandbox" && text != "bitbucket" && !is_endpoint(text)) {
    throw Expected{
        "expected sandbox, bitbucket, the URL of a server, or an object with tokenUrl and apiUrl"};
  }
  config.server = ServerChoice{.name_or_url = std::string{text},
                               .authorize_url = {},
                               .token_url = {},
                               .revoke_url = {},
                               .api_url = {}};
}

ServerChoice& endpoints(Config& config) {
  if (!config.server) config.server.emplace();
  return *config.server;
}

constexpr std::array kSettings{
    Setting{"consumerKey", "BBGRANT_CONSUMER_KEY", Shape::kText,
            [](Config& config, std::string_view text) {
              config.consumer_key = checked_text(text, "the consumer's key");
            }},
    Setting{"consumerSecret", "BBGRANT_CONSUMER_SECRET", Shape::kText,
            [](Config& config, std::string_view text) {
              config.consumer_secret = Secret{checked_text(text, "the consumer's secret")};
            }},
    Setting{"server", "BBGRANT_SERVER", Shape::kTextOrObject, set_server},
    Setting{"server.authorizeUrl", "", Shape::kText,
            [](Config& config, std::string_view text) {
              endpoints(config).authorize_url = checked_url(text);
            }},
    Setting{"server.tokenUrl", "", Shape::kText,
            [](Config& config, std::string_view text) {
              endpoints(config).token_url = checked_url(text);
            }},
    Setting{"server.revokeUrl", "", Shape::kText,
            [](Config& config, std::string_view text) {
              endpoints(config).revoke_url = checked_url(text);
            }},
    Setting{"server.apiUrl", "", Shape::kText,
            [](Config& config, std::string_view text) {
              endpoints(config).api_url = checked_url(text);
            }},
    Setting{"callbackUrl", "BBGRANT_CALLBACK_URL", Shape::kText,
            [](Config& config, std::string_view text) { config.callback_url = checked_url(text); }},
    Setting{"scopes", "BBGRANT_SCOPES", Shape::kTextOrList,
            [](Config& config, std::string_view text) { config.scopes = checked_scopes(text); }},
    Setting{"port", "BBGRANT_PORT", Shape::kNumber,
            [](Config& config, std::string_view text) { config.port = checked_port(text); }},
    Setting{
        "sandboxPort", "BBGRANT_SANDBOX_PORT", Shape::kNumber,
        [](Config& config, std::string_view text) { config.sandbox_port = checked_port(text); }},
    Setting{"dataDir", "BBGRANT_DATA_DIR", Shape::kText,
            [](Config& config, std::string_view text) {
              config.data_dir = checked_text(text, "the path of a folder");
            }},
    Setting{"store", "BBGRANT_STORE", Shape::kText,
            [](Config& config, std::string_view text) { config.store = checked_store(text); }},
    Setting{"consumer2026", "", Shape::kObject, nullptr},
    Setting{"consumer2026.consumerKey", "", Shape::kText,
            [](Config& config, std::string_view text) {
              config.consumer2026_key = checked_text(text, "the consumer's key");
            }},
    Setting{"consumer2026.consumerSecret", "", Shape::kText,
            [](Config& config, std::string_view text) {
              config.consumer2026_secret = Secret{checked_text(text, "the consumer's secret")};
            }},
};

}  // namespace

std::span<const Setting> settings() noexcept { return kSettings; }

const Setting* find_setting(std::string_view key) noexcept {
  const auto found = std::find_if(kSettings.begin(), kSettings.end(),
                                  [&](const Setting& setting) { return setting.key == key; });
  return found == kSettings.end() ? nullptr : found;
}

std::optional<std::int64_t> parse_number(std::string_view text) noexcept {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = !text.empty() && error == std::errc{} && end == text.data() + text.size();
  return whole && number >= 0 ? std::optional{number} : std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  const auto number = parse_number(text);
  if (!number || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

}  // namespace bbgrant::cli
