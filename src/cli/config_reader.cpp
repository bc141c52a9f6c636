// SPDX-License-Identifier: MIT
#include "cli/config_reader.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "cli/nearest.hpp"

namespace bbgrant::cli {
namespace {

// Goes over the text and keeps count outside of itself, since the parser works on a copy.
class CountingIterator {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the standard's names
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  // NOLINTEND(readability-identifier-naming)

  CountingIterator(const char* at, std::size_t* count) : at_(at), count_(count) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& left, const CountingIterator& right) {
    return left.at_ == right.at_;
  }

 private:
  const char* at_;
  std::size_t* count_;
};

// A person finds the place by it; a file that is no config may have a key of any length.
constexpr std::size_t kLongestShownKey = 64;

const char* describe(Shape shape) {
  switch (shape) {
    case Shape::kText:
      return "expected a text in double quotes";
    case Shape::kNumber:
      return "expected a whole number without quotes, from 0 to 65535";
    case Shape::kTextOrList:
      return "expected a text or a list of texts";
    case Shape::kTextOrObject:
      return "expected a text or an object";
    case Shape::kObject:
      return "expected an object";
  }
  return "";
}

// The parser's message quotes what it read last, which may be a secret. Only what it expected is
// taken over, and only in the words known here.
std::string what_json_expected(std::string_view message) {
  constexpr std::array<std::pair<std::string_view, const char*>, 7> kWords{{
      {"expected string literal", "expected a key in double quotes"},
      {"expected object key", "expected a key in double quotes"},
      {"expected ':'", "expected ':' after the key"},
      {"expected '}'", "expected ',' or '}'"},
      {"expected ']'", "expected ',' or ']'"},
      {"expected end of input", "expected nothing after the last '}'"},
      {"expected '[', '{', or a literal", "expected a value"},
  }};
  const std::size_t last = message.rfind("; expected ");
  if (last != std::string_view::npos) {
    const std::string_view expected = message.substr(last + 2);
    for (const auto& [theirs, ours] : kWords) {
      if (expected == theirs) return ours;
    }
  }
  return "expected valid JSON";
}

}  // namespace

ConfigReader::ConfigReader(std::string_view text, std::string name)
    : text_(text), name_(std::move(name)) {}

Config ConfigReader::read() {
  const char* begin = text_.data();
  const char* end = begin + text_.size();
  nlohmann::json::sax_parse(CountingIterator{begin, &taken_}, CountingIterator{end, &taken_}, this);
  return std::move(config_);
}

std::size_t ConfigReader::line_at(std::size_t position) const {
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(position, text_.size()));
  return 1 + static_cast<std::size_t>(std::count(text_.begin(), end, '\n'));
}

std::string ConfigReader::key_path(std::string_view name) const {
  return object_.empty() ? std::string{name} : object_ + "." + std::string{name};
}

void ConfigReader::refuse(std::size_t line, const std::string& key, const std::string& why) const {
  const std::string place = name_ + ":" + std::to_string(line) + ": ";
  throw ConfigProblem{place + (key.empty() ? "" : key + ": ") + why};
}

void ConfigReader::refuse_shape() const {
  if (setting_ == nullptr)
    refuse(line_at(taken_), "", "expected an object: { \"consumerKey\": ... }");
  refuse(line_, key_, describe(setting_->shape));
}

void ConfigReader::store(std::string_view text) {
  try {
    setting_->set(config_, text);
  } catch (const Expected& expected) {
    refuse(line_, key_, expected.what());
  }
}

bool ConfigReader::scalar(Shape shape, std::string_view text) {
  if (setting_ == nullptr) refuse_shape();
  if (in_list_) {
    if (shape != Shape::kText) refuse_shape();
    list_.append(list_.empty() ? "" : " ").append(text);
    return true;
  }
  const bool text_fits = shape == Shape::kText && setting_->shape != Shape::kNumber &&
                         setting_->shape != Shape::kObject;
  if (!text_fits && shape != setting_->shape) refuse_shape();
  store(text);
  return true;
}

bool ConfigReader::null() { refuse_shape(); }
bool ConfigReader::boolean(bool) { refuse_shape(); }
bool ConfigReader::number_float(number_float_t, const string_t&) { refuse_shape(); }
bool ConfigReader::binary(binary_t&) { refuse_shape(); }

bool ConfigReader::number_integer(number_integer_t value) {
  return scalar(Shape::kNumber, std::to_string(value));
}

bool ConfigReader::number_unsigned(number_unsigned_t value) {
  return scalar(Shape::kNumber, std::to_string(value));
}

bool ConfigReader::string(string_t& text) { return scalar(Shape::kText, text); }

bool ConfigReader::start_object(std::size_t) {
  ++depth_;
  if (depth_ == 1) return true;
  const bool takes_object = setting_ != nullptr && (setting_->shape == Shape::kObject ||
                                                    setting_->shape == Shape::kTextOrObject);
  if (!takes_object || in_list_) refuse_shape();
  object_ = key_;
  object_line_ = line_;
  return true;
}

void ConfigReader::refuse_unknown(std::string_view name) const {
  const std::string prefix = object_.empty() ? "" : object_ + ".";
  std::vector<std::string_view> known;
  for (const Setting& setting : settings()) {
    std::string_view candidate = setting.key;
    if (!candidate.starts_with(prefix)) continue;
    candidate.remove_prefix(prefix.size());
    if (candidate.find('.') == std::string_view::npos) known.push_back(candidate);
  }
  std::string why = "unknown key, ";
  if (const auto near = nearest(name, known)) {
    why.append("did you mean ").append(*near).append("?");
  } else {
    why += "expected one of";
    for (const std::string_view candidate : known) {
      why.append(candidate == known.front() ? " " : ", ").append(candidate);
    }
  }
  refuse(line_, key_.substr(0, kLongestShownKey), why);
}

bool ConfigReader::key(string_t& name) {
  line_ = line_at(taken_);
  key_ = key_path(name);
  // A path is not a key of the file.
  setting_ = name.find('.') == std::string::npos ? find_setting(key_) : nullptr;
  if (setting_ == nullptr) refuse_unknown(name);
  if (!seen_.insert(key_).second) refuse(line_, key_, "the key is repeated, expected it once");
  return true;
}

void ConfigReader::check_object() const {
  const bool endpoints_missing =
      !config_.server || config_.server->token_url.empty() || config_.server->api_url.empty();
  if (object_ == "server" && endpoints_missing) {
    refuse(object_line_, object_, "expected at least tokenUrl and apiUrl in it");
  }
  if (object_ == "consumer2026" && (!config_.consumer2026_key || !config_.consumer2026_secret)) {
    refuse(object_line_, object_, "expected both consumerKey and consumerSecret in it");
  }
}

bool ConfigReader::end_object() {
  --depth_;
  if (depth_ == 1) {
    check_object();
    object_.clear();
  }
  return true;
}

bool ConfigReader::start_array(std::size_t) {
  if (setting_ == nullptr || in_list_ || setting_->shape != Shape::kTextOrList) refuse_shape();
  in_list_ = true;
  list_.clear();
  return true;
}

bool ConfigReader::end_array() {
  in_list_ = false;
  store(list_);
  return true;
}

bool ConfigReader::parse_error(std::size_t position, const std::string&,
                               const nlohmann::detail::exception& error) {
  refuse(line_at(position == 0 ? 0 : position - 1), key_,
         "not valid JSON here, " + what_json_expected(error.what()));
}

}  // namespace bbgrant::cli
