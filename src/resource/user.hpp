// SPDX-License-Identifier: MIT
#pragma once

#include "resource/links.hpp"
#include "resource/operations.hpp"

namespace bbgrant::resource {

/// GET /2.0/user: the account that the token acts for.
[[nodiscard]] boost::asio::awaitable<http::Response> get_user(Call call);

/// GET /2.0/user/emails: a page of that account's addresses.
[[nodiscard]] boost::asio::awaitable<http::Response> list_emails(Call call);

/// A user as others see it: the public part.
[[nodiscard]] Json user_json(const store::Account& account, std::string_view origin);

}  // namespace bbgrant::resource
