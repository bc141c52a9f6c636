// SPDX-License-Identifier: MIT
// Beast's own code and that of Asio's TLS, compiled here once.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
