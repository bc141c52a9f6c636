// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

#include <bbgrant/server.hpp>
#include <bbgrant/token.hpp>

namespace bbgrant {

/// Keeps one token. Implement it to keep it elsewhere. Called from several threads at once.
class TokenStore {
 public:
  /// Held while a token is being replaced; ends the hold when destroyed.
  class Hold {
   public:
    Hold() = default;
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    virtual ~Hold() = default;
  };

  TokenStore() = default;
  TokenStore(const TokenStore&) = delete;
  TokenStore& operator=(const TokenStore&) = delete;
  virtual ~TokenStore() = default;

  /// The token, or nothing. @throws Error it is there, but cannot be read or is for another server.
  [[nodiscard]] virtual std::optional<Token> load() = 0;
  /// Keeps the token; when this returns, it survives a crash of the program. @throws Error; then
  /// the former token is still there.
  virtual void save(const Token& token) = 0;
  /// Forgets the token.
  virtual void clear() = 0;
  /// Keeps other processes from replacing the token. Null, the default: there are none.
  /// @throws TransportError of kind kTimeout or kCancelled: somebody else held it too long.
  [[nodiscard]] virtual std::unique_ptr<Hold> hold(std::chrono::milliseconds timeout,
                                                   const std::stop_token& stop);
};

/// Keeps the token until the program ends.
[[nodiscard]] std::shared_ptr<TokenStore> memory_token_store();

/// What a file store does to its text before it is written and after it was read: encryption.
struct TokenSeal {
  std::function<Secret(std::string_view text)> close{};
  /// Undoes it; nothing when the bytes are not what close() gave.
  std::function<std::optional<Secret>(std::string_view bytes)> open{};
};

/// Keeps the token in a JSON file that only its owner can read (0600), replaced as a whole, with a
/// lock file beside it for other processes. The file is bound to the origins of the server's token
/// URL and API and to the consumer key: for others it is refused, so that no token is sent where it
/// does not belong.
///
/// save() and clear() throw ConfigError when the folder cannot be written, load() when the file
/// can be read by others, is not ours, is for another server, or does not open.
/// @param seal  none: the file is plain text. <bbgrant/encrypted_token_store.hpp> brings one.
[[nodiscard]] std::shared_ptr<TokenStore> file_token_store(std::filesystem::path file,
                                                           const Server& server,
                                                           const ConsumerKey& key,
                                                           TokenSeal seal = {});

}  // namespace bbgrant
