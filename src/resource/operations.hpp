// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"
#include "resource/caller.hpp"
#include "store/store.hpp"

namespace bbgrant::resource {

/// One call of an operation, after token and scope were judged.
struct Call {
  http::Request& request;
  store::Store& store;
  /// Null when no token was sent, which only operations with Access::kAnyone see.
  const Caller* caller;
};

using OperationHandler = boost::asio::awaitable<http::Response> (*)(Call);

/// Who may call an operation.
enum class Access {
  kAnyone,  ///< without a token too; what is private stays hidden (S35)
  kToken,   ///< with a token
};

/// One operation of the REST API that is served here.
struct Operation {
  http::Method method;
  std::string_view path;
  Access access;
  /// Needed of a token; empty when any token will do.
  std::string_view scope;
  /// One line, in our words.
  std::string_view summary;
  OperationHandler handler;
};

/// Every operation served. Router, scope check and, later, the explorer read this one table.
[[nodiscard]] const std::vector<Operation>& operations();

}  // namespace bbgrant::resource
