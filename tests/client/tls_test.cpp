// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/scripted_client.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"

namespace bbgrant {
namespace {

using namespace bbgrant::testing;
using ::testing::HasSubstr;

/// An authority that the client trusts, and one server with a certificate.
class S38_ServerIdentity : public ::testing::Test {
 protected:
  S38_ServerIdentity() { authority_.write_certificate(ca_file_); }

  [[nodiscard]] Token token_from(const std::string& origin, CurlOptions curl) const {
    const Client client{Server::sandbox(origin), ConsumerKey{"key"}, Secret{"secret"},
                        Options{.curl = std::move(curl)}};
    return client.password_grant(Username{"alice"}, Secret{"pw"});
  }
  [[nodiscard]] CurlOptions trusting() const { return {.ca_file = ca_file_}; }

  void expect_refused(const TlsServer& server, const CurlOptions& curl,
                      const std::string& host = "127.0.0.1") const {
    try {
      static_cast<void>(token_from(server.origin(host), curl));
      ADD_FAILURE() << "trusted";
    } catch (const TransportError& error) {
      EXPECT_EQ(error.fault(), TransportFault::kTls) << error.what();
      EXPECT_FALSE(error.sent());
      EXPECT_THAT(error.what(), HasSubstr("could not be verified"));
      EXPECT_THAT(error.advice(), HasSubstr("certificate"));
    }
    EXPECT_EQ(server.requests(), 0);
  }

  const TemporaryFolder folder_;
  const std::string ca_file_ = folder_.path() / "ca.pem";
  const Identity authority_ = certify({.name = "an authority", .authority = true}, nullptr);
  const std::string answer_ = answer(200, kTokenAnswer).bytes;
};

TEST_F(S38_ServerIdentity, IsVerifiedAgainstAnOwnAuthority) {
  const TlsServer server{certify({}, &authority_), answer_};
  EXPECT_EQ(token_from(server.origin(), trusting()).access_token.reveal(), "AT");
  EXPECT_EQ(token_from(server.origin("localhost"), trusting()).access_token.reveal(), "AT");
}

TEST_F(S38_ServerIdentity, OfAnUnknownAuthorityIsRefused) {
  const TlsServer server{certify({}, &authority_), answer_};
  expect_refused(server, {});
}

TEST_F(S38_ServerIdentity, SignedByItselfIsRefused) {
  const TlsServer server{certify({}, nullptr), answer_};
  expect_refused(server, trusting());
  expect_refused(server, {});
}

TEST_F(S38_ServerIdentity, ExpiredIsRefused) {
  const TlsServer server{certify({.from_seconds = -7200, .until_seconds = -3600}, &authority_),
                         answer_};
  expect_refused(server, trusting());
}

TEST_F(S38_ServerIdentity, NotYetValidIsRefused) {
  const TlsServer server{certify({.from_seconds = 3600, .until_seconds = 7200}, &authority_),
                         answer_};
  expect_refused(server, trusting());
}

TEST_F(S38_ServerIdentity, OfAnotherHostIsRefused) {
  for (const char* names : {"DNS:bitbucket.org", "DNS:localhost.evil.example,DNS:*.localhost",
                            "IP:127.0.0.2", "DNS:127.0.0.1"}) {
    const TlsServer server{certify({.alternative_names = names}, &authority_), answer_};
    expect_refused(server, trusting());
    expect_refused(server, trusting(), "localhost");
  }
}

TEST_F(S38_ServerIdentity, SignedByACertificateThatIsNoAuthorityIsRefused) {
  const Identity no_authority = certify({}, &authority_);
  const TlsServer server{certify({}, &no_authority), answer_};
  expect_refused(server, trusting());
}

TEST_F(S38_ServerIdentity, IsSkippedByTheOneNamedOptionOnly) {
  const TlsServer server{certify({}, nullptr), answer_};
  EXPECT_EQ(
      token_from(server.origin(), {.insecure_skip_tls_verification = true}).access_token.reveal(),
      "AT");
}

TEST_F(S38_ServerIdentity, OldTlsIsRefused) {
  for (const int version : {TLS1_1_VERSION, TLS1_VERSION}) {
    const TlsServer server{certify({}, &authority_), answer_, version};
    expect_refused(server, trusting());
  }
  const TlsServer server{certify({}, &authority_), answer_, TLS1_2_VERSION};
  EXPECT_EQ(token_from(server.origin(), trusting()).access_token.reveal(), "AT");
}

TEST_F(S38_ServerIdentity, IsMissingOnAPlainServer) {
  const ScriptedServer server{answer(200, kTokenAnswer)};
  const auto origin = "https://127.0.0.1:" + std::to_string(server.port());
  EXPECT_THROW(static_cast<void>(token_from(origin, trusting())), TransportError);
}

TEST_F(S38_ServerIdentity, ACaFileThatIsNotThereIsAnErrorAndNotTheSystems) {
  const TlsServer server{certify({}, &authority_), answer_};
  expect_refused(server, {.ca_file = folder_.path() / "absent.pem"});
}

}  // namespace
}  // namespace bbgrant
