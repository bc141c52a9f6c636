// SPDX-License-Identifier: MIT
//
// A token store of your own: here one that tells what it does. Yours could be a keyring or a
// database.

#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <bbgrant/bbgrant.hpp>

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

class TalkingStore final : public bbgrant::TokenStore {
 public:
  std::optional<bbgrant::Token> load() override { return kept_->load(); }
  void save(const bbgrant::Token& token) override {
    kept_->save(token);
    std::cout << "Saved " << token.masked_answer << "\n";
  }
  void clear() override {
    kept_->clear();
    std::cout << "Forgotten\n";
  }

 private:
  std::shared_ptr<bbgrant::TokenStore> kept_ = bbgrant::memory_token_store();
};

}  // namespace

int main() try {
  bbgrant::Session session{client(), bbgrant::ApiClient{server()},
                           std::make_shared<TalkingStore>()};
  session.sign_in(client().password_grant(bbgrant::Username{setting("BBGRANT_USERNAME", "")},
                                          bbgrant::Secret{setting("BBGRANT_PASSWORD", "")}));
  session.refresh();
  session.sign_out();
} catch (const bbgrant::Error& error) {
  std::cerr << error.what() << "\n" << error.advice() << "\n";
  return EXIT_FAILURE;
}
