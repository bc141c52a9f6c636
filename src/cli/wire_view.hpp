// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <bbgrant/wire.hpp>

namespace bbgrant::cli {

/// Shows what goes over the wire as the tour does: a lane for each participant, an arrow for each
/// message, numbered. Secrets are masked, control characters escaped (S87). For `-v`.
/// Used by one thread.
class WireView {
 public:
  enum class Lane { kOwner, kClient, kAuthorizationServer, kResourceServer };

  struct Look {
    bool colour = false;
    bool unicode = false;
    /// Columns; 0: lines are not broken.
    unsigned width = 0;
  };

  using Write = std::function<void(std::string_view text)>;

  WireView(Look look, Write write);

  /// The resource owner gave the client name and password.
  void credentials_given(std::string_view username);

  /// One request and its answer.
  /// @param server  who answered.
  void exchange(const Exchange& exchange, Lane server);

 private:
  enum class Style { kPlain, kBold, kDim, kRefused, kOwner, kClient, kAuthorization, kResource };
  struct Piece {
    Style style;
    std::string text;
  };
  using Line = std::vector<Piece>;

  [[nodiscard]] static Style style_of(Lane lane) noexcept;
  [[nodiscard]] std::string paint(Style style, const std::string& text) const;
  [[nodiscard]] std::string lanes() const;
  [[nodiscard]] std::string arrow(Lane from, Lane to) const;
  [[nodiscard]] Piece mask(WireKind kind) const;
  [[nodiscard]] std::vector<Line> lines_of(const WireText& text) const;
  [[nodiscard]] std::vector<Line> headers_and_body(const WireMessage& message) const;

  void header_once();
  void message(Lane from, Lane to, const Line& first, const std::vector<Line>& rest);
  void print(std::string prefix, const std::string& next_prefix, const Line& line) const;

  Look look_;
  Write write_;
  unsigned number_ = 0;
};

}  // namespace bbgrant::cli
