// SPDX-License-Identifier: MIT
#pragma once

#include "store/accounts.hpp"
#include "store/sql.hpp"

/// The columns of an account, for read_account(). Internal to this room.
/// @param of  the table's name in the statement with a dot, as a literal: "a.", or "".
#define BBGRANT_ACCOUNT_COLUMNS(of)                                                         \
  of "id, " of "uuid, " of "account_id, " of "nickname, " of "display_name, " of            \
     "password_hash, " of "password_version, " of "two_step, " of "totp_secret_sealed, " of \
     "totp_step, " of "active, " of "demo, " of "created_on"

namespace bbgrant::store {

[[nodiscard]] Account read_account(Reader row);

}  // namespace bbgrant::store
