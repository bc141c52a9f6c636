// SPDX-License-Identifier: MIT
#include "pages/render.hpp"

#include <stdexcept>

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

const EmbeddedFile& find_template(std::string_view name) {
  for (const EmbeddedFile& file : embedded_templates()) {
    if (file.name.substr(0, file.name.rfind('.')) == name) return file;
  }
  throw std::out_of_range("no such template");
}

}  // namespace

std::string render(std::string_view name, const nlohmann::json& values) {
  data root = to_data(values);
  // kainjow looks partials up among the values, so their names must not be those of values.
  for (const EmbeddedFile& file : embedded_templates()) {
    if (!file.name.starts_with('_')) continue;
    root.set(std::string{file.name.substr(0, file.name.rfind('.'))},
             data{kainjow::mustache::partial{[text = file.text] { return std::string{text}; }}});
  }
  // Parsed anew each time: kainjow's render() changes the object, and parsing is cheap beside it.
  kainjow::mustache::mustache page{std::string{find_template(name).text}};
  if (!page.is_valid()) throw std::logic_error("template: " + page.error_message());
  std::string html = page.render(root);
  if (!page.is_valid()) throw std::logic_error("template: " + page.error_message());
  return html;
}

std::string json_for_script(const nlohmann::json& values) {
  std::string escaped;
  // Bytes that are no UTF-8 become U+FFFD in place of an exception.
  for (const char c : values.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)) {
    switch (c) {
      case '<':
        escaped += "\\u003c";
        break;
      case '>':
        escaped += "\\u003e";
        break;
      case '&':
        escaped += "\\u0026";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace bbgrant::pages
