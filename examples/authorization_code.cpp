// SPDX-License-Identifier: MIT
//
// The way off the password grant, for people: the browser asks them, the app never sees a password.
// Paste the address that the browser ends at.

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
  const bbgrant::RedirectUri callback{
      setting("BBGRANT_CALLBACK", "http://localhost:3000/oauth-callback")};
  auto authorization = client().begin_authorization(callback, {"account"});
  std::cout << "Open " << authorization.url << "\nThen paste the address here: " << std::flush;
  std::string address;
  std::getline(std::cin, address);

  const auto token = client().finish_authorization(std::move(authorization), address);
  const bbgrant::ApiClient api{server()};
  std::cout << "You are "
            << api.get("/2.0/user", token.access_token).json().at("display_name").get<std::string>()
            << "\n";
} catch (const bbgrant::Error& error) {
  std::cerr << error.what() << "\n" << error.advice() << "\n";
  return EXIT_FAILURE;
}
