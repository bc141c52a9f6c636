// SPDX-License-Identifier: MIT
// The token request as the person edits it: method, headers and fields are theirs, host and path
// are not (S48).
#include "app/edited_request.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "app/diagram_view.hpp"
#include "app/endpoints.hpp"
#include "app/site.hpp"

namespace bbgrant::app {

namespace {

/// What the form writes in place of the app's key and secret.
constexpr std::string_view kMask = "••••";

Secret basic_credentials(const Consumer& consumer) {
  // RFC 6749 section 2.3.1: both are form-encoded first.
  const Secret plain{http::encode_segment(consumer.key) + ":" +
                     http::encode_segment(consumer.secret.reveal())};
  std::string text(sodium_base64_ENCODED_LEN(plain.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(),
                    reinterpret_cast<const unsigned char*>(plain.reveal().data()), plain.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the ending zero
  return Secret{std::move(text)};
}

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r") - start + 1);
}

template <class Each>
void each_line(std::string_view text, const Each& each) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (const std::string_view line = trimmed(text.substr(0, end)); !line.empty()) each(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

std::vector<WireHeader> headers_of(std::string_view text, const Consumer& consumer) {
  std::vector<WireHeader> headers;
  each_line(text, [&](std::string_view line) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    const std::string_view value =
        colon == line.size() ? std::string_view{} : trimmed(line.substr(colon + 1));
    WireText parts;
    const std::size_t blank = value.find(' ');
    if (value.find(kMask) != std::string_view::npos) {
      parts.push_back(WirePart::plain("Basic "));
      parts.push_back(WirePart::hidden(WireKind::kBasicCredentials, basic_credentials(consumer)));
    } else if ((name == "Authorization" || name == "authorization") && blank != value.npos) {
      parts.push_back(WirePart::plain(std::string{value.substr(0, blank + 1)}));
      parts.push_back(WirePart::hidden(WireKind::kOther, Secret{value.substr(blank + 1)}));
    } else {
      parts = wire_text(std::string{value});
    }
    headers.push_back({std::string{name}, std::move(parts)});
  });
  return headers;
}

WireKind kind_of(std::string_view name) {
  if (name == "password") return WireKind::kPassword;
  if (name == "client_secret") return WireKind::kConsumerSecret;
  if (name == "refresh_token") return WireKind::kRefreshToken;
  if (name == "code") return WireKind::kCode;
  if (name == "code_verifier") return WireKind::kCodeVerifier;
  return WireKind::kText;
}

/// One field a line. "password=••••" takes what stands in the password field.
WireText body_of(std::string_view text, const Secret& password) {
  WireText body;
  each_line(text, [&](std::string_view line) {
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string_view name = line.substr(0, equals);
    std::string_view value = equals == line.size() ? line.substr(equals) : line.substr(equals + 1);
    if (value.find(kMask) != std::string_view::npos) value = password.reveal();
    body.push_back(WirePart::plain((body.empty() ? "" : "&") + http::encode_segment(name) + "="));
    std::string encoded = http::encode_segment(value);
    const WireKind kind = kind_of(name);
    body.push_back(kind == WireKind::kText ? WirePart::plain(std::move(encoded))
                                           : WirePart::hidden(kind, Secret{std::move(encoded)}));
  });
  return body;
}

/// The parts of a request; a function may be copied, they may not.
struct Edited {
  std::string method;
  std::vector<WireHeader> headers;
  WireText body;
};

}  // namespace

boost::asio::awaitable<http::Response> post_edited(Site& site, http::Request& request) {
  auto accepted = accept_form(site, request, Scripts::kRefused);
  if (auto* refused = std::get_if<http::Response>(&accepted)) co_return std::move(*refused);
  Posted posted = std::get<Posted>(std::move(accepted));
  const SessionState state = posted.session->snapshot();
  if (state.run() == nullptr) co_return http::Response::redirect("/#step-3");
  const Secret password = posted.form.take_secret("password");
  const auto edited = std::make_shared<Edited>();
  edited->method = trimmed(posted.form.get("method").value_or("POST"));
  edited->headers = headers_of(posted.form.get("headers").value_or(""), consumer_of(site, state));
  edited->body = body_of(posted.form.get("fields").value_or(""), password);
  auto work = [&site, consumer = state.consumer, edited] {
    return site.calls.raw(consumer, std::move(edited->method), std::move(edited->headers),
                          std::move(edited->body));
  };
  auto ran = co_await site.executor.run(work);
  Called<std::monostate> called;
  if (ran.index() == 0) {
    called = std::get<0>(std::move(ran));
  } else {
    called.outcome = too_busy();
  }
  const bool ok = called.ok();
  const int id = posted.session->record(state.run()->number, ExchangeKind::kToken, kEdited,
                                        std::move(called.exchanges));
  if (id == 0 && !ok) {
    posted.session->note_trouble({.where = ExchangeKind::kToken, .failure = called.failure()});
    co_return http::Response::redirect("/#result");
  }
  co_return http::Response::redirect(exchange_link(id, 4));
}

}  // namespace bbgrant::app
