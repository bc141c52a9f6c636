// SPDX-License-Identifier: MIT
// What servers get wrong, each against a real one: a typed error, no crash, bounded memory.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/scripted_client.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using namespace std::chrono_literals;

/// "value", or the name of what was thrown and its first words.
template <class Work>
std::string outcome(const Work& work) {
  try {
    work();
    return "value";
  } catch (const OAuthError& error) {
    return "OAuthError " + error.error();
  } catch (const ApiError& error) {
    return "ApiError " + std::to_string(error.status());
  } catch (const TransportError& error) {
    return "TransportError " + std::to_string(static_cast<int>(error.fault()));
  } catch (const ProtocolError& error) {
    return "ProtocolError " + std::to_string(error.status());
  }
}
std::string transport(TransportFault fault) {
  return "TransportError " + std::to_string(static_cast<int>(fault));
}

/// A line of /proc/self/status in KiB.
long memory(const std::string& name) {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  return 0;
}

/// How much the resident memory grew while `work` ran, at its highest, in MiB.
template <class Work>
long growth(const Work& work) {
  const auto before = memory("VmRSS");
  std::ofstream{"/proc/self/clear_refs"} << "5";  // resets VmHWM
  work();
  return (memory("VmHWM") - before) / 1024;
}

struct BadAnswer {
  const char* name;
  Scripted sent;
  std::string expected;
};

Scripted token_with(const std::string& members) {
  return answer(200, R"({"access_token":"AT","token_type":"bearer")" + members + "}");
}

TEST(S82_BadTokenServer, GetsATypedErrorEach) {
  const std::string html = "<!DOCTYPE html><html><body>Sign in to the hotel's Wi-Fi</body></html>";
  const std::vector<BadAnswer> table{
      {"html", answer(200, html), "ProtocolError 200"},
      {"html_500", answer(500, html), "ProtocolError 500"},
      {"truncated_json", answer(200, R"({"access_token":"AT","token_ty)"), "ProtocolError 200"},
      {"null", answer(200, "null"), "ProtocolError 200"},
      {"list", answer(200, "[]"), "ProtocolError 200"},
      {"nothing", answer(200, ""), "ProtocolError 200"},
      {"no_content", answer(204, ""), "ProtocolError 204"},
      {"token_is_a_number", answer(200, R"({"access_token":1,"token_type":"bearer"})"),
       "ProtocolError 200"},
      {"token_has_a_line_end", answer(200, R"({"access_token":"A\nT","token_type":"bearer"})"),
       "ProtocolError 200"},
      {"200_with_error", answer(200, R"({"error":"invalid_grant"})"), "OAuthError invalid_grant"},
      {"200_with_both", token_with(R"(,"error":"access_denied")"), "OAuthError access_denied"},
      {"error_is_an_object", answer(400, R"({"error":{"message":"x"}})"), "ProtocolError 400"},
      {"type_in_capitals",
       answer(200, R"({"access_token":"AT","token_type":"BEARER","expires_in":1})"), "value"},
      {"type_is_mac", answer(200, R"({"access_token":"AT","token_type":"mac"})"),
       "ProtocolError 200"},
      {"expires_negative", token_with(R"(,"expires_in":-1)"), "value"},
      {"expires_as_a_string", token_with(R"(,"expires_in":"3600")"), "value"},
      {"expires_missing", token_with(""), "value"},
      {"expires_huge", token_with(R"(,"expires_in":1e300)"), "value"},
      {"expires_is_a_list", token_with(R"(,"expires_in":[1])"), "ProtocolError 200"},
      {"redirect", answer(302, "", "Location: /elsewhere\r\n"), "ProtocolError 302"},
      {"repeated_member", token_with(R"(,"access_token":"other")"), "ProtocolError 200"},
      {"bad_utf8", token_with(",\"x\":\"\xff\""), "ProtocolError 200"},
      {"twenty_megabytes", answer(200, "[" + std::string(20U << 20U, ' ') + "]"),
       transport(TransportFault::kTooLarge)},
      {"stalled",
       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Scripted::After::kStall},
       transport(TransportFault::kTimeout)},
      {"cut",
       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Scripted::After::kClose},
       transport(TransportFault::kBroken)},
      {"two_lengths",
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        Scripted::After::kClose},
       transport(TransportFault::kBroken)},
      {"no_http",
       {"220 mail.example ESMTP\r\n", Scripted::After::kClose},
       transport(TransportFault::kBroken)},
      {"says_nothing", {"", Scripted::After::kClose}, transport(TransportFault::kBroken)},
  };
  for (const auto& [name, sent, expected] : table) {
    const ScriptedServer server{sent};
    const auto client = client_of(server);
    EXPECT_EQ(outcome([&] {
                static_cast<void>(
                    client.password_grant(Username{"alice"}, secret("pw"), {},
                                          sent.after == Scripted::After::kStall ? 200ms : 20s));
              }),
              expected)
        << name;
    EXPECT_EQ(server.requests().size(), 1U) << name;  // S83: never sent twice
  }
}

TEST(S40_BadApiServer, GetsATypedErrorEach) {
  const std::string bomb = [] {  // 4 MiB of zeros
    std::ifstream file{std::string{BBGRANT_SOURCE_DIR} + "/tests/client/zeros.gz",
                       std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  }();
  std::string headers;
  for (int i = 0; i < 4000; ++i)
    headers += "X-" + std::to_string(i) + ": " + std::string(80, 'x') + "\r\n";
  const std::vector<BadAnswer> table{
      {"html", answer(200, "<html>"), "ProtocolError 200"},
      {"truncated_json", answer(200, R"({"values":[{"a":1},)"), "ProtocolError 200"},
      {"deep_json", answer(200, std::string(100'000, '[')), "ProtocolError 200"},
      {"twenty_megabytes", answer(200, "[" + std::string(20U << 20U, ' ') + "]"),
       transport(TransportFault::kTooLarge)},
      {"redirect_loop", answer(302, "", "Location: /2.0/user\r\n"), "ProtocolError 302"},
      {"redirect_elsewhere", answer(302, "", "Location: http://127.0.0.2:1/\r\n"),
       "ProtocolError 302"},
      {"redirect_to_nowhere", answer(302, ""), "ProtocolError 302"},
      {"redirect_to_a_file", answer(302, "", "Location: file:///etc/passwd\r\n"),
       "ProtocolError 302"},
      {"bomb", answer(200, bomb, "Content-Encoding: gzip\r\n"),
       transport(TransportFault::kTooLarge)},
      {"no_gzip", answer(200, "{}", "Content-Encoding: gzip\r\n"),
       transport(TransportFault::kBroken)},
      {"many_headers", answer(200, "{}", headers), transport(TransportFault::kTooLarge)},
      {"error_of_odd_types", answer(418, R"({"error":{"message":[1],"detail":7}})"),
       "ApiError 418"},
      {"endless_chunk",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff",
        Scripted::After::kClose},
       transport(TransportFault::kBroken)},
  };
  for (const auto& [name, sent, expected] : table) {
    const ScriptedServer server{sent};
    Options options{.retry = {.attempts = 1}};
    if (std::string_view{name} == "bomb") options.api_body_limit = 1U << 20U;
    const ApiClient api{Server::sandbox(server.origin()), options};
    EXPECT_EQ(outcome([&] { static_cast<void>(api.get("/2.0/user", secret("AT")).json()); }),
              expected)
        << name;
  }
}

TEST(S40_BadServer, CannotFillTheMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's own memory is counted too";
#endif
  const ScriptedServer server{answer(200, std::string(64U << 20U, ' '))};
  const auto client = client_of(server);
  const ApiClient api{Server::sandbox(server.origin()), {.retry = {.attempts = 1}}};
  EXPECT_LT(growth([&] {
              for (int call = 0; call < 5; ++call)
                EXPECT_THROW(static_cast<void>(client.refresh(secret("RT"))), TransportError);
            }),
            64 + 16);  // the server copies what it sends
  EXPECT_LT(
      growth([&] { EXPECT_THROW(static_cast<void>(api.get("/x", secret("AT"))), TransportError); }),
      64 + 48);  // twice the limit of 16 MiB, while the text grows
}

TEST(Api, UnpacksGzip) {
  const std::string packed{
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a"
      "\x54\xb2\x32\xac\x05\x00\xaf\xac\x1b\x56\x07\x00\x00\x00",
      27};
  const ScriptedServer server{answer(200, packed, "Content-Encoding: gzip\r\n")};
  const ApiClient api{Server::sandbox(server.origin())};
  EXPECT_EQ(api.get("/x", secret("AT")).json().at("a"), 1);
  EXPECT_THAT(server.requests().at(0), ::testing::HasSubstr("gzip"));
}

}  // namespace
}  // namespace bbgrant
