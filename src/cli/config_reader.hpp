// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/config.hpp"
#include "cli/setting.hpp"

namespace bbgrant::cli {

/// Receives the parser's events for one settings document and knows on which line it is.
/// One document, one reader, one thread.
class ConfigReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  /// @param text  is read by read() and not kept beyond it.
  ConfigReader(std::string_view text, std::string name);

  /// @throws ConfigProblem
  [[nodiscard]] Config read();

  bool null() override;
  bool boolean(bool value) override;
  bool number_integer(number_integer_t value) override;
  bool number_unsigned(number_unsigned_t value) override;
  bool number_float(number_float_t value, const string_t& text) override;
  bool string(string_t& text) override;
  bool binary(binary_t& value) override;
  bool start_object(std::size_t size) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(std::size_t size) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception& error) override;

 private:
  [[nodiscard]] std::string key_path(std::string_view name) const;
  [[nodiscard]] std::size_t line_at(std::size_t position) const;
  [[noreturn]] void refuse(std::size_t line, const std::string& key, const std::string& why) const;
  [[noreturn]] void refuse_shape() const;
  [[noreturn]] void refuse_unknown(std::string_view name) const;
  void store(std::string_view text);
  bool scalar(Shape shape, std::string_view text);
  // Called when an object below the document ends: what it must hold is there.
  void check_object() const;

  std::string_view text_;
  std::string name_;
  // How many bytes the parser has taken. It reads no byte beyond a key's closing quote.
  std::size_t taken_ = 0;
  Config config_;
  std::set<std::string> seen_;
  std::size_t depth_ = 0;
  // The object that is open below the document, with its line.
  std::string object_;
  std::size_t object_line_ = 0;
  bool in_list_ = false;
  std::string list_;
  // The key whose value comes next, as a path, and its line.
  const Setting* setting_ = nullptr;
  std::string key_;
  std::size_t line_ = 1;
};

}  // namespace bbgrant::cli
