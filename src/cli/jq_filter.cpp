// SPDX-License-Identifier: MIT
#include "cli/jq_filter.hpp"

#include <stdexcept>

extern "C" {
#include <jq.h>
#include <jv.h>
}

#include "cli/exit_code.hpp"

namespace bbgrant::cli {
namespace {

// Takes the value over, as libjq's own functions do.
std::string text_of(jv value, int flags) {
  const bool string = jv_get_kind(value) == JV_KIND_STRING;
  const jv text = string ? value : jv_dump_string(value, flags);
  std::string result{jv_string_value(text),
                     static_cast<std::size_t>(jv_string_length_bytes(jv_copy(text)))};
  jv_free(text);
  return result;
}

// What an invalid value says; empty where it is only the end.
std::string complaint(jv invalid) {
  const jv message = jv_invalid_get_msg(invalid);
  if (jv_get_kind(message) == JV_KIND_NULL) {
    jv_free(message);
    return {};
  }
  return text_of(message, 0);
}

}  // namespace

struct JqFilter::Parts {
  jq_state* state = jq_init();
  std::string errors;
};

JqFilter::JqFilter(const std::string& program) : parts_(std::make_unique<Parts>()) {
  if (parts_->state == nullptr) throw std::runtime_error{"libjq does not start"};
  const auto collect = [](void* errors, jv message) {
    auto& all = *static_cast<std::string*>(errors);
    if (all.empty())
      all = text_of(message, 0);
    else
      jv_free(message);
  };
  jq_set_error_cb(parts_->state, collect, &parts_->errors);
  if (jq_compile(parts_->state, program.c_str()) != 0) return;
  const std::string why = parts_->errors.substr(0, parts_->errors.find('\n'));
  jq_teardown(&parts_->state);
  throw UsageError{"--jq: " + why};
}

JqFilter::~JqFilter() {
  if (parts_->state != nullptr) jq_teardown(&parts_->state);
}

std::string JqFilter::run(std::string_view json, bool pretty) const {
  const jv input = jv_parse_sized(json.data(), static_cast<int>(json.size()));
  if (jv_is_valid(input) == 0) {
    jv_free(input);
    throw Failure{ExitCode::kFailure, "--jq: the answer is no JSON"};
  }
  constexpr int kPretty = JV_PRINT_PRETTY | JV_PRINT_INDENT_FLAGS(2);
  std::string text;
  jq_start(parts_->state, input, 0);
  for (;;) {
    const jv result = jq_next(parts_->state);
    if (jv_is_valid(result) == 0) {
      const std::string why = complaint(result);
      if (!why.empty()) throw Failure{ExitCode::kFailure, "--jq: " + why};
      return text;
    }
    text += text_of(result, pretty ? kPretty : 0) + "\n";
  }
}

}  // namespace bbgrant::cli
