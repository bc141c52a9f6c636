// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <bbgrant/bbgrant.hpp>

#include "app/session.hpp"

namespace bbgrant::app {

inline constexpr std::string_view kSampleToken = "sample-access-token";
inline constexpr std::string_view kSampleRefresh = "sample-refresh-token";
inline constexpr std::string_view kSampleBasic = "c2FtcGxlLWJhc2lj";

inline WireText parts(std::vector<WirePart> list) { return list; }

template <class... Part>
WireText text_of(Part... part) {
  WireText text;
  (text.push_back(std::move(part)), ...);
  return text;
}

/// A token request as the wire observer gives it, with its answer.
inline Exchange token_exchange(const std::string& username = "alice", int status = 200) {
  Exchange exchange;
  exchange.purpose = "password grant";
  exchange.method = "POST";
  exchange.url = "http://localhost:7990/site/oauth2/access_token";
  exchange.request.start_line = wire_text("POST /site/oauth2/access_token HTTP/1.1");
  exchange.request.headers.push_back({"Host", wire_text("localhost:7990")});
  exchange.request.headers.push_back(
      {"Authorization",
       text_of(WirePart::plain("Basic "),
               WirePart::hidden(WireKind::kBasicCredentials, Secret{kSampleBasic}))});
  exchange.request.headers.push_back(
      {"Content-Type", wire_text("application/x-www-form-urlencoded")});
  exchange.request.body =
      text_of(WirePart::plain("grant_type=password&username=" + username + "&password="),
              WirePart::hidden(WireKind::kPassword, Secret{}),
              WirePart::plain("&scope=account%20repository"));
  exchange.request.head_bytes = 200;
  exchange.request.body_bytes = 80;
  exchange.took = std::chrono::milliseconds{41};
  WireMessage response;
  if (status == 200) {
    response.start_line = wire_text("HTTP/1.1 200 OK");
    response.body = text_of(WirePart::plain(R"({"access_token": ")"),
                            WirePart::hidden(WireKind::kAccessToken, Secret{kSampleToken}),
                            WirePart::plain(R"(", "expires_in": 7200, "refresh_token": ")"),
                            WirePart::hidden(WireKind::kRefreshToken, Secret{kSampleRefresh}),
                            WirePart::plain(R"("})"));
  } else {
    response.start_line = wire_text("HTTP/1.1 " + std::to_string(status) + " Refused");
    response.body = wire_text(R"({"error_description": "no", "error": "invalid_request"})");
  }
  response.headers.push_back({"Content-Type", wire_text("application/json")});
  response.head_bytes = 100;
  response.body_bytes = 90;
  exchange.response = std::move(response);
  return exchange;
}

inline Exchange api_exchange(const std::string& path, int status, const std::string& body) {
  Exchange exchange;
  exchange.method = "GET";
  exchange.url = "http://localhost:7990" + path;
  exchange.request.start_line = wire_text("GET " + path + " HTTP/1.1");
  exchange.request.headers.push_back(
      {"Authorization", text_of(WirePart::plain("Bearer "),
                                WirePart::hidden(WireKind::kAccessToken, Secret{kSampleToken}))});
  exchange.request.head_bytes = 150;
  exchange.took = std::chrono::milliseconds{6};
  WireMessage response;
  response.start_line = wire_text("HTTP/1.1 " + std::to_string(status) + " X");
  response.body = wire_text(body);
  response.head_bytes = 100;
  response.body_bytes = body.size();
  exchange.response = std::move(response);
  return exchange;
}

inline Token sample_token(std::chrono::sys_seconds issued_at, const std::string& scopes) {
  Token token;
  token.access_token = Secret{kSampleToken};
  token.refresh_token = Secret{kSampleRefresh};
  token.token_type = "bearer";
  token.scopes = Scopes::read(scopes);
  token.issued_at = issued_at;
  token.expires_in = std::chrono::hours{2};
  token.masked_answer = R"({"access_token": "***", "expires_in": 7200, "refresh_token": "***"})";
  return token;
}

template <class... Each>
std::vector<Exchange> exchanges(Each... each) {
  std::vector<Exchange> list;
  (list.push_back(std::move(each)), ...);
  return list;
}

/// A session in which alice has signed in and been greeted.
inline void run_as_alice(Session& session, std::chrono::sys_seconds now = {}) {
  const int run = session.begin_run("alice", {"account", "repository"}, true);
  session.record(run, ExchangeKind::kToken, {}, exchanges(token_exchange()));
  static_cast<void>(session.signed_in(
      run, std::make_shared<const Token>(sample_token(now, "account repository"))));
  session.record(run, ExchangeKind::kApi, "/2.0/user",
                 exchanges(api_exchange("/2.0/user", 200, R"({"display_name": "Alice Example"})")));
  session.greet(run, "Alice Example");
}

/// A session in which bob, who has two-step verification, was refused.
inline void run_as_bob(Session& session) {
  const int run = session.begin_run("bob", {"account"}, true);
  session.record(run, ExchangeKind::kToken, {}, exchanges(token_exchange("bob", 400)));
  session.refused(run, {.kind = Failure::Kind::kRefused,
                        .status = 400,
                        .error = "invalid_request",
                        .description = "Invalid resource owner username/password"});
}

}  // namespace bbgrant::app
