// SPDX-License-Identifier: MIT
#include "app/transcript_export.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/diagram_view.hpp"
#include "app/token_view.hpp"

namespace bbgrant::app {

namespace {

/// A fence that no line of the text can end: longer than any row of backticks in it.
std::string fenced(const std::string& text) {
  std::size_t longest = 2;
  std::size_t row = 0;
  for (const char c : text) {
    row = c == '`' ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  const std::string fence(longest + 1, '`');
  return fence + "http\n" + text + (text.ends_with('\n') ? "" : "\n") + fence + "\n\n";
}

std::string exchange_markdown(const Recorded& recorded) {
  const Exchange& exchange = recorded.exchange;
  std::string text = fmt::format(
      "### {}. {} {}\n\n", recorded.id, exchange.method,
      recorded.status == 0
          ? std::string{"without an answer"}
          : fmt::format("answered {} in {}", recorded.status, duration_words(exchange.took)));
  text += fenced(masked(exchange.request));
  if (exchange.response) {
    text += fenced(masked(*exchange.response));
  } else {
    text += fenced(exchange.failure);
  }
  return text;
}

}  // namespace

std::string transcript_markdown(const SessionState& state) {
  std::string text =
      "# Transcript of bbgrant\n\nEvery exchange of this session as it went over the wire. Secrets "
      "stand as `***`.\n\n";
  if (state.transcript_cut) text += "The oldest exchanges were dropped.\n\n";
  for (const Run& run : state.runs) {
    text += fmt::format("## Run {}\n\n", run.number) + fenced(who_of(run));
    for (const auto& recorded : state.transcript) {
      if (recorded->run == run.number) text += exchange_markdown(*recorded);
    }
  }
  return text;
}

}  // namespace bbgrant::app
