// SPDX-License-Identifier: MIT
//
// A program that runs for days: the session refreshes before the token ends, once for all threads,
// and keeps the token in a file for the next start.

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
  const auto store = bbgrant::file_token_store(setting("BBGRANT_TOKEN_FILE", "token.json"),
                                               server(), client().key());
  bbgrant::Session session{client(), bbgrant::ApiClient{server()}, store};
  if (!session.token())
    session.sign_in(client().password_grant(bbgrant::Username{setting("BBGRANT_USERNAME", "")},
                                            bbgrant::Secret{setting("BBGRANT_PASSWORD", "")}));
  for (int round = 0; round < 3; ++round)
    std::cout << "Still " << session.get("/2.0/user").json().at("display_name").get<std::string>()
              << "\n";
} catch (const bbgrant::Error& error) {
  std::cerr << error.what() << "\n" << error.advice() << "\n";
  return EXIT_FAILURE;
}
