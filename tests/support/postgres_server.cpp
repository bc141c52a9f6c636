// SPDX-License-Identifier: MIT
#include "support/postgres_server.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bbgrant::testing {
namespace {

// Debian's packages keep the programs out of PATH.
constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

const ::passwd* server_user() {
  const ::passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

/// Starts a program of PostgreSQL that ends with this process and writes into `log`.
::pid_t start_program(std::vector<std::string> arguments, const std::string& log) {
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  const ::passwd* user = ::geteuid() == 0 ? server_user() : nullptr;
  const ::pid_t process = ::fork();
  if (process != 0) return process;
  const bool dropped =
      user == nullptr ||
      (::setgroups(0, nullptr) == 0 && ::setgid(user->pw_gid) == 0 && ::setuid(user->pw_uid) == 0);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  // After the change of user, which would forget it.
  if (!dropped || out < 0 || ::prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || ::chdir("/") != 0) {
    ::_exit(126);
  }
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::setsid();  // Ctrl-C in the terminal is for the tests
  ::execv(words.front(), words.data());
  ::_exit(127);
}

[[noreturn]] void fail(const std::string& what, const std::string& log) {
  std::ifstream file{log};
  throw std::runtime_error{what + ": " + std::string{std::istreambuf_iterator<char>{file}, {}}};
}

}  // namespace

PostgresServer::PostgresServer(Keeps keeps) : keeps_(keeps) {
  std::string name = (std::filesystem::temp_directory_path() / "bbgrant-pg-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error{errno, std::generic_category(), "mkdtemp"};
  }
  folder_ = name;
  if (::geteuid() == 0) {
    const ::passwd* user = server_user();
    if (user == nullptr || ::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error{"there is no user that the server could run as"};
    }
  }
  const std::string log = folder_ / "log";
  // Words sort otherwise here than by their bytes, as on many a machine.
  const ::pid_t making = start_program(
      {std::string{kPrograms} + "initdb", "-D", folder_ / "data", "-U", "postgres", "-A", "trust",
       "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en", "--no-sync"},
      log);
  int status = 0;
  if (::waitpid(making, &status, 0) != making || status != 0) fail("initdb", log);
  start();
}

PostgresServer::~PostgresServer() {
  if (process_ > 0) stop(SIGQUIT);  // it has nothing to keep
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

std::string url_of_test_store() {
  const char* kind = std::getenv("BBGRANT_TEST_STORE");
  return kind == nullptr || *kind == 0 ? "memory" : PostgresServer::shared().new_store_url();
}

std::string PostgresServer::url() const {
  return "postgresql:///postgres?user=postgres&host=" + folder_.string();
}

std::string PostgresServer::new_store_url() {
  const std::string schema = "store_" + std::to_string(++schemas_);
  execute(url(), "CREATE SCHEMA " + schema);
  return url() + "&options=-csearch_path%3D" + schema;
}

std::string PostgresServer::execute(const std::string& at, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(at.c_str()), PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection.get(), sql.c_str()),
                                                             PQclear};
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error{PQerrorMessage(connection.get())};
  }
  return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
}

void PostgresServer::stop(int signal) {
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void PostgresServer::start() {
  const std::string log = folder_ / "log";
  std::vector<std::string> words{std::string{kPrograms} + "postgres",
                                 "-D",
                                 folder_ / "data",
                                 "-clisten_addresses=",
                                 "-cdeadlock_timeout=50ms",
                                 "-cmax_connections=300",
                                 "-cunix_socket_directories=" + folder_.string()};
  if (keeps_ == Keeps::kProcesses) {
    words.insert(words.end(), {"-cfsync=off", "-cfull_page_writes=off", "-cautovacuum=off"});
  }
  process_ = start_program(std::move(words), log);
  while (PQping(url().c_str()) != PQPING_OK) {
    if (::waitpid(process_, nullptr, WNOHANG) != 0) fail("postgres", log);
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

}  // namespace bbgrant::testing
