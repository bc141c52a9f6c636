// SPDX-License-Identifier: MIT
#pragma once

/// The whole client library.

#include <bbgrant/api.hpp>          // ApiClient: calls with a bearer token
#include <bbgrant/client.hpp>       // Client: the grants
#include <bbgrant/discovery.hpp>    // a server from its issuer
#include <bbgrant/error.hpp>        // what is thrown
#include <bbgrant/names.hpp>        // ConsumerKey, Username, Scopes
#include <bbgrant/pages.hpp>        // a paged list as a range
#include <bbgrant/secret.hpp>       // Secret
#include <bbgrant/server.hpp>       // Server and its presets
#include <bbgrant/session.hpp>      // Session: keeps, refreshes and uses a token
#include <bbgrant/token.hpp>        // Token, and judging an answer without a network
#include <bbgrant/token_store.hpp>  // where a token is kept
#include <bbgrant/transport.hpp>    // Transport, to replace libcurl
#include <bbgrant/version.hpp>
#include <bbgrant/wire.hpp>  // what went over the wire
