// SPDX-License-Identifier: MIT
//
// Against any server of RFC 6749: servers are data. Reads the endpoints from the environment.

#include <cstdlib>
#include <iostream>
#include <string>

#include <bbgrant/bbgrant.hpp>

namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

int main() try {
  const bbgrant::Server server{
      .name = "Some server", .token_url = setting("TOKEN_URL"), .api_url = setting("API_URL")};
  const bbgrant::Client client{server,
                               bbgrant::ConsumerKey{setting("CLIENT_ID")},
                               bbgrant::Secret{setting("CLIENT_SECRET")},
                               {.authentication = bbgrant::ClientAuthentication::kBody}};
  const auto token = client.password_grant(bbgrant::Username{setting("BBGRANT_USERNAME")},
                                           bbgrant::Secret{setting("BBGRANT_PASSWORD")});
  std::cout << token.masked_answer << "\n";
} catch (const bbgrant::OAuthError& error) {
  std::cerr << "Refused with " << error.status() << " " << error.error() << "\n";
  return EXIT_FAILURE;
} catch (const bbgrant::Error& error) {
  std::cerr << error.what() << "\n" << error.advice() << "\n";
  return EXIT_FAILURE;
}
