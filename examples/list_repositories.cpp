// SPDX-License-Identifier: MIT
//
// All repositories of a workspace; each page is fetched when it is reached.

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

bbgrant::Server server() {
  return bbgrant::Server::sandbox(setting("BBGRANT_SERVER", "http://localhost:7990"));
}

bbgrant::Client client() {
  return {server(), bbgrant::ConsumerKey{setting("BBGRANT_CONSUMER_KEY", "bbgrantDemo2019key")},
          bbgrant::Secret{
              setting("BBGRANT_CONSUMER_SECRET", "bbgrant-demo-2019-secret-not-for-production")}};
}

}  // namespace

int main() try {
  bbgrant::Session session{client(), bbgrant::ApiClient{server()}};
  session.sign_in(client().password_grant(bbgrant::Username{setting("BBGRANT_USERNAME", "")},
                                          bbgrant::Secret{setting("BBGRANT_PASSWORD", "")}));
  for (const nlohmann::json& repository : session.items("/2.0/repositories/acme"))
    std::cout << repository.at("full_name").get<std::string>() << "\n";
} catch (const bbgrant::Error& error) {
  std::cerr << error.what() << "\n" << error.advice() << "\n";
  return EXIT_FAILURE;
}
