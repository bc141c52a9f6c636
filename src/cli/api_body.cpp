// SPDX-License-Identifier: MIT
#include "cli/api_body.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <strings.h>

#include "cli/exit_code.hpp"
#include "cli/option.hpp"
#include "cli/setting.hpp"
#include "http/form.hpp"

namespace bbgrant::cli {
namespace {

using nlohmann::ordered_json;

// "-" is standard input.
std::string contents_of(const std::string& path, const std::string& flag) {
  std::ifstream file{path == "-" ? "/dev/stdin" : path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open() || file.bad()) throw UsageError{flag + ": " + path + " cannot be read"};
  return text;
}

std::pair<std::string, std::string> split(const std::string& field, char at,
                                          const std::string& expected) {
  const std::size_t mark = field.find(at);
  if (mark == std::string::npos || mark == 0) throw UsageError{expected};
  return {field.substr(0, mark), field.substr(mark + 1)};
}

// true, false, null and whole numbers as themselves, @FILE as what is in it, all else as text.
ordered_json typed_value(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (text == "null") return nullptr;
  if (text.starts_with('@')) return contents_of(text.substr(1), "--field");
  const bool negative = text.starts_with('-');
  if (const auto number = parse_number(std::string_view{text}.substr(negative ? 1 : 0))) {
    return negative ? -*number : *number;
  }
  return text;
}

// "project[key]" is the member "key" of the member "project".
ordered_json::json_pointer place_of(const std::string& name, const std::string& flag) {
  ordered_json::json_pointer place;
  std::string_view rest = name;
  place.push_back(std::string{rest.substr(0, rest.find('['))});
  rest.remove_prefix(std::min(rest.find('['), rest.size()));
  while (!rest.empty()) {
    const std::size_t close = rest.find(']');
    if (rest.front() != '[' || close == std::string_view::npos || close == 1) {
      throw UsageError{flag + ": expected NAME=VALUE, such as title=Hello or project[key]=WEB"};
    }
    place.push_back(std::string{rest.substr(1, close - 1)});
    rest.remove_prefix(close + 1);
  }
  return place;
}

ordered_json object_of(const ApiFields& fields) {
  ordered_json object = ordered_json::object();
  const auto add = [&](const std::string& field, const std::string& flag, bool typed) {
    auto [name, value] =
        split(field, '=', flag + ": expected NAME=VALUE, such as title=Hello or project[key]=WEB");
    try {
      object[place_of(name, flag)] = typed ? typed_value(value) : ordered_json(value);
    } catch (const ordered_json::exception&) {
      throw UsageError{flag + ": " + name + " does not fit to a field before it"};
    }
  };
  for (const std::string& field : fields.text) add(field, "--raw-field", false);
  for (const std::string& field : fields.typed) add(field, "--field", true);
  return object;
}

std::string query_of(const ordered_json& object) {
  std::vector<std::pair<std::string, std::string>> parts;
  for (const auto& [name, value] : object.items()) {
    parts.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return http::encode_query(parts);
}

}  // namespace

void declare_api_fields(CLI::App& parser, ApiFields& fields) {
  add_repeated(parser, "-f,--raw-field", fields.text,
               "A text of the JSON body, or of a GET's query", "NAME=VALUE");
  add_repeated(parser, "-F,--field", fields.typed,
               "The same; true, false, null and numbers as such, @FILE as its contents",
               "NAME=VALUE");
  add_repeated(parser, "-H,--header", fields.headers,
               "A header more, such as \"Accept: text/plain\"", "NAME:VALUE");
  parser.add_option("--input", fields.input, "The body from a file; - is standard input")
      ->type_name("FILE");
}

ApiRequest request_of(const ApiFields& fields, const std::string& target, const std::string& method,
                      bool reads) {
  ApiRequest request;
  request.target = target;
  const bool has_fields = !fields.text.empty() || !fields.typed.empty();
  if (has_fields && !fields.input.empty()) {
    throw UsageError{"--input and --field exclude each other: put the fields into the file"};
  }
  const bool body = has_fields || !fields.input.empty();
  request.method = !method.empty() ? method : body && !reads ? "POST" : "GET";
  for (const std::string& header : fields.headers) {
    auto [name, value] = split(header, ':', "--header: expected NAME:VALUE");
    value.erase(0, value.find_first_not_of(' '));
    if (::strcasecmp(name.c_str(), "content-type") == 0) {
      request.content_type = value;
    } else {
      request.headers.emplace_back(std::move(name), std::move(value));
    }
  }
  if (!fields.input.empty()) request.body = contents_of(fields.input, "--input");
  if (!has_fields) return request;
  const ordered_json object = object_of(fields);
  if (request.method == "GET" || request.method == "HEAD") {
    request.target += (target.find('?') == std::string::npos ? "?" : "&") + query_of(object);
  } else {
    request.body = object.dump();
  }
  return request;
}

}  // namespace bbgrant::cli
