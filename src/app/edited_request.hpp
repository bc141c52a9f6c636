// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"

namespace bbgrant::app {

struct Site;

/// Sends the token request as the person edited it, and shows what came back.
[[nodiscard]] boost::asio::awaitable<http::Response> post_edited(Site& site,
                                                                 http::Request& request);

}  // namespace bbgrant::app
