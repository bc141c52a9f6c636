// SPDX-License-Identifier: MIT
#include "app/wire_parts.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "app/shown_text.hpp"

namespace bbgrant::app {

namespace {

// One length whatever the secret's: a mask tells nothing.
constexpr std::string_view kMask = "••••••••••••";
constexpr std::string_view kPasswordMask = "••••••••";

std::string_view mask_kind(WireKind kind) {
  switch (kind) {
    case WireKind::kPassword:
      return "m-owner";
    case WireKind::kBasicCredentials:
    case WireKind::kConsumerSecret:
    case WireKind::kAssertion:
    case WireKind::kCodeVerifier:
    case WireKind::kOther:
      return "m-client";
    case WireKind::kAccessToken:
    case WireKind::kRefreshToken:
    case WireKind::kCode:
      return "m-issued";
    case WireKind::kText:
      return "";
  }
  return "";
}

}  // namespace

void WireParts::text(std::string_view given, std::string_view kind) {
  if (given.size() > room_) left_out_ += given.size() - room_;
  const std::string text = given.size() > room_ ? shown(given, room_) : with_visible_marks(given);
  if (room_ == 0 || text.empty()) return;
  room_ -= std::min(given.size(), room_);
  if (!spans_.empty() && spans_.back()["kind"] == kind && !kind.starts_with("m-")) {
    spans_.back()["text"].get_ref<std::string&>() += text;
    return;
  }
  spans_.push_back({{"text", text}, {"kind", kind}});
}

nlohmann::json WireParts::take() {
  if (left_out_ > 0) {
    spans_.push_back({{"text", fmt::format("\n{} more bytes are not shown.", left_out_)},
                      {"kind", "aside-note"}});
  }
  return std::move(spans_);
}

void WireParts::part(const WirePart& part, std::string_view kind) {
  if (part.kind == WireKind::kText) {
    text(part.text, kind);
  } else {
    secret(part.secret, part.kind);
  }
}

void WireParts::parts(const WireText& parts, std::string_view kind) {
  for (const WirePart& each : parts) part(each, kind);
}

void WireParts::secret(const Secret& secret, WireKind kind) {
  if (kind == WireKind::kPassword) {
    text(kPasswordMask, mask_kind(kind));
  } else if (secrets_ == Secrets::kMasked || secret.empty()) {
    text(kMask, mask_kind(kind));
  } else {
    text(secret.reveal(), mask_kind(kind));
  }
}

std::vector<WireText> split_form(const WireText& body) {
  std::vector<WireText> fields(1);
  for (const WirePart& part : body) {
    if (part.kind != WireKind::kText) {
      fields.back().push_back(part.copy());
      continue;
    }
    std::string_view rest = part.text;
    while (true) {
      const std::size_t end = rest.find('&');
      const std::string_view piece = rest.substr(0, end);
      if (!piece.empty()) fields.back().push_back(WirePart::plain(std::string{piece}));
      if (end == std::string_view::npos) break;
      fields.emplace_back();
      rest.remove_prefix(end + 1);
    }
  }
  if (fields.back().empty()) fields.pop_back();
  return fields;
}

std::string_view kind_of_field(const WireText& field) {
  if (field.empty()) return {};
  const std::string_view text = field.front().text;
  const std::string_view name = text.substr(0, text.find('='));
  if (name == "username" || name == "password") return "owner";
  if (name == "client_id" || name == "client_secret") return "client";
  if (name == "refresh_token" || name == "token" || name == "code") return "issued";
  return {};
}

}  // namespace bbgrant::app
