// SPDX-License-Identifier: MIT
#include "store/postgres/handle.hpp"

#include <array>
#include <optional>

#include <boost/asio/ip/address.hpp>
#include <libpq-fe.h>

#include "store/database.hpp"

namespace bbgrant::store::postgres {
namespace {

using Kind = StoreError::Kind;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

std::string value_of(const Options& options, std::string_view keyword) {
  for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (keyword == option->keyword) return option->val == nullptr ? "" : option->val;
  }
  return {};
}

// One line, without the password.
std::string told(std::string text, pg_conn* handle) {
  const char* password = PQpass(handle);
  const std::string secret = password == nullptr ? "" : password;
  for (auto at = secret.empty() ? std::string::npos : text.find(secret); at != std::string::npos;
       at = text.find(secret, at + 3)) {
    text.replace(at, secret.size(), "***");
  }
  while (text.ends_with('\n')) text.pop_back();
  for (char& letter : text) {
    if (letter == '\n' || letter == '\t') letter = ' ';
  }
  return text;
}

// PostgreSQL 15, appendix A.
Kind kind_of(std::string_view state) {
  if (state == "23505") return Kind::kConflict;
  if (state == "53100") return Kind::kFull;
  if (state == "25006" || state == "42501") return Kind::kReadOnly;
  if (state == "42P01" || state == "3F000") return Kind::kCorrupt;
  // Serialization, deadlock, lock and statement timeouts, too many connections.
  if (state == "40001" || state == "40P01" || state == "55P03" || state == "57014" ||
      state == "53300") {
    return Kind::kBusy;
  }
  const auto family = state.substr(0, 2);
  if (family == "22" || family == "23") return Kind::kConstraint;
  if (family == "XX") return Kind::kCorrupt;
  if (family.empty() || family == "08" || family == "28" || family == "3D" || family == "53" ||
      family == "57" || family == "58") {
    return Kind::kUnavailable;
  }
  return Kind::kUnexpected;
}

bool is_loopback(const std::string& host) {
  if (host.empty() || host.starts_with('/') || host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

}  // namespace

void CloseHandle::operator()(pg_conn* handle) const noexcept { PQfinish(handle); }

void ClearResult::operator()(pg_result* result) const noexcept { PQclear(result); }

StoreError error_of(pg_conn* handle, const pg_result* result) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  // The primary message alone: details hold values of rows.
  const char* said =
      result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string code = state == nullptr ? "" : state;
  return told_by_database(kind_of(code),
                          "PostgreSQL " + code + (code.empty() ? "" : ": ") +
                              told(said == nullptr ? PQerrorMessage(handle) : said, handle),
                          code_of(code));
}

Result checked(pg_conn* handle, pg_result* raw) {
  Result result{raw};
  const auto status = PQresultStatus(raw);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw error_of(handle, raw);
  return result;
}

Handle open_handle(const std::string& url, const std::string& lock_wait) {
  // libpq's own words about an address would repeat parts of it, and a password with an '@' that is
  // not encoded goes on in what it takes for host and port.
  const Options parts{PQconninfoParse(url.c_str(), nullptr)};
  if (!parts || value_of(parts, "port").find_first_not_of("0123456789,") != std::string::npos ||
      value_of(parts, "host").find('@') != std::string::npos) {
    throw StoreError{Kind::kBadUrl,
                     "the postgresql address cannot be read; expected "
                     "postgresql://user@host:5432/database?sslmode=verify-full, with %XX for "
                     "special characters"};
  }
  // What comes later counts more. Each wait is bounded, so that a lost server is noticed (S57).
  constexpr std::array keys{"connect_timeout", "tcp_user_timeout",
                            "keepalives_idle", "fallback_application_name",
                            "dbname",          "target_session_attrs",
                            "client_encoding", static_cast<const char*>(nullptr)};
  const std::array values{"3",         "5000",       "10",   "bbgrant",
                          url.c_str(), "read-write", "UTF8", static_cast<const char*>(nullptr)};
  Handle handle{PQconnectdbParams(keys.data(), values.data(), 1)};
  if (PQstatus(handle.get()) != CONNECTION_OK) throw error_of(handle.get(), nullptr);
  PQsetNoticeProcessor(handle.get(), [](void*, const char*) {}, nullptr);
  // A commit that the server has not made durable would be no promise.
  const std::string setup =
      "SELECT set_config('lock_timeout', '" + lock_wait +
      "', false), set_config('statement_timeout', '10s', false), "
      "set_config('idle_in_transaction_session_timeout', '30s', false), "
      "set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
      "WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)";
  checked(handle.get(), PQexec(handle.get(), setup.c_str()));
  return handle;
}

std::string warning_of(pg_conn* handle) {
  const Options options{PQconninfo(handle)};
  const std::string numeric = value_of(options, "hostaddr");
  const std::string hosts = numeric.empty() ? value_of(options, "host") : numeric;
  bool loopback = true;
  for (std::size_t start = 0; start <= hosts.size();) {
    const auto end = std::min(hosts.find(',', start), hosts.size());
    loopback = loopback && is_loopback(hosts.substr(start, end - start));
    start = end + 1;
  }
  const std::string mode = value_of(options, "sslmode");
  if (loopback || mode == "verify-full") return {};
  return "the connection to PostgreSQL can be read or taken over on its way: sslmode is " + mode +
         ", set sslmode=verify-full and sslrootcert in its address";
}

}  // namespace bbgrant::store::postgres
