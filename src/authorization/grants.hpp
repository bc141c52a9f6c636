// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "authorization/behaviour.hpp"
#include "authorization/grant.hpp"
#include "authorization/password_check.hpp"
#include "authorization/seal.hpp"
#include "authorization/token_issuer.hpp"
#include "base/clock.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// What grants work with; outlives them.
struct GrantParts {
  store::Store& store;
  const Sealer& sealer;
  PasswordCheck& passwords;
  TokenIssuer& issuer;
  const base::Clock& clock;
  const Behaviour& behaviour;
  base::Log& log;
};

/// Every grant that this server has.
[[nodiscard]] std::vector<std::unique_ptr<Grant>> all_grants(const GrantParts& parts);

}  // namespace bbgrant::authorization
