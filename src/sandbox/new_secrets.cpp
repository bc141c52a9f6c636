// SPDX-License-Identifier: MIT
// What people choose, and what is drawn for them.
#include <algorithm>
#include <iterator>

#include <sodium.h>

#include "sandbox/administration.hpp"

namespace bbgrant::sandbox {
namespace {

constexpr std::size_t kShortest = 8;  // characters

// Common passwords of eight characters or more: what lists of leaked ones agree on, less what the
// rules below find by themselves.
constexpr std::string_view kCommon[] = {
    "password",   "password1",  "password12", "password123", "password1234",  "passw0rd",
    "p@ssw0rd",   "p@ssword",   "pa$$word",   "passwort",    "iloveyou",      "iloveyou1",
    "iloveyou2",  "princess",   "princess1",  "sunshine",    "sunshine1",     "football",
    "football1",  "baseball",   "baseball1",  "basketball",  "superman",      "superman1",
    "batman123",  "trustno1",   "starwars",   "whatever",    "whatever1",     "michelle",
    "jennifer",   "michael1",   "jordan23",   "charlie1",    "computer",      "computer1",
    "internet",   "internet1",  "welcome1",   "welcome123",  "letmein1",      "letmein123",
    "changeme",   "changeme1",  "changeit",   "default1",    "administrator", "admin123",
    "admin1234",  "adminadmin", "root1234",   "rootroot",    "test1234",      "testtest",
    "testing123", "secret123",  "mysecret",   "topsecret",   "1q2w3e4r",      "1q2w3e4r5t",
    "1qaz2wsx",   "zaq12wsx",   "q1w2e3r4",   "asdf1234",    "qwer1234",      "qwerty123",
    "qwerty12",   "qwerty1234", "qwertyui",   "qwertyuiop",  "asdfghjk",      "asdfghjkl",
    "zxcvbnm1",   "abcd1234",   "abc12345",   "a1b2c3d4",    "aa123456",      "dragon123",
    "monkey123",  "shadow123",  "master123",  "bitbucket",   "liverpool",     "samsung1"};

bool is_run(std::string_view text) {
  // "aaaaaaaa", "12345678", "87654321", "abcdefgh"
  for (const int step : {0, 1, -1}) {
    bool run = true;
    for (std::size_t i = 1; i < text.size() && run; ++i) {
      const int difference = text[i] - text[i - 1];
      run = difference == step || (step == 1 && text[i - 1] == '9' && text[i] == '0');
    }
    if (run) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> fault_of_password(std::string_view password, std::string_view nickname) {
  const auto characters = std::ranges::count_if(
      password, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  if (characters < static_cast<std::ptrdiff_t>(kShortest)) {
    return "expected a password of 8 characters or more";
  }
  std::string lower{password};
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  const bool common = is_run(lower) || std::ranges::find(kCommon, lower) != std::end(kCommon);
  const bool own = lower.starts_with(nickname) && lower.size() <= nickname.size() + 4;
  sodium_memzero(lower.data(), lower.size());
  if (common || own) return "this password is among the first that others try; choose another";
  return std::nullopt;
}

Secret new_totp_secret() {
  constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text(32, '\0');
  for (char& c : text) c = kBase32[randombytes_uniform(kBase32.size())];
  return Secret{std::move(text)};
}

}  // namespace bbgrant::sandbox
