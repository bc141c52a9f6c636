// SPDX-License-Identifier: MIT
//
// A token of the program's own, without a user: for machines.

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
  const auto token = client().client_credentials({"repository"});
  const bbgrant::ApiClient api{server()};
  const auto page = api.get("/2.0/repositories/acme?pagelen=1", token.access_token).json();
  std::cout << "The consumer sees " << page.at("values").size()
            << " repository on the first page\n";
} catch (const bbgrant::Error& error) {
  std::cerr << error.what() << "\n" << error.advice() << "\n";
  return EXIT_FAILURE;
}
