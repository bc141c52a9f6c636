// SPDX-License-Identifier: MIT
#include "resource/page.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <nlohmann/json.hpp>

#include "http/form.hpp"
#include "resource/api_error.hpp"

namespace bbgrant::resource {
namespace {

constexpr std::int64_t kLastPage = 1'000'000;

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::string link_to(const http::Request& request, std::int64_t page) {
  std::string path;  // from the decoded segments: a client may have sent braces as they are
  for (const auto& segment : request.segments)
    path.append("/").append(http::encode_segment(segment));
  boost::urls::url link = boost::urls::parse_uri(request.origin() + path).value();
  if (!request.query.empty()) link.set_encoded_query(request.query);
  link.params().erase("access_token");
  link.params().set("page", std::to_string(page));
  return std::string{link.buffer()};
}

}  // namespace

std::variant<PageRequest, http::Response> parse_page(const http::Request& request,
                                                     PageLimits limits) {
  PageRequest asked{.page = 1, .pagelen = limits.usual};
  auto parsed = http::parse_form(request.query);
  const auto* query = std::get_if<http::Form>(&parsed);
  if (query == nullptr) return api_error(400, "Malformed query string");
  if (const auto text = query->get("pagelen")) {
    const auto number = parse_number(*text);
    if (!number || *number < 0 || *number > limits.most) return api_error(400, "Invalid pagelen");
    if (*number > 0) asked.pagelen = *number;
  }
  if (const auto text = query->get("page")) {
    const auto number = parse_number(*text);
    if (!number || *number < 1 || *number > kLastPage) return api_error(400, "Invalid page");
    asked.page = *number;
  }
  return asked;
}

nlohmann::ordered_json page_of(const http::Request& request, const PageRequest& asked,
                               std::int64_t size, std::vector<nlohmann::ordered_json> values) {
  nlohmann::ordered_json page{{"values", std::move(values)},
                              {"pagelen", asked.pagelen},
                              {"size", size},
                              {"page", asked.page}};
  if (asked.page * asked.pagelen < size) page["next"] = link_to(request, asked.page + 1);
  if (asked.page > 1) page["previous"] = link_to(request, asked.page - 1);
  return page;
}

}  // namespace bbgrant::resource
