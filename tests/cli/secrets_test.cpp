// SPDX-License-Identifier: MIT
// A run of the whole command line, whose every output is searched for every secret that it used.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/child.hpp"

namespace bbgrant::cli::testing {
namespace {

using nlohmann::json;

std::string percent(std::string_view text, bool form) {
  std::string result;
  for (const char letter : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
                       std::string_view{"-._~"}.find(letter) != std::string_view::npos;
    std::array<char, 8> code{};
    std::snprintf(code.data(), code.size(), "%%%02X", static_cast<unsigned>(letter) & 0xffU);
    if (form && letter == ' ')
      result += '+';
    else if (plain)
      result += letter;
    else
      result += code.data();
  }
  return result;
}

std::string hex(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    std::array<char, 4> code{};
    std::snprintf(code.data(), code.size(), "%02x", static_cast<unsigned>(letter) & 0xffU);
    result += code.data();
  }
  return result;
}

// The middle of the Base64 of a text that has the secret at this offset of three: what stands there
// wherever the secret is a part of something longer.
std::string base64_at(std::string_view secret, std::size_t offset) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string text = std::string(offset, 'x') + std::string{secret};
  std::string all;
  unsigned bits = 0;
  int count = 0;
  for (const char letter : text) {
    bits = (bits << 8U) | (static_cast<unsigned>(letter) & 0xffU);
    count += 8;
    for (; count >= 6; count -= 6)
      all += kLetters[(bits >> static_cast<unsigned>(count - 6)) & 63U];
  }
  return all.substr(offset == 0 ? 0 : offset + 1);
}

std::vector<std::string> forms_of(const std::string& secret) {
  std::vector<std::string> forms{secret, percent(secret, false), percent(secret, true),
                                 hex(secret)};
  const std::string quoted = json(secret).dump();
  forms.push_back(quoted.substr(1, quoted.size() - 2));
  for (const std::size_t offset : {0U, 1U, 2U}) forms.push_back(base64_at(secret, offset));
  return forms;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(S63_SecretsInOutput, AllFormsAreKnownToTheSearch) {
  // "user:secret" in Base64 is dXNlcjpzZWNyZXQ=.
  EXPECT_THAT(forms_of("secret"), ::testing::Contains("zZWNyZXQ").Times(0));
  EXPECT_THAT(std::string{"dXNlcjpzZWNyZXQ="}, ::testing::HasSubstr(base64_at("secret", 2)));
  EXPECT_THAT(forms_of("a b/"), ::testing::IsSupersetOf({"a%20b%2F", "a+b%2F", "6120622f"}));
}

TEST(S63_SecretsInOutput, NoCommandPrintsOne) {
  const std::string consumer_secret = "bbgrant-demo-cli-secret-not-for-production";
  const std::string password = "alice-password";
  TemporaryFolder home;
  RunningSandbox sandbox{{"--log-level", "debug"}};
  std::string output;
  const auto on = [&](std::vector<std::string> arguments, const std::string& input,
                      const std::string& bearer) {
    arguments.insert(arguments.end(), {"--server", sandbox.origin()});
    Start start{.arguments = std::move(arguments),
                .environment = {{"XDG_STATE_HOME", home.path().string()}, {"TERM", "xterm"}},
                .input = input};
    if (!bearer.empty()) start.environment.emplace("BBGRANT_ACCESS_TOKEN", bearer);
    return start;
  };
  const auto collect = [&](const std::vector<std::string>& arguments, const std::string& input = {},
                           const std::string& bearer = {}) {
    const Ended ended = run(on(arguments, input, bearer));
    output += ended.out + ended.err;
    if (input.empty()) {
      TerminalChild child{on(arguments, input, bearer)};
      static_cast<void>(child.wait());
      output += child.screen();
    }
  };
  std::vector<std::string> secrets{password, consumer_secret};
  const auto remember_stored = [&] {
    for (const auto& entry : std::filesystem::directory_iterator(home.path() / "bbgrant")) {
      if (entry.path().extension() != ".json") continue;
      const json token = json::parse(contents(entry.path())).at("token");
      secrets.push_back(token.at("access_token").get<std::string>());
      secrets.push_back(token.at("refresh_token").get<std::string>());
    }
  };
  const std::vector<std::string> sign_in{"login", "-v", "--username", "alice", "--password-stdin"};
  collect(sign_in, password);
  remember_stored();
  ASSERT_EQ(secrets.size(), 4U);
  const std::string bearer = secrets[2];
  const std::string refresh = secrets[3];
  collect({"status"});
  collect({"status", "--json"});
  collect({"status", "-v"}, {}, bearer);
  collect({"api", "-v", "--include", "/2.0/user"});
  collect({"api", "-v", "/2.0/no-such-thing"});
  collect({"api", "-v", "/2.0/user"}, {}, bearer + "x");
  collect({"api", "/2.0/user?access_token=" + bearer + "&x=1", "-v"}, {}, bearer);
  collect({"api", "-v", "--paginate", "/2.0/repositories/acme"});
  collect({"inspect", "-v"});
  collect({"doctor", "-v"});
  collect({"refresh", "-v"});
  remember_stored();
  collect({"git-credential", "-v", "erase"},
          "protocol=http\nhost=" + sandbox.origin().substr(7) +
              "\nusername=x-token-auth\npassword=" + secrets.back() + "\n");
  collect({"revoke", "-v", "--kind", "access"});
  collect({"revoke", "-v", "--token-stdin"}, refresh);
  collect({"logout", "-v"});
  collect({"token", "--grant", "refresh_token", "--token-stdin"}, "no" + refresh);
  collect({"token", "--grant", "password", "--username", "bob", "-v", "--password-stdin"},
          password);
  collect({"token", "--grant", "password", "--username", "alice", "--password", password});
  collect({"token", "--grant", "client_credentials", "--pasword", password});
  // The note for people names the demo accounts; the log does not.
  const std::string log = sandbox.stop().err;
  for (std::size_t at = log.find("\n{"); at != std::string::npos; at = log.find("\n{", at + 1)) {
    output += log.substr(at, log.find('\n', at + 1) - at);
  }
  ASSERT_GT(output.size(), 20'000U);
  for (const std::string& secret : secrets) {
    for (const std::string& form : forms_of(secret)) {
      const std::size_t at = output.find(form);
      EXPECT_EQ(at, std::string::npos)
          << "form " << form << " in: " << output.substr(at < 200 ? 0 : at - 200, 400);
    }
  }
}

}  // namespace
}  // namespace bbgrant::cli::testing
