// SPDX-License-Identifier: MIT
#include "client/form.hpp"

#include <climits>
#include <cstring>
#include <memory>

#include <bbgrant/error.hpp>
#include <curl/curl.h>
#include <openssl/evp.h>

#include "client/inline.hpp"

namespace bbgrant {

BBGRANT_INLINE FormField FormField::plain(std::string name, std::string value) {
  return {std::move(name), WirePart::plain(std::move(value))};
}

BBGRANT_INLINE FormField FormField::hidden(std::string name, WireKind kind, Secret value) {
  return {std::move(name), WirePart::hidden(kind, std::move(value))};
}

}  // namespace bbgrant

namespace bbgrant::detail {

/// Text from libcurl, wiped before it is given back.
class CurlText {
 public:
  CurlText(char* text, std::size_t size) noexcept : text_(text), size_(size) {}
  CurlText(const CurlText&) = delete;
  CurlText& operator=(const CurlText&) = delete;
  ~CurlText() {
    if (text_ == nullptr) return;
    ::explicit_bzero(text_, size_);
    curl_free(text_);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }

 private:
  char* text_;
  std::size_t size_;
};

BBGRANT_INLINE Secret percent_encoded(std::string_view bytes) {
  if (bytes.empty()) return {};  // libcurl reads a length of 0 as "up to the zero"
  if (bytes.size() > INT_MAX / 3) throw ConfigError("A value is too long to be sent");
  char* text = curl_easy_escape(nullptr, bytes.data(), static_cast<int>(bytes.size()));
  if (text == nullptr) throw std::bad_alloc{};
  return Secret{CurlText{text, std::strlen(text)}.view()};
}

BBGRANT_INLINE Secret percent_decoded(std::string_view text) {
  if (text.empty() || text.size() > INT_MAX) return {};
  Secret blanks;
  for (std::size_t start = 0; start < text.size();) {
    const auto plus = std::min(text.find('+', start), text.size());
    blanks.append(text.substr(start, plus - start));
    if (plus < text.size()) blanks.append(" ");
    start = plus + 1;
  }
  int size = 0;
  char* raw =
      curl_easy_unescape(nullptr, blanks.reveal().data(), static_cast<int>(blanks.size()), &size);
  if (raw == nullptr) return {};
  return Secret{CurlText{raw, static_cast<std::size_t>(size)}.view()};
}

BBGRANT_INLINE WireText encoded_form(std::span<const FormField> fields) {
  WireText body;
  std::string text;
  for (const auto& field : fields) {
    if (&field != fields.data()) text += '&';
    text += percent_encoded(field.name).reveal();
    text += '=';
    if (field.value.kind == WireKind::kText) {
      text += percent_encoded(field.value.text).reveal();
    } else {
      body.push_back(WirePart::plain(std::move(text)));
      text.clear();
      body.push_back(
          WirePart::hidden(field.value.kind, percent_encoded(field.value.secret.reveal())));
    }
  }
  if (!text.empty()) body.push_back(WirePart::plain(std::move(text)));
  return body;
}

BBGRANT_INLINE Secret base64(std::string_view bytes) {
  if (bytes.size() > INT_MAX / 2) throw ConfigError("A value is too long to be sent");
  const std::size_t size = (bytes.size() + 2) / 3 * 4;
  std::string text(size + 1, '\0');  // OpenSSL adds a zero
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  Secret result{std::string_view{text}.substr(0, size)};
  ::explicit_bzero(text.data(), text.size());
  return result;
}

BBGRANT_INLINE Secret base64_decoded(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > INT_MAX) return {};
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return {};
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  Secret result{std::string_view{bytes}.substr(0, static_cast<std::size_t>(size) - padding)};
  ::explicit_bzero(bytes.data(), bytes.size());
  return result;
}

BBGRANT_INLINE WireText basic_credentials(const ConsumerKey& key, const Secret& secret) {
  Secret pair = percent_encoded(key.value());
  pair.append(":");
  pair.append(percent_encoded(secret.reveal()).reveal());
  WireText value;
  value.push_back(WirePart::plain("Basic "));
  value.push_back(WirePart::hidden(WireKind::kBasicCredentials, base64(pair.reveal())));
  return value;
}

BBGRANT_INLINE void require_one_line(std::string_view value, std::string_view what) {
  if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos)
    throw ConfigError(std::string{what} + " has a line end or a zero byte in it", {},
                      "Check that nothing was read with the line end that follows it");
}

}  // namespace bbgrant::detail
