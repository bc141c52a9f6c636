// SPDX-License-Identifier: MIT
#include "cli/wire_view.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

constexpr std::size_t kLanes = 4;
constexpr std::size_t kLaneWidth = 3;
// Lanes, a gap, the number.
constexpr std::size_t kTextColumn = 1 + kLanes * kLaneWidth + 4;

// Columns, near enough: one for each code point.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xc0U) != 0x80U;
  }));
}

// The bytes of the first `count` code points.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
    --count;
  }
  return at;
}

std::string milliseconds(std::chrono::microseconds took) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(took).count()) + " ms";
}

}  // namespace

WireView::WireView(Look look, Write write) : look_(look), write_(std::move(write)) {}

WireView::Style WireView::style_of(Lane lane) noexcept {
  switch (lane) {
    case Lane::kOwner:
      return Style::kOwner;
    case Lane::kClient:
      return Style::kClient;
    case Lane::kAuthorizationServer:
      return Style::kAuthorization;
    case Lane::kResourceServer:
      return Style::kResource;
  }
  return Style::kPlain;
}

std::string WireView::paint(Style style, const std::string& text) const {
  // The terminal's own palette, so that its theme decides about contrast.
  constexpr std::array<const char*, 8> kCodes{"", "1", "2", "31", "33", "34", "35", "32"};
  if (!look_.colour || style == Style::kPlain || text.empty()) return text;
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes.at(static_cast<std::size_t>(style)), text);
}

std::string WireView::lanes() const {
  std::string text = " ";
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    text += paint(style_of(static_cast<Lane>(lane)), look_.unicode ? "│" : "|") + "  ";
  }
  return text;
}

std::string WireView::arrow(Lane from, Lane to) const {
  const Lane left = std::min(from, to);
  const Lane right = std::max(from, to);
  const std::string start = look_.unicode ? "●" : "o";
  const std::string forward = look_.unicode ? "▶" : ">";
  const std::string back = look_.unicode ? "◀" : "<";
  const std::string bar = look_.unicode ? "─" : "-";
  const std::string rest = look_.unicode ? "│" : "|";

  std::string text = " ";
  for (std::size_t column = 0; column < kLanes; ++column) {
    const auto lane = static_cast<Lane>(column);
    const bool shaft = lane >= left && lane < right;
    if (lane == from) {
      text += paint(style_of(lane), start);
    } else if (lane == to) {
      text += paint(style_of(lane), from < to ? forward : back);
    } else {
      text += shaft ? paint(style_of(from), bar) : paint(style_of(lane), rest);
    }
    text += shaft ? paint(style_of(from), bar + bar) : "  ";
  }
  return text;
}

WireView::Piece WireView::mask(WireKind kind) const {
  const std::string dot = look_.unicode ? "•" : "*";
  std::size_t count = 12;
  Style style = Style::kAuthorization;
  switch (kind) {
    case WireKind::kPassword:
      count = 8;
      style = Style::kOwner;
      break;
    case WireKind::kBasicCredentials:
    case WireKind::kConsumerSecret:
    case WireKind::kCodeVerifier:
    case WireKind::kAssertion:
      style = Style::kClient;
      break;
    case WireKind::kText:
    case WireKind::kAccessToken:
    case WireKind::kRefreshToken:
    case WireKind::kCode:
    case WireKind::kOther:
      break;
  }
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += dot;
  return {style, std::move(text)};
}

std::vector<WireView::Line> WireView::lines_of(const WireText& text) const {
  std::vector<Line> lines(1);
  for (const WirePart& part : text) {
    if (part.kind != WireKind::kText) {
      lines.back().push_back(mask(part.kind));
      continue;
    }
    const std::string safe = escape_controls(part.text);
    std::string_view rest = safe;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      lines.back().push_back({Style::kPlain, std::string{rest.substr(0, end)}});
      lines.emplace_back();
      rest.remove_prefix(end + 1);
    }
    lines.back().push_back({Style::kPlain, std::string{rest}});
  }
  return lines;
}

std::vector<WireView::Line> WireView::headers_and_body(const WireMessage& message) const {
  std::vector<Line> lines;
  for (const WireHeader& header : message.headers) {
    Line line{{Style::kDim, escape_controls(header.name) + ":"}, {Style::kPlain, " "}};
    for (const Line& part : lines_of(header.value))
      line.insert(line.end(), part.begin(), part.end());
    lines.push_back(std::move(line));
  }
  if (message.body.empty()) return lines;
  lines.emplace_back();
  for (Line& line : lines_of(message.body)) lines.push_back(std::move(line));
  return lines;
}

void WireView::header_once() {
  if (number_ != 0) return;
  write_(fmt::format("\n {}  {}  {}  {}     {}  {}  {}  {}\n", paint(Style::kOwner, "o"),
                     paint(Style::kClient, "c"), paint(Style::kAuthorization, "a"),
                     paint(Style::kResource, "r"), paint(Style::kOwner, "owner"),
                     paint(Style::kClient, "client"),
                     paint(Style::kAuthorization, "authorization server"),
                     paint(Style::kResource, "resource server")));
}

void WireView::print(std::string prefix, const std::string& next_prefix, const Line& line) const {
  const std::size_t room = look_.width > kTextColumn + 20 ? look_.width - kTextColumn : 0;
  std::size_t used = 0;
  std::string text = std::move(prefix);
  const auto new_line = [&] {
    text.erase(text.find_last_not_of(' ') + 1);
    write_(text + "\n");
    text = next_prefix;
    used = 0;
  };
  for (const Piece& piece : line) {
    // What stands together in one style, so that it is painted at once.
    std::string together;
    const auto put = [&] {
      text += paint(piece.style, together);
      together.clear();
    };
    for (std::string_view rest = piece.text; !rest.empty();) {
      // Lines may end behind a blank, a comma of JSON and an ampersand of a form.
      const std::size_t end = rest.find_first_of(" ,&");
      std::string_view word = rest.substr(0, end == std::string_view::npos ? end : end + 1);
      if (room != 0 && used != 0 && used + columns(word) > room) {
        put();
        new_line();
      }
      if (room != 0 && columns(word) > room) word = word.substr(0, bytes_of(word, room));
      together += word;
      used += columns(word);
      rest.remove_prefix(word.size());
    }
    put();
  }
  new_line();
}

void WireView::message(Lane from, Lane to, const Line& first, const std::vector<Line>& rest) {
  header_once();
  ++number_;
  const std::string number = std::to_string(number_);
  const std::string gap(number.size() < 2 ? 3 - number.size() : 1, ' ');
  const std::string indent(4, ' ');
  print(arrow(from, to) + " " + paint(Style::kDim, number) + gap, lanes() + indent, first);
  for (const Line& line : rest) print(lanes() + indent, lanes() + indent, line);
  print(lanes(), lanes(), {});
}

void WireView::credentials_given(std::string_view username) {
  message(
      Lane::kOwner, Lane::kClient,
      {{Style::kOwner, escape_controls(username)}, {Style::kPlain, " "}, mask(WireKind::kPassword)},
      {});
}

void WireView::exchange(const Exchange& exchange, Lane server) {
  // The record's URL comes without its query; the start line has it, with secrets apart.
  const std::string start = masked(exchange.request.start_line);
  const std::size_t begin = std::min(start.find('?'), start.rfind(' '));
  const std::string query = start.substr(begin, start.rfind(' ') - begin);
  message(Lane::kClient, server,
          {{Style::kBold, escape_controls(exchange.method)},
           {Style::kPlain, " "},
           {Style::kPlain, escape_controls(exchange.url + query)}},
          headers_and_body(exchange.request));

  const std::string took = " in " + milliseconds(exchange.took);
  if (!exchange.response) {
    message(server, Lane::kClient,
            {{Style::kRefused, look_.unicode ? "✗ " : "x "},
             {Style::kRefused, escape_controls(exchange.failure)},
             {Style::kDim, took}},
            {});
    return;
  }
  std::string status = masked(exchange.response->start_line);
  if (const std::size_t blank = status.find(' '); blank != std::string::npos) {
    status.erase(0, blank + 1);
  }
  const bool refused = status.starts_with('4') || status.starts_with('5');
  const char* cross = look_.unicode ? "✗ " : "x ";
  message(server, Lane::kClient,
          {{Style::kRefused, refused ? cross : ""},
           {refused ? Style::kRefused : Style::kBold, escape_controls(status)},
           {Style::kDim, took}},
          headers_and_body(*exchange.response));
}

}  // namespace bbgrant::cli
