// SPDX-License-Identifier: MIT
#pragma once

#include "authorization/error_table.hpp"
#include "authorization/profile.hpp"

namespace bbgrant::authorization {

/// How this server answers, whatever the consumer.
struct Behaviour {
  ErrorStyle errors = ErrorStyle::kBitbucket;
  /// Of consumers that name no profile, and of requests without a token.
  const Profile* profile = &default_profile();
  /// Demo accounts and demo consumers, whose secrets are public, are refused like wrong ones: set
  /// where other machines can reach this server (S58).
  bool refuse_demo = false;
};

}  // namespace bbgrant::authorization
