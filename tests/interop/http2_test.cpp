// SPDX-License-Identifier: MIT
// HTTP/2, with a server that is Node's.
#include <bbgrant/bbgrant.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "interop/node_server.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"

namespace bbgrant {
namespace {

TEST(NodeHttp2, IsUsedWhereOfferedAndItsConnectionIsKept) {
  const testing::TemporaryFolder folder;
  const std::string key = folder.path() / "key.pem";
  const std::string certificate = folder.path() / "certificate.pem";
  const auto identity = testing::certify({}, nullptr);
  identity.write_key(key);
  identity.write_certificate(certificate);
  const testing::NodeServer node{"http2_server.mjs", {key, certificate}};
  ASSERT_FALSE(node.origin().empty());

  std::vector<std::string> start_lines;
  const ApiClient api{Server{.api_url = node.origin()},
                      Options{.curl = {.ca_file = certificate}, .observer = [&](Exchange exchange) {
                                start_lines.push_back(masked(exchange.response->start_line));
                              }}};
  for (int call = 0; call < 3; ++call) {
    const auto said = api.get("/", Secret{"AT"}).json();
    EXPECT_EQ(said.at("bearer"), "Bearer AT");
    EXPECT_EQ(said.at("sessions"), 1);
  }
  EXPECT_EQ(start_lines, std::vector<std::string>(3, "HTTP/2 200 "));
}

}  // namespace
}  // namespace bbgrant
