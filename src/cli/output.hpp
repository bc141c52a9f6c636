// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "bbgrant/secret.hpp"
#include "cli/environment.hpp"

namespace bbgrant::cli {

/// Data goes to stdout, talk to stderr. Text goes out at once; nothing is kept back in a buffer
/// that nobody wipes.
class Output {
 public:
  explicit Output(const Environment& environment);

  /// To stdout.
  /// @throws Failure when it cannot be written: a program that reads half an answer must know.
  void data(std::string_view text) const;
  void data(const Secret& text) const { data(text.reveal()); }

  /// To stderr; failing to talk is no failure.
  void talk(std::string_view text) const noexcept;

  [[nodiscard]] bool data_to_terminal() const noexcept { return data_to_terminal_; }
  /// For what talk() writes.
  [[nodiscard]] bool colour() const noexcept { return colour_; }
  [[nodiscard]] bool unicode() const noexcept { return unicode_; }
  /// Columns of the terminal that talk() writes to; 0 when it is none.
  [[nodiscard]] unsigned width() const noexcept;

 private:
  bool data_to_terminal_;
  bool colour_;
  bool unicode_;
};

}  // namespace bbgrant::cli
