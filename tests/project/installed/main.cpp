// SPDX-License-Identifier: MIT
#include <iostream>
#include <memory>
#include <utility>

#include <bbgrant/bbgrant.hpp>
#ifdef ENCRYPTED
#include <bbgrant/encrypted_token_store.hpp>
#endif

const char* version_seen_elsewhere();

namespace {

/// Answers every request as a token endpoint would, without a network.
class Canned : public bbgrant::Transport {
 public:
  bbgrant::HttpResponse send(const bbgrant::HttpRequest&) override {
    bbgrant::HttpResponse response;
    response.status = 200;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = R"({"access_token":"abc","token_type":"bearer","expires_in":7200})";
    return response;
  }
};

}  // namespace

int main() {
  bbgrant::Options options;
  options.transport = std::make_shared<Canned>();
  const bbgrant::Client client{bbgrant::Server::sandbox(), bbgrant::ConsumerKey{"key"},
                               bbgrant::Secret{"secret"}, std::move(options)};
  const auto token =
      client.password_grant(bbgrant::Username{"alice"}, bbgrant::Secret{"alice-password"});
#ifdef ENCRYPTED
  const auto key = bbgrant::new_token_file_key();
  const auto store = bbgrant::encrypted_token_store("token", client.server(), client.key(), key);
  store->save(token);
  if (!store->load()) return 1;
  store->clear();
#endif
  std::cout << version_seen_elsewhere() << ' ' << token.access_token.reveal() << '\n';
}
