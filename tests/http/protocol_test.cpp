// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/cookie.hpp"
#include "http/raw_client.hpp"
#include "http/test_server.hpp"

namespace bbgrant::http {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using testing::send_once;
using testing::TestServer;

// "%H" in a case stands for the server's own host.
std::string fill(std::string text, const TestServer& server) {
  const std::string host = "localhost:" + std::to_string(server.port());
  for (auto at = text.find("%H"); at != std::string::npos; at = text.find("%H")) {
    text.replace(at, 2, host);
  }
  return text;
}

TEST(S2_WrongMethod, KnownPathAnswersOtherMethodsWith405AndAllow) {
  TestServer server;
  struct Case {
    const char* line;
    const char* allow;
  };
  for (const auto& [line, allow] : std::vector<Case>{{"GET /echo", "POST"},
                                                     {"PUT /echo", "POST"},
                                                     {"DELETE /echo", "POST"},
                                                     {"PATCH /echo", "POST"},
                                                     {"OPTIONS /echo", "POST"},
                                                     {"TRACE /echo", "POST"},
                                                     {"post /echo", "POST"},
                                                     {"POST /hello", "GET, HEAD"}}) {
    const auto answer = send_once(server.port(), server.request(line));
    ASSERT_TRUE(answer) << line;
    EXPECT_EQ(answer->status, 405) << line;
    EXPECT_EQ(answer->header("Allow"), allow) << line;
  }
  RawClient client{server.port()};
  client.send(server.request("HEAD /echo"));
  EXPECT_EQ(client.read_answer(false)->status, 405);
}

TEST(S49_DnsRebinding, OnlyOwnNamesWithOwnPortAreAnswered) {
  TestServer server{[](ServerOptions& options, Router&) {
    options.hosts = {"sandbox:7990", "any.example", "[2001:db8::1]:80"};
  }};
  const std::string port = ":" + std::to_string(server.port());
  struct Case {
    std::string host;
    int status;
  };
  for (const auto& [host, status] : std::vector<Case>{{"localhost" + port, 200},
                                                      {"LocalHost" + port, 200},
                                                      {"127.0.0.1" + port, 200},
                                                      {"[::1]" + port, 200},
                                                      {"sandbox:7990", 200},
                                                      {"any.example", 200},
                                                      {"any.example:1234", 200},
                                                      {"[2001:db8::1]:80", 200},
                                                      {"localhost", 421},
                                                      {"localhost:1", 421},
                                                      {"localhost." + port, 421},
                                                      {"evil.example" + port, 421},
                                                      {"localhost.evil.example" + port, 421},
                                                      {"user@localhost" + port, 421},
                                                      {"127.1" + port, 421},
                                                      {"[::]" + port, 421},
                                                      {"sandbox", 421},
                                                      {"sandbox:7991", 421},
                                                      {"any.example:x", 421},
                                                      {"", 421}}) {
    const auto answer =
        send_once(server.port(), "GET /address HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    ASSERT_TRUE(answer) << host;
    EXPECT_EQ(answer->status, status) << host;
    if (status == 200) {
      std::string lower = host;
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      EXPECT_THAT(answer->body, HasSubstr(" http://" + lower)) << host;
    }
  }
}

TEST(S49_DnsRebinding, ForwardedHostIsNeverBelieved) {
  TestServer server{
      [](ServerOptions& options, Router&) { options.trusted_proxies = {"127.0.0.1"}; }};
  const auto answer = send_once(server.port(), server.request("GET /address",
                                                              "X-Forwarded-Host: evil.example\r\n"
                                                              "Forwarded: host=evil.example\r\n"));
  EXPECT_THAT(answer->body, Not(HasSubstr("evil")));
}

TEST(S53_Smuggling, MessagesThatTwoPartiesCouldReadDifferentlyAre400AndEndTheConnection) {
  TestServer server;
  const std::string post = "POST /echo HTTP/1.1\r\nHost: %H\r\n";
  const std::vector<std::pair<const char*, std::string>> cases{
      {"both lengths", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"both, other order",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"},
      {"the same length twice", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
      {"list of lengths", post + "Content-Length: 3, 3\r\n\r\nabc"},
      {"length with sign", post + "Content-Length: +3\r\n\r\nabc"},
      {"negative length", post + "Content-Length: -1\r\n\r\nabc"},
      {"hexadecimal length", post + "Content-Length: 0x3\r\n\r\nabc"},
      {"empty length", post + "Content-Length:\r\n\r\nabc"},
      {"length beyond 64 bits", post + "Content-Length: 99999999999999999999\r\n\r\nabc"},
      {"encoding list", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {"encoding identity", post + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
      {"encoding misspelled", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
      {"encoding quoted", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
      {"encoding with parameter", post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
      {"encoding twice",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
      {"chunked, chunked", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
      {"encoding empty", post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n"},
      {"encoding and length", post + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc"},
      {"HTTP/1.0 chunked",
       "POST /echo HTTP/1.0\r\nHost: %H\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"bad chunk size", post + "Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n"},
      {"chunk size with sign", post + "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n"},
      {"chunk size with 0x", post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"},
      {"chunk longer than said", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"},
      {"chunk ended by LF", post + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"},
      {"space before colon", "GET /hello HTTP/1.1\r\nHost: %H\r\nX-Test : y\r\n\r\n"},
      {"space before name", "GET /hello HTTP/1.1\r\n Host: %H\r\n\r\n"},
      {"bare CR in a value", "GET /hello HTTP/1.1\r\nHost: %H\r\nX: a\rb\r\n\r\n"},
      {"bare LF at the end", "GET /hello HTTP/1.1\nHost: %H\n\n"},
      {"bare LF in the headers", "GET /hello HTTP/1.1\r\nHost: %H\nX: y\r\n\r\n"},
      {"NUL in a value",
       std::string{"GET /hello HTTP/1.1\r\nHost: %H\r\nX: a"} + '\0' + "\r\n\r\n"},
      {"NUL in a name", std::string{"GET /hello HTTP/1.1\r\nHost: %H\r\nX"} + '\0' + ": y\r\n\r\n"},
      {"no host", "GET /hello HTTP/1.1\r\nX: y\r\n\r\n"},
      {"no host in HTTP/1.0", "GET /hello HTTP/1.0\r\n\r\n"},
      {"two hosts", "GET /hello HTTP/1.1\r\nHost: %H\r\nHost: evil.example\r\n\r\n"},
      {"the same host twice", "GET /hello HTTP/1.1\r\nHost: %H\r\nHost: %H\r\n\r\n"},
      {"no version", "GET /hello\r\nHost: %H\r\n\r\n"},
      {"HTTP/2.0", "GET /hello HTTP/2.0\r\nHost: %H\r\n\r\n"},
      {"two blanks", "GET  /hello HTTP/1.1\r\nHost: %H\r\n\r\n"},
      {"blank in the target", "GET /hel lo HTTP/1.1\r\nHost: %H\r\n\r\n"},
      {"header without colon", "GET /hello HTTP/1.1\r\nHost: %H\r\nXYZ\r\n\r\n"},
      {"TLS hello", std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11} + "\r\n\r\n"},
  };
  for (const auto& [name, bytes] : cases) {
    RawClient client{server.port()};
    // The second request must never be looked at.
    client.send(fill(bytes + "GET /hello HTTP/1.1\r\nHost: %H\r\n\r\n", server));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer) << name;
    EXPECT_EQ(answer->status, 400) << name;
    EXPECT_EQ(answer->header("Connection"), "close") << name;
    EXPECT_TRUE(client.is_closed_by_peer()) << name;
  }
  EXPECT_EQ(server.lines.count({"\"route\":\"/hello\"", "\"status\":200"}), 0U);
}

TEST(S53_Smuggling, FoldedHeaderIsRefusedOrReadAsOneBlank) {
  TestServer server;
  const auto answer = send_once(
      server.port(), fill("GET /hello HTTP/1.1\r\nHost: %H\r\nX: a\r\n b\r\n\r\n", server));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->status, AnyOf(200, 400));
}

TEST(S53_Smuggling, TrailerDoesNotPassForAHeader) {
  TestServer server{[](ServerOptions&, Router& router) {
    router.add(Method::kPost, "/header", [](Request& request) -> boost::asio::awaitable<Response> {
      co_return Response::text(200, std::string{request.headers.find("Cookie").value_or("none")});
    });
  }};
  const auto answer =
      send_once(server.port(), server.request("POST /header", "Transfer-Encoding: chunked\r\n") +
                                   "0\r\nCookie: planted\r\n\r\n");
  EXPECT_EQ(answer->body, "none");
}

TEST(S55_PathTricks, AreRefusedAndOrdinaryPathsDecodedOnce) {
  TestServer server;
  struct Case {
    const char* target;
    int status;
    const char* body;
  };
  for (const auto& [target, status, body] :
       std::vector<Case>{{"/path/a%20b", 200, "a b"},
                         {"/path/%7Buuid%7D", 200, "{uuid}"},
                         {"/path/{uuid}", 200, "{uuid}"},
                         {"/path/feature%2Fone", 200, "feature/one"},
                         {"/path/feature%2Fone/", 200, "feature/one"},
                         {"/path/%2541", 200, "%41"},
                         {"/path/a+b", 200, "a+b"},
                         {"/path/%C3%A9", 200, "\xC3\xA9"},
                         {"/path/...", 200, "..."},
                         {"/path/.git", 200, ".git"},
                         {"/rest/a/b/c", 200, "a/b/c"},
                         {"/rest/a%2Fb/c", 200, "a/b/c"},
                         {"/hello/", 200, "hello"},
                         {"/hello?x=%00%zz", 200, "hello"},
                         {"/path/..", 400, ""},
                         {"/path/../hello", 400, ""},
                         {"/path/.", 400, ""},
                         {"/path/%2e%2e", 400, ""},
                         {"/path/%2E%2E/hello", 400, ""},
                         {"/path/..%2Fetc", 400, ""},
                         {"/path/a%2F..%2Fb", 400, ""},
                         {"/path/a%5C..%5Cb", 400, ""},
                         {"/rest/a/../b", 400, ""},
                         {"/path/%00", 400, ""},
                         {"/path/%zz", 400, ""},
                         {"/path/%4", 400, ""},
                         {"/path/%", 400, ""},
                         {"/path/%C0%AE", 400, ""},
                         {"/path/%ED%A0%80", 400, ""},
                         {"/path/%FF", 400, ""},
                         {"/hello#fragment", 400, ""},
                         {"*", 400, ""},
                         {"hello", 400, ""},
                         {"//hello", 404, ""},
                         {"/path//", 404, ""},
                         {"/hello//", 404, ""},
                         {"/HELLO", 404, ""},
                         {"/rest", 404, ""},
                         {"/", 404, ""}}) {
    const auto answer = send_once(server.port(), server.request(std::string{"GET "} + target));
    ASSERT_TRUE(answer) << target;
    EXPECT_EQ(answer->status, status) << target;
    if (status == 200) {
      EXPECT_EQ(answer->body, body) << target;
    }
  }
}

TEST(S67_UnexpectedException, Is500WithTheIdOfTheLogAndNoDetail) {
  TestServer server{[](ServerOptions& options, Router& router) {
    options.error_page = [](const Request*, const ErrorInfo& info) {
      return Response::json(info.status, "{\"id\":\"" + info.id + "\"}");
    };
    router.add(Method::kGet, "/throw_int", [](Request&) -> boost::asio::awaitable<Response> {
      throw 1;
      co_return Response{};
    });
  }};
  for (const char* line : {"GET /throw", "GET /throw_int"}) {
    const auto answer = send_once(server.port(), server.request(line));
    ASSERT_TRUE(answer) << line;
    EXPECT_EQ(answer->status, 500) << line;
    EXPECT_THAT(answer->head + answer->body, Not(HasSubstr("SELECT")));
    const std::string id = answer->body.substr(7, answer->body.size() - 9);
    EXPECT_EQ(id.size(), 16U);
    EXPECT_EQ(server.lines.count({"request_failed", id}), 1U) << line;
  }
  EXPECT_EQ(server.lines.count({"SELECT secret FROM table"}), 1U);
  EXPECT_EQ(send_once(server.port(), server.request("GET /hello"))->status, 200);
}

TEST(S67_UnexpectedException, StoreThatFailsIs503WithRetryAfter) {
  TestServer server{[](ServerOptions& options, Router&) {
    options.judge_fault = [](const std::exception&) { return ErrorReason::kUnavailable; };
    options.retry_after = std::chrono::seconds{7};
  }};
  const auto answer = send_once(server.port(), server.request("GET /throw"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->header("Retry-After"), "7");
}

TEST(S71_ForgedAddress, ForwardedForCountsOnlyFromATrustedProxy) {
  const char* const forged =
      "X-Forwarded-For: 198.51.100.7\r\nX-Real-IP: 198.51.100.8\r\n"
      "Forwarded: for=198.51.100.9\r\n";
  TestServer open;
  EXPECT_THAT(send_once(open.port(), open.request("GET /address", forged))->body,
              HasSubstr("127.0.0.1 127.0.0.1 http://"));
  TestServer proxied{[](ServerOptions& options, Router&) {
    options.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8"};
  }};
  struct Case {
    const char* header;
    const char* start;
  };
  for (const auto& [header, start] : std::vector<Case>{
           {"X-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7 198.51.100.7 http:"},
           {"X-Forwarded-For: 1.2.3.4, 198.51.100.7\r\n", "198.51.100.7 "},
           {"X-Forwarded-For: 1.2.3.4, 198.51.100.7, 10.1.2.3\r\n", "198.51.100.7 "},
           {"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7 "},
           {"X-Forwarded-For: 2001:db8:1:2:3:4:5:6\r\n", "2001:db8:1:2:3:4:5:6 2001:db8:1:2::/64 "},
           {"X-Forwarded-For: nonsense\r\n", "127.0.0.1 "},
           {"X-Forwarded-For: 1.2.3.4, nonsense\r\n", "127.0.0.1 "},
           {"X-Real-IP: 198.51.100.8\r\n", "127.0.0.1 "},
           {"X-Forwarded-Proto: https\r\n", "127.0.0.1 127.0.0.1 https://localhost"}}) {
    const auto answer = send_once(proxied.port(), proxied.request("GET /address", header));
    EXPECT_THAT(answer->body, ::testing::StartsWith(start)) << header;
  }
}

TEST(S75_PasswordForwardedByRedirect, EveryRedirectIs303) {
  EXPECT_EQ(Response::redirect("/next").status, 303);
}

TEST(S90_BrowserProtections, StandOnEveryAnswerAndCanBeOverridden) {
  TestServer server{[](ServerOptions& options, Router& router) {
    options.extra_headers = {{"X-Extra", "yes"}, {"Content-Security-Policy", "default-src 'none'"}};
    router.add(Method::kGet, "/own", [](Request&) -> boost::asio::awaitable<Response> {
      co_return Response::html(200, "").with("Referrer-Policy", "same-origin");
    });
  }};
  for (const char* line :
       {"GET /hello", "GET /nowhere", "POST /hello", "GET /throw", "GET /%zz", "GET /own"}) {
    const auto answer = send_once(server.port(), server.request(line));
    ASSERT_TRUE(answer) << line;
    EXPECT_EQ(answer->header("X-Content-Type-Options"), "nosniff") << line;
    EXPECT_EQ(answer->header("Cross-Origin-Opener-Policy"), "same-origin") << line;
    EXPECT_EQ(answer->header("Cross-Origin-Resource-Policy"), "same-origin") << line;
    EXPECT_TRUE(answer->header("Permissions-Policy")) << line;
    EXPECT_TRUE(answer->header("Referrer-Policy")) << line;
    EXPECT_TRUE(answer->header("Date")) << line;
    EXPECT_EQ(answer->header("X-Extra"), "yes") << line;
    EXPECT_THAT(*answer->header("Content-Type"), HasSubstr("charset=utf-8")) << line;
    EXPECT_FALSE(answer->header("Strict-Transport-Security")) << line;
    EXPECT_FALSE(answer->header("Server")) << line;
  }
  EXPECT_EQ(send_once(server.port(), server.request("GET /own"))->header("Referrer-Policy"),
            "same-origin");
}

TEST(S92_HeaderInjection, ValueWithALineEndNeverReachesTheWire) {
  Response response;
  for (const std::string_view value : {"a\r\nb", "a\nb", "a\rb", "a\x7F"}) {
    EXPECT_THROW(response.headers.set("X-Test", value), HeaderError);
    EXPECT_THROW(response.headers.add("X-Test", value), HeaderError);
    EXPECT_THROW(Response::redirect(value), HeaderError);
  }
  EXPECT_THROW(response.headers.set("X-Test", std::string_view("a\0b", 3)), HeaderError);
  EXPECT_THROW(response.headers.set("X Test", "a"), HeaderError);
  EXPECT_THROW(response.headers.set("", "a"), HeaderError);
  EXPECT_EQ(response.headers.size(), 0U);

  TestServer server{[](ServerOptions&, Router& router) {
    router.add(Method::kGet, "/go/{to}", [](Request& request) -> boost::asio::awaitable<Response> {
      co_return Response::redirect(request.parameter("to"));
    });
  }};
  const auto answer =
      send_once(server.port(), server.request("GET /go/x%0D%0ASet-Cookie:%20planted=1"));
  EXPECT_EQ(answer->status, 500);
  EXPECT_THAT(answer->head, Not(HasSubstr("planted")));
}

TEST(S93_RestOfHttp, PipelinedRequestsAreAnsweredInOrder) {
  TestServer server;
  RawClient client{server.port()};
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += server.request("POST /echo", "", std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, std::to_string(i));
  }
}

TEST(S93_RestOfHttp, NoPipelinedRequestRunsAfterAnError) {
  TestServer server;
  for (const char* first : {"GET /throw", "GET /%zz", "CONNECT /x"}) {
    RawClient client{server.port()};
    client.send(server.request(first) + server.request("GET /hello"));
    ASSERT_TRUE(client.read_answer()) << first;
    EXPECT_TRUE(client.is_closed_by_peer()) << first;
  }
  RawClient client{server.port()};
  client.send(server.request("POST /nowhere", "", "GET /hello HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(client.read_answer()->status, 404);
  EXPECT_TRUE(client.is_closed_by_peer());
  EXPECT_EQ(server.lines.count({"\"route\":\"/hello\""}), 0U);
}

TEST(S93_RestOfHttp, TraceAndConnectAreRefused) {
  TestServer server;
  EXPECT_EQ(send_once(server.port(), server.request("TRACE /hello"))->status, 405);
  EXPECT_EQ(send_once(server.port(), server.request("TRACE /nowhere"))->status, 501);
  EXPECT_EQ(send_once(server.port(), server.request("CONNECT evil.example:443"))->status, 501);
}

TEST(S93_RestOfHttp, UpgradeIsIgnored) {
  TestServer server;
  const auto answer = send_once(
      server.port(),
      server.request("GET /hello", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"));
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE(answer->header("Upgrade"));
}

TEST(S93_RestOfHttp, HeadIsGetWithoutBody) {
  TestServer server;
  RawClient client{server.port()};
  client.send(server.request("HEAD /hello") + server.request("GET /hello"));
  const auto head = client.read_answer(false);
  const auto get = client.read_answer();
  ASSERT_TRUE(head && get);
  EXPECT_EQ(head->head, get->head);
  EXPECT_EQ(head->header("Content-Length"), "5");
  EXPECT_EQ(get->body, "hello");
}

TEST(S93_RestOfHttp, EncodedRequestBodyIs415) {
  TestServer server;
  const auto answer =
      send_once(server.port(), server.request("POST /echo", "Content-Encoding: gzip\r\n", "abc"));
  EXPECT_EQ(answer->status, 415);
}

TEST(S93_RestOfHttp, AbsoluteTargetMustNameTheHostOfTheRequest) {
  TestServer server;
  const std::string own = "http://localhost:" + std::to_string(server.port());
  EXPECT_EQ(send_once(server.port(), server.request("GET " + own + "/hello?x=y"))->body, "hello");
  for (const std::string& target :
       {std::string{"http://evil.example/hello"}, std::string{"ftp://localhost/hello"},
        "http://user@localhost:" + std::to_string(server.port()) + "/hello", own + "/../hello",
        std::string{"http://"}, std::string{"http:///hello"}}) {
    const auto answer = send_once(server.port(), server.request("GET " + target));
    ASSERT_TRUE(answer) << target;
    EXPECT_EQ(answer->status, 400) << target;
  }
}

TEST(Answer, NoContentHasATypeAndNoLength) {
  TestServer server{[](ServerOptions&, Router& router) {
    router.add(Method::kDelete, "/thing", [](Request&) -> boost::asio::awaitable<Response> {
      co_return Response::no_content();
    });
  }};
  RawClient client{server.port()};
  client.send(server.request("DELETE /thing") + server.request("GET /hello"));
  const auto answer = client.read_answer();
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_FALSE(answer->header("Content-Length"));
  EXPECT_EQ(client.read_answer()->body, "hello");
}

TEST(Answer, LargeBodyArrivesWhole) {
  TestServer server{[](ServerOptions&, Router& router) {
    router.add(Method::kGet, "/large", [](Request&) -> boost::asio::awaitable<Response> {
      co_return Response::text(200, std::string(5 * 1024 * 1024, 'x'));
    });
  }};
  EXPECT_EQ(send_once(server.port(), server.request("GET /large"))->body.size(), 5U * 1024 * 1024);
}

}  // namespace
}  // namespace bbgrant::http
