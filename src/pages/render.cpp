// SPDX-License-Identifier: MIT
#include "pages/render.hpp"

#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "pages/embedded_files.hpp"

namespace bbgrant::pages {

namespace {

using kainjow::mustache::data;

data to_data(const nlohmann::json& value) {
  switch (value.type()) {
    case nlohmann::json::value_t::object: {
      data object{data::type::object};
      for (const auto& [name, member] : value.items()) object.set(name, to_data(member));
      return object;
    }
    case nlohmann::json::value_t::array: {
      data list{data::type::list};
      for (const auto& member : value) list.push_back(to_data(member));
      return list;
    }
    case nlohmann::json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      // kainjow takes an empty string for true; a section about nothing should not appear.
      if (text.empty()) return data{false};
      return data{text};
    }
    case nlohmann::json::value_t::boolean:
      return data{value.get<bool>()};
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
    case nlohmann::json::value_t::number_float:
      return data{value.dump()};
    case nlohmann::json::value_t::null:
    case nlohmann::json::value_t::binary:
    case nlohmann::json::value_t::discarded:
      return data{false};
  }
  return data{false};
}

std::string_view find_template(std::string_view name) {
  for (const EmbeddedFile& file : embedded_templates()) {
    if (file.name.substr(0, file.name.rfind('.')) == name) return file.text;
  }
  throw std::out_of_range("no such template");
}

/// The text with each {{> part}} replaced by that part, so that it is parsed once and as a whole.
std::string with_parts(std::string_view text) {
  constexpr std::string_view kStart = "{{> ";
  constexpr std::string_view kEnd = "}}";
  std::string whole;
  while (true) {
    const std::size_t start = text.find(kStart);
    whole += text.substr(0, start);
    if (start == std::string_view::npos) return whole;
    text.remove_prefix(start + kStart.size());
    const std::size_t end = text.find(kEnd);
    whole += with_parts(find_template(text.substr(0, end)));
    text.remove_prefix(end + kEnd.size());
  }
}

/// Parsed once a thread: kainjow's render() changes the object.
kainjow::mustache::mustache& parsed(std::string_view name) {
  thread_local std::map<std::string, kainjow::mustache::mustache, std::less<>> known;
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  return known
      .emplace(std::string{name}, kainjow::mustache::mustache{with_parts(find_template(name))})
      .first->second;
}

}  // namespace

std::string render(std::string_view name, const nlohmann::json& values) {
  kainjow::mustache::mustache& page = parsed(name);
  if (!page.is_valid()) throw std::logic_error("template: " + page.error_message());
  std::string html = page.render(to_data(values));
  if (!page.is_valid()) throw std::logic_error("template: " + page.error_message());
  return html;
}

}  // namespace bbgrant::pages
