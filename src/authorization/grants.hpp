// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "authorization/grant.hpp"
#include "authorization/password_check.hpp"
#include "authorization/token_issuer.hpp"
#include "store/store.hpp"

namespace bbgrant::authorization {

/// Every grant that this server has.
[[nodiscard]] std::vector<std::unique_ptr<Grant>> all_grants(store::Store& store,
                                                             PasswordCheck& passwords,
                                                             TokenIssuer& issuer);

}  // namespace bbgrant::authorization
