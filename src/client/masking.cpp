// SPDX-License-Identifier: MIT
#include "client/masking.hpp"

#include <algorithm>
#include <array>

#include "client/form.hpp"
#include "client/inline.hpp"
#include "client/json_reader.hpp"

namespace bbgrant::detail {

/// The secret members of the answers of RFC 6749, OpenID Connect, RFC 8628 and RFC 7591.
inline constexpr std::array<std::string_view, 7> kSecretMembers{"access_token",
                                                                "refresh_token",
                                                                "id_token",
                                                                "device_code",
                                                                "user_code",
                                                                "client_secret",
                                                                "registration_access_token"};

inline WireKind kind_of_member(std::string_view name) noexcept {
  if (name == "access_token") return WireKind::kAccessToken;
  if (name == "refresh_token") return WireKind::kRefreshToken;
  return WireKind::kOther;
}

/// The ways in which servers write a text between the quotes of JSON: UTF-8, ASCII only, and PHP's,
/// which escapes the slash.
inline std::array<std::string, 3> json_spellings(std::string_view text) {
  const auto quoted = [text](bool ascii) {
    const std::string whole =
        nlohmann::json(text).dump(-1, ' ', ascii, nlohmann::json::error_handler_t::ignore);
    return whole.substr(1, whole.size() - 2);
  };
  std::array<std::string, 3> spellings{quoted(false), quoted(true), {}};
  for (const char c : spellings[1]) spellings[2] += c == '/' ? "\\/" : std::string(1, c);
  return spellings;
}

BBGRANT_INLINE void KnownSecrets::add(WireKind kind, std::string_view secret) {
  const auto remember = [this, kind](std::string_view spelling) {
    const bool known = std::ranges::any_of(
        spellings_, [spelling](const auto& part) { return part.reveal() == spelling; });
    if (!spelling.empty() && !known) spellings_.push_back(WirePart::hidden(kind, Secret{spelling}));
  };
  remember(secret);
  remember(percent_encoded(secret).reveal());
  for (const auto& spelling : json_spellings(secret)) remember(spelling);
}

BBGRANT_INLINE KnownSecrets::KnownSecrets(const HttpRequest& request) {
  const auto add_part = [this](const WirePart& part) {
    if (part.kind == WireKind::kText) return;
    add(part.kind, part.reveal());
    add(part.kind, percent_decoded(part.reveal()).reveal());
    if (part.kind != WireKind::kBasicCredentials) return;
    const Secret pair = base64_decoded(part.reveal());
    const auto colon = pair.reveal().find(':');
    if (colon == std::string_view::npos) return;
    add(WireKind::kConsumerSecret, percent_decoded(pair.reveal().substr(colon + 1)).reveal());
  };
  for (const auto& header : request.headers) std::ranges::for_each(header.value, add_part);
  std::ranges::for_each(request.body, add_part);
  // The longest first, so that no spelling is found inside another one.
  std::ranges::sort(spellings_, std::ranges::greater{},
                    [](const auto& part) { return part.reveal().size(); });
}

/// Cuts `needle` out of the plain parts of `text`; with quotes, only where it stands between them.
inline void hide_one(WireText& text, WireKind kind, std::string_view needle, bool quoted = false) {
  const std::string quote = quoted ? "\"" : "";
  Secret whole{std::string_view{quote}};
  whole.append(needle);
  whole.append(quote);
  WireText result;
  const auto keep = [&result](std::string_view plain) {
    if (!plain.empty()) result.push_back(WirePart::plain(std::string{plain}));
  };
  for (auto& part : text) {
    if (part.kind != WireKind::kText || part.text.find(whole.reveal()) == std::string::npos) {
      result.push_back(std::move(part));
      continue;
    }
    std::string_view rest{part.text};
    for (auto found = rest.find(whole.reveal()); found != std::string_view::npos;
         found = rest.find(whole.reveal())) {
      keep(rest.substr(0, found + quote.size()));
      result.push_back(WirePart::hidden(kind, Secret{needle}));
      rest.remove_prefix(found + quote.size() + needle.size());
    }
    keep(rest);
    ::explicit_bzero(part.text.data(), part.text.size());
  }
  text = std::move(result);
}

inline WireText hidden_whole(WireKind kind, std::string_view text) {
  WireText result;
  result.push_back(WirePart::hidden(kind, kind == WireKind::kPassword ? Secret{} : Secret{text}));
  return result;
}

BBGRANT_INLINE WireText KnownSecrets::hide(std::string_view text) const {
  for (const auto& part : spellings_)
    if (part.kind == WireKind::kPassword && text.find(part.reveal()) != std::string_view::npos)
      return hidden_whole(WireKind::kPassword, text);
  WireText result = wire_text(std::string{text});
  for (const auto& part : spellings_) hide_one(result, part.kind, part.reveal());
  return result;
}

/// The values of secret members, at any depth, as they are spelled in the text; nothing when one of
/// them is spelled in a way that we do not find again.
inline bool find_secret_values(const nlohmann::json& value, std::string_view text,
                               std::vector<WirePart>& found) {
  if (!value.is_structured()) return true;
  for (const auto& item : value.items()) {
    const auto& member = item.value();
    if (!value.is_object() ||
        std::ranges::find(kSecretMembers, item.key()) == kSecretMembers.end()) {
      if (!find_secret_values(member, text, found)) return false;
      continue;
    }
    // An empty or non-string value hides nothing, except a structure, which may hold anything.
    if (member.is_structured()) return false;
    const std::string spelled = member.is_string() ? member.get<std::string>() : member.dump();
    if (!member.is_string() || spelled.empty()) continue;
    bool present = false;
    for (const auto& spelling : json_spellings(spelled)) {
      if (text.find('"' + spelling + '"') == std::string_view::npos) continue;
      present = true;
      found.push_back(
          WirePart::hidden(kind_of_member(item.key()), Secret{std::string_view{spelling}}));
    }
    if (!present) return false;
  }
  return true;
}

BBGRANT_INLINE WireText hide_token_answer(std::string_view body, const KnownSecrets& known) {
  WireText result = known.hide(body);
  if (result.size() == 1 && result.front().kind == WireKind::kPassword) return result;
  // Half an answer, or one inside a text, can hold a whole token.
  const bool suspicious = std::ranges::any_of(kSecretMembers, [body](std::string_view name) {
    return body.find(name) != std::string_view::npos;
  });
  std::vector<WirePart> found;
  try {
    const auto value = read_json(body, 32, RepeatedMembers::kRefuse);
    const bool opaque =
        value.is_structured() ? !find_secret_values(value, body, found) : suspicious;
    if (opaque) return hidden_whole(WireKind::kOther, body);
  } catch (const BadJson&) {
    return suspicious ? hidden_whole(WireKind::kOther, body) : std::move(result);
  }
  for (const auto& part : found) hide_one(result, part.kind, part.reveal(), /*quoted=*/true);
  return result;
}

BBGRANT_INLINE std::string excerpt(std::string masked_body) {
  constexpr std::size_t kMost = std::size_t{64} << 10;
  if (masked_body.size() > kMost) masked_body.resize(kMost);
  return masked_body;
}

}  // namespace bbgrant::detail
