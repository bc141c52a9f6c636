// SPDX-License-Identifier: MIT
#include "cli/config.hpp"

#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bbgrant::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(const std::string& text) {
  try {
    static_cast<void>(parse_config(text, "config.json"));
  } catch (const ConfigProblem& problem) {
    EXPECT_EQ(problem.code(), ExitCode::kUsage);
    return problem.what();
  }
  return "accepted";
}

struct Refused {
  const char* name;
  const char* text;
  const char* message;
};

void PrintTo(const Refused& row, std::ostream* out) { *out << row.name; }

class S94_WrongConfiguration : public ::testing::TestWithParam<Refused> {};

TEST_P(S94_WrongConfiguration, IsRefusedWithFileLineKeyAndWhatWasExpected) {
  EXPECT_EQ(refusal(GetParam().text), std::string{"config.json:"} + GetParam().message);
}

constexpr const char* kPortExpected =
    "expected a whole number from 0 to 65535 (0 takes a free port)";
constexpr const char* kUrlExpected =
    "expected an absolute http:// or https:// URL without user name, password and fragment";

const std::vector<Refused>& refused() {
  static const std::string port = std::string{"2: port: "} + kPortExpected;
  static const std::string url = std::string{"1: callbackUrl: "} + kUrlExpected;
  static const std::string token_url = std::string{"3: server.tokenUrl: "} + kUrlExpected;
  static const std::vector<Refused> rows{
      {"EmptyFile", "", "1: not valid JSON here, expected a value"},
      {"NoObject", "[1]", "1: expected an object: { \"consumerKey\": ... }"},
      {"Text", "\"x\"", "1: expected an object: { \"consumerKey\": ... }"},
      {"MissingBrace", "{\n\"port\": 1\n", "3: port: not valid JSON here, expected ',' or '}'"},
      {"MissingComma", "{\"port\": 1\n\"store\": \"memory\"}",
       "2: port: not valid JSON here, expected ',' or '}'"},
      {"CommaTooMany", "{\n  \"port\": 1,\n}",
       "3: port: not valid JSON here, expected a key in double quotes"},
      {"MissingColon", "{\"port\" 1}", "1: port: not valid JSON here, expected ':' after the key"},
      {"OpenString", "{\n\"store\": \"memory\n}",
       "2: store: not valid JSON here, expected valid JSON"},
      {"Comment", "{ // port\n}", "1: not valid JSON here, expected a key in double quotes"},
      {"SecondDocument", "{}{}", "1: not valid JSON here, expected nothing after the last '}'"},
      {"RepeatedKey", "{\n\"port\": 1,\n\n\"port\": 1}",
       "4: port: the key is repeated, expected it once"},
      {"RepeatedInside", "{\"consumer2026\": {\"consumerKey\": \"a\",\n\"consumerKey\": \"a\"}}",
       "2: consumer2026.consumerKey: the key is repeated, expected it once"},
      {"UnknownKey", "{\n\"consumerkey\": \"a\"}",
       "2: consumerkey: unknown key, did you mean consumerKey?"},
      {"UnknownKeySwapped", "{\"prot\": 1}", "1: prot: unknown key, did you mean port?"},
      {"UnknownKeyFar", "{\"favouriteColour\": 1}",
       "1: favouriteColour: unknown key, expected one of consumerKey, consumerSecret, server, "
       "callbackUrl, scopes, port, sandboxPort, dataDir, store, consumer2026"},
      {"UnknownInside", "{\"server\": {\"tokenURI\": \"x\"}}",
       "1: server.tokenURI: unknown key, did you mean tokenUrl?"},
      {"PathAsKey", "{\"server.tokenUrl\": \"http://localhost/\"}",
       "1: server.tokenUrl: unknown key, expected one of consumerKey, consumerSecret, server, "
       "callbackUrl, scopes, port, sandboxPort, dataDir, store, consumer2026"},
      {"NumberForText", "{\"consumerKey\": 1}", "1: consumerKey: expected a text in double quotes"},
      {"NullForText", "{\"consumerSecret\": null}",
       "1: consumerSecret: expected a text in double quotes"},
      {"TextForNumber", "{\"port\": \"3000\"}",
       "1: port: expected a whole number without quotes, from 0 to 65535"},
      {"TrueForNumber", "{\"port\": true}",
       "1: port: expected a whole number without quotes, from 0 to 65535"},
      {"FractionForNumber", "{\"port\": 3000.5}",
       "1: port: expected a whole number without quotes, from 0 to 65535"},
      {"ObjectForText", "{\"store\": {}}", "1: store: expected a text in double quotes"},
      {"ListForText", "{\"store\": []}", "1: store: expected a text in double quotes"},
      {"TextForObject", "{\"consumer2026\": \"a\"}", "1: consumer2026: expected an object"},
      {"NumberInList", "{\"scopes\": [1]}", "1: scopes: expected a text or a list of texts"},
      {"ListInList", "{\"scopes\": [[]]}", "1: scopes: expected a text or a list of texts"},
      {"PortTooLarge", "{\n\"port\": 65536}", port.c_str()},
      {"PortNegative", "{\n\"port\": -1}", port.c_str()},
      {"UrlRelative", "{\"callbackUrl\": \"/oauth-callback\"}", url.c_str()},
      {"UrlOtherScheme", "{\"callbackUrl\": \"ftp://localhost/\"}", url.c_str()},
      {"UrlWithFragment", "{\"callbackUrl\": \"http://localhost/#a\"}", url.c_str()},
      {"UrlWithPassword", "{\"callbackUrl\": \"http://a:b@localhost/\"}", url.c_str()},
      {"UrlWithBlank", "{\"callbackUrl\": \"http://local host/\"}", url.c_str()},
      {"EndpointUrl", "{\"server\": {\n\n\"tokenUrl\": \"localhost\"}}", token_url.c_str()},
      {"EndpointsMissing", "{\n\"server\": {\n\"tokenUrl\": \"https://example.com/t\"}}",
       "2: server: expected at least tokenUrl and apiUrl in it"},
      {"HalfConsumer", "{\n\"consumer2026\": {\"consumerKey\": \"a\"}}",
       "2: consumer2026: expected both consumerKey and consumerSecret in it"},
      {"ServerUnknown", "{\"server\": \"github\"}",
       "1: server: expected sandbox, bitbucket, the URL of a server, or an object with tokenUrl "
       "and apiUrl"},
      {"EmptyKey", "{\"consumerKey\": \"\"}",
       "1: consumerKey: expected the consumer's key, not empty and without control characters"},
      {"ControlInSecret", "{\"consumerSecret\": \"a\\u0000b\"}",
       "1: consumerSecret: expected the consumer's secret, not empty and without control "
       "characters"},
      {"StoreUnknown", "{\"store\": \"mysql://x\"}",
       "1: store: expected memory, sqlite:FILE or postgresql://user@host/database"},
      {"ScopeWithQuote", "{\"scopes\": \"a\\\"b\"}",
       "1: scopes: expected scopes separated by blanks, such as \"account repository\""},
  };
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Table, S94_WrongConfiguration, ::testing::ValuesIn(refused()),
                         [](const auto& row) { return row.param.name; });

TEST(S94_SecretsInMessages, BrokenJsonDoesNotQuoteTheSecret) {
  for (const char* text : {
           "{\"consumerSecret\": \"hunter2-secret\n\"}",
           "{\"consumerSecret\": \"hunter2-secret; expected '}'",
           "{\"consumerSecret\": \"hunter2-secret\" \"x\"}",
           "{\"consumerSecret\": hunter2-secret}",
           "{\"consumerSecret\": \"hunter2-secret\\q\"}",
           "{\"port\": \"hunter2-secret\"}",
           "{\"store\": \"mysql://u:hunter2-secret@db/x\"}",
           "{\"callbackUrl\": \"http://u:hunter2-secret@localhost/\"}",
       }) {
    EXPECT_THAT(refusal(text), Not(HasSubstr("hunter2"))) << text;
    EXPECT_THAT(refusal(text), HasSubstr("config.json:1: ")) << text;
  }
}

TEST(Config, ReadsEveryKey) {
  const Config config = parse_config(
      R"({"consumerKey": "key", "consumerSecret": "secret", "server": "bitbucket",
          "callbackUrl": "http://localhost:3100/oauth-callback", "scopes": "account repository",
          "port": 3100, "sandboxPort": 0, "dataDir": "data", "store": "sqlite:x.db",
          "consumer2026": {"consumerKey": "key2", "consumerSecret": "secret2"}})",
      "config.json");
  EXPECT_EQ(config.consumer_key, "key");
  EXPECT_EQ(config.consumer_secret.value().reveal(), "secret");
  EXPECT_EQ(config.server.value().name_or_url, "bitbucket");
  EXPECT_EQ(config.callback_url, "http://localhost:3100/oauth-callback");
  EXPECT_THAT(config.scopes.value(), ElementsAre("account", "repository"));
  EXPECT_EQ(config.port, 3100);
  EXPECT_EQ(config.sandbox_port, 0);
  EXPECT_EQ(config.data_dir, "data");
  EXPECT_EQ(config.store, "sqlite:x.db");
  EXPECT_EQ(config.consumer2026_key, "key2");
  EXPECT_EQ(config.consumer2026_secret.value().reveal(), "secret2");
}

TEST(Config, EmptyObjectSaysNothing) {
  const Config config = parse_config("{}", "config.json");
  EXPECT_FALSE(config.consumer_key);
  EXPECT_FALSE(config.server);
  EXPECT_FALSE(config.port);
}

TEST(Config, ServerMayBeAnObjectOfEndpoints) {
  const Config config = parse_config(
      R"({"server": {"tokenUrl": "https://example.com/token", "apiUrl": "https://api.example.com",
                     "authorizeUrl": "https://example.com/a", "revokeUrl": "https://example.com/r"}})",
      "config.json");
  EXPECT_EQ(config.server, (ServerChoice{"", "https://example.com/a", "https://example.com/token",
                                         "https://example.com/r", "https://api.example.com"}));
}

TEST(Config, ScopesMayBeAList) {
  EXPECT_THAT(parse_config(R"({"scopes": ["account", "email"]})", "c").scopes.value(),
              ElementsAre("account", "email"));
}

TEST(Config, UpperSourceWinsSettingBySetting) {
  Config upper;
  upper.port = 1;
  Config lower;
  lower.port = 2;
  lower.sandbox_port = 3;
  const Config both = overlay(std::move(upper), std::move(lower));
  EXPECT_EQ(both.port, 1);
  EXPECT_EQ(both.sandbox_port, 3);
}

}  // namespace
}  // namespace bbgrant::cli
