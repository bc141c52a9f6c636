// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "bbgrant/secret.hpp"

namespace bbgrant::base {

/// What is wrong with a JSON document that a person or a test suite wrote. The text says where and
/// what was expected, and repeats nothing of the document but names (S94).
class DocumentError : public std::runtime_error {
 public:
  /// @param path  "users[1].password"; "line 3" where it is no JSON; may be empty.
  DocumentError(std::string path, const std::string& why)
      : std::runtime_error(path.empty() ? why : path + ": " + why),
        path_(std::move(path)),
        why_(why) {}

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// What is wrong, without the path.
  [[nodiscard]] const std::string& why() const noexcept { return why_; }

 private:
  std::string path_;
  std::string why_;
};

/// Parses JSON; a name that stands twice in one object is refused. @throws DocumentError
[[nodiscard]] nlohmann::json parse_document(std::string_view text);

/// Reads one object, member by member. What was not asked for by the time of finish() is unknown
/// and refused. Each function throws DocumentError. One thread at a time.
class Fields {
 public:
  /// @param object  outlives this; secrets are wiped in it as they are read.
  explicit Fields(nlohmann::json& object, std::string path = {});

  /// It is there, maybe as null.
  [[nodiscard]] bool has(const char* name);
  [[nodiscard]] bool is_null(const char* name);

  // The member, or nothing where it is not there or null.

  /// Without control characters, at most 1,024 bytes.
  [[nodiscard]] std::optional<std::string> text(const char* name);
  [[nodiscard]] std::optional<bool> flag(const char* name);
  [[nodiscard]] std::optional<std::int64_t> number(const char* name, std::int64_t least,
                                                   std::int64_t most);
  /// 1 to 1,024 bytes, as they are.
  [[nodiscard]] std::optional<Secret> secret(const char* name);
  /// An array of strings, or one string with blanks between its words.
  [[nodiscard]] std::optional<std::vector<std::string>> words(const char* name);
  /// Any value; null where it is not there.
  [[nodiscard]] nlohmann::json* value(const char* name);
  /// Calls `read` for each object of an array.
  void each(const char* name, const std::function<void(Fields&)>& read);

  /// @throws DocumentError when the member is not there.
  [[nodiscard]] std::string required_text(const char* name);

  /// Letters, digits, dots, hyphens, underscores; at most 64. @throws DocumentError
  [[nodiscard]] std::string required_name(const char* name);

  void finish() const;
  [[noreturn]] void refuse(const char* name, const std::string& expected) const;
  [[nodiscard]] std::string path_of(const std::string& name) const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  nlohmann::json& object_;
  std::string path_;
  std::set<std::string, std::less<>> asked_;
};

/// "2030-01-02T03:04:05Z", RFC 3339.
[[nodiscard]] std::string format_time(std::chrono::sys_seconds time);

}  // namespace bbgrant::base
