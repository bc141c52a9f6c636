// SPDX-License-Identifier: MIT
//
// Gets a token with the resource owner's password, then asks the API who that is.
//
// This grant hands your password to the app. RFC 9700 says it must not be used, OAuth 2.1 leaves it
// out and Bitbucket Cloud has switched it off; use it to learn, to test, or to leave it.

#include <cstdlib>
#include <iostream>
#include <string>

#include <bbgrant/bbgrant.hpp>
#include <nlohmann/json.hpp>

namespace {

std::string setting(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

}  // namespace

int main() try {
  const auto server = bbgrant::Server::sandbox(setting("BBGRANT_SERVER", "http://localhost:7990"));
  const bbgrant::Client client{
      server, bbgrant::ConsumerKey{setting("BBGRANT_CONSUMER_KEY", "bbgrantDemo2019key")},
      bbgrant::Secret{
          setting("BBGRANT_CONSUMER_SECRET", "bbgrant-demo-2019-secret-not-for-production")}};

  const bbgrant::Token token =
      client.password_grant(bbgrant::Username{setting("BBGRANT_USERNAME", "")},
                            bbgrant::Secret{setting("BBGRANT_PASSWORD", "")}, {"account"});
  std::cout << "The token may: " << token.scopes.value_or(bbgrant::Scopes{}).text() << '\n';

  const bbgrant::ApiClient api{server};
  const auto user = api.get("/2.0/user", token.access_token).json();
  std::cout << "You are " << user.at("display_name").get<std::string>() << '\n';
} catch (const bbgrant::Error& error) {
  std::cerr << error.what() << '\n' << error.advice() << '\n';
  return EXIT_FAILURE;
}
