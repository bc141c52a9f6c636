// SPDX-License-Identifier: MIT
#include "http/form.hpp"

#include <algorithm>
#include <cstring>

#include <boost/url/encode.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "http/percent.hpp"

namespace bbgrant::http {

namespace urls = boost::urls;

namespace {

// More than any implementation keeps inside the string object.
constexpr std::size_t kHeapSize = 32;

std::string encode(std::string_view text) {
  return urls::encode({text.data(), text.size()}, urls::unreserved_chars);
}

template <class Parts>
std::string encode_parts(const Parts& parts) {
  std::string query;
  for (const auto& [name, value] : parts) {
    if (!query.empty()) query += '&';
    query += encode(name);
    query += '=';
    query += encode(value);
  }
  return query;
}

}  // namespace

std::string_view describe(FormFault fault) noexcept {
  switch (fault) {
    case FormFault::kBadPercentCode:
      return "malformed percent code";
    case FormFault::kBadUtf8:
      return "text that is not UTF-8";
    case FormFault::kNul:
      return "NUL byte";
    case FormFault::kTooManyParameters:
      return "too many parameters";
  }
  return "malformed form";
}

bool is_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  while (i < text.size()) {
    const unsigned char lead = byte(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    // RFC 3629 section 4: how many bytes follow, and what the first of them may be.
    std::size_t follow = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      follow = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      follow = 2;
      if (lead == 0xE0) low = 0xA0;   // overlong
      if (lead == 0xED) high = 0x9F;  // surrogates
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      follow = 3;
      if (lead == 0xF0) low = 0x90;   // overlong
      if (lead == 0xF4) high = 0x8F;  // beyond U+10FFFF
    } else {
      return false;
    }
    if (text.size() - i <= follow) return false;
    if (byte(i + 1) < low || byte(i + 1) > high) return false;
    for (std::size_t k = 2; k <= follow; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    }
    i += follow + 1;
  }
  return true;
}

std::variant<std::string, FormFault> percent_decode(std::string_view text, bool plus_is_blank) {
  const auto checked = urls::make_pct_string_view({text.data(), text.size()});
  if (!checked) return FormFault::kBadPercentCode;
  std::string decoded;
  // On the heap and never grown: a string that moves within itself, or grows, leaves copies of a
  // password behind (S14).
  decoded.reserve(std::max(text.size(), kHeapSize));
  urls::encoding_opts options;
  options.space_as_plus = plus_is_blank;
  checked->decode(options, urls::string_token::assign_to(decoded));
  std::optional<FormFault> fault;
  if (decoded.find('\0') != std::string::npos) {
    fault = FormFault::kNul;
  } else if (!is_utf8(decoded)) {
    fault = FormFault::kBadUtf8;
  }
  if (!fault) return decoded;
  ::explicit_bzero(decoded.data(), decoded.size());
  return *fault;
}

std::variant<std::string, FormFault> decode_form_value(std::string_view text) {
  return percent_decode(text, true);
}

std::variant<Form, FormFault> parse_form(std::string_view text, std::size_t max_parameters) {
  Form form;
  const auto parts = static_cast<std::size_t>(std::count(text.begin(), text.end(), '&')) + 1;
  form.parameters_.reserve(std::min(parts, max_parameters));
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (part.empty()) continue;
    if (form.parameters_.size() == max_parameters) return FormFault::kTooManyParameters;
    // Boost.URL's query parser refuses bytes that forms in the wild hold raw ({, ", ^), so it only
    // decodes; the split is that of the URL standard's form parser.
    const std::size_t equals = part.find('=');
    auto name = decode_form_value(part.substr(0, equals));
    if (const auto* fault = std::get_if<FormFault>(&name)) return *fault;
    auto value = decode_form_value(equals == std::string_view::npos ? std::string_view{}
                                                                    : part.substr(equals + 1));
    if (const auto* fault = std::get_if<FormFault>(&value)) return *fault;
    form.parameters_.emplace_back(std::get<std::string>(std::move(name)),
                                  std::get<std::string>(std::move(value)));
  }
  return form;
}

Form& Form::operator=(Form&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  parameters_ = std::move(other.parameters_);
  return *this;
}

Form::~Form() { wipe(); }

void Form::wipe() noexcept {
  for (auto& [name, value] : parameters_) ::explicit_bzero(value.data(), value.size());
  parameters_.clear();
}

std::optional<std::string_view> Form::get(std::string_view name) const noexcept {
  for (const auto& [known, value] : parameters_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

bool Form::is_repeated(std::string_view name) const noexcept {
  return std::count_if(parameters_.begin(), parameters_.end(),
                       [name](const auto& parameter) { return parameter.first == name; }) > 1;
}

std::optional<std::string_view> Form::repeated() const noexcept {
  // At most 50 parameters (S15), so every pair may be looked at.
  for (std::size_t i = 1; i < parameters_.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (parameters_[i].first == parameters_[k].first) return parameters_[k].first;
    }
  }
  return std::nullopt;
}

Secret Form::take_secret(std::string_view name) {
  for (auto& [known, value] : parameters_) {
    if (known == name) return Secret{std::move(value)};
  }
  return Secret{};
}

std::string encode_query(QueryParts parts) { return encode_parts(parts); }

std::string encode_query(const std::vector<std::pair<std::string, std::string>>& parts) {
  return encode_parts(parts);
}

std::string encode_segment(std::string_view segment) { return encode(segment); }

}  // namespace bbgrant::http
