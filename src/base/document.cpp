// SPDX-License-Identifier: MIT
#include "base/document.hpp"

#include <algorithm>
#include <cstring>
#include <sstream>

#include <fmt/chrono.h>

namespace bbgrant::base {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestText = 1024;

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace

json parse_document(std::string_view text) {
  // The parser itself keeps the last of two equal names.
  std::vector<std::set<std::string>> names;
  std::string twice;
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key && !names.back().insert(value).second) {
      twice = value.get<std::string>();
    }
    return true;
  };
  try {
    json document = json::parse(text, watch);
    if (!twice.empty()) throw DocumentError(twice, "stands twice in one object");
    return document;
  } catch (const json::parse_error& error) {
    const auto read = text.substr(0, std::min(text.size(), error.byte));
    throw DocumentError("line " + std::to_string(1 + std::ranges::count(read, '\n')),
                        "is no JSON from here on");
  }
}

Fields::Fields(json& object, std::string path) : object_(object), path_(std::move(path)) {
  if (!object.is_object()) throw DocumentError(path_, "expected an object");
}

json* Fields::value(const char* name) {
  asked_.emplace(name);
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

bool Fields::has(const char* name) {
  asked_.emplace(name);
  return object_.contains(name);
}

bool Fields::is_null(const char* name) { return has(name) && object_.at(name).is_null(); }

std::optional<std::string> Fields::text(const char* name) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) refuse(name, "expected a string");
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > kLongestText || has_control(text)) {
    refuse(name, "expected at most 1024 bytes without control characters");
  }
  return text;
}

std::string Fields::required_text(const char* name) {
  auto found = text(name);
  if (!found || found->empty()) refuse(name, "is required");
  return std::move(*found);
}

std::string Fields::required_name(const char* name) {
  auto found = required_text(name);
  const bool good = found.size() <= 64 && std::ranges::all_of(found, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
                    });
  if (!good) refuse(name, "expected 1 to 64 letters, digits, dots, hyphens or underscores");
  return found;
}

std::optional<bool> Fields::flag(const char* name) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) refuse(name, "expected true or false");
  return found->get<bool>();
}

std::optional<std::int64_t> Fields::number(const char* name, std::int64_t least,
                                           std::int64_t most) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  const bool fits = found->is_number_integer() &&
                    (!found->is_number_unsigned() ||
                     found->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX));
  if (!fits || found->get<std::int64_t>() < least || found->get<std::int64_t>() > most) {
    refuse(name,
           "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return found->get<std::int64_t>();
}

std::optional<Secret> Fields::secret(const char* name) {
  json* found = value(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) refuse(name, "expected a string");
  auto& text = found->get_ref<std::string&>();
  if (text.empty() || text.size() > kLongestText) refuse(name, "expected 1 to 1024 bytes");
  Secret secret{std::string_view{text}};
  ::explicit_bzero(text.data(), text.size());  // S14
  return secret;
}

std::optional<std::vector<std::string>> Fields::words(const char* name) {
  const json* found = value(name);
  if (found == nullptr) return std::nullopt;
  std::vector<std::string> words;
  if (found->is_string()) {
    std::istringstream stream{text(name).value_or("")};
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
  }
  if (!found->is_array()) refuse(name, "expected an array of strings");
  for (const json& word : *found) {
    if (!word.is_string()) refuse(name, "expected an array of strings");
    words.push_back(word.get<std::string>());
  }
  return words;
}

void Fields::each(const char* name, const std::function<void(Fields&)>& read) {
  json* found = value(name);
  if (found == nullptr) return;
  if (!found->is_array()) refuse(name, "expected an array of objects");
  for (std::size_t i = 0; i < found->size(); ++i) {
    Fields fields{(*found)[i], path_of(name) + "[" + std::to_string(i) + "]"};
    read(fields);
    fields.finish();
  }
}

void Fields::finish() const {
  for (const auto& [name, value] : object_.items()) {
    if (asked_.contains(name)) continue;
    std::string known;
    for (const auto& each : asked_) known += (known.empty() ? "" : ", ") + each;
    throw DocumentError(path_of(name), "unknown field; known are " + known);
  }
}

void Fields::refuse(const char* name, const std::string& expected) const {
  throw DocumentError(path_of(name), expected);
}

std::string Fields::path_of(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

std::string format_time(std::chrono::sys_seconds time) {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace bbgrant::base
