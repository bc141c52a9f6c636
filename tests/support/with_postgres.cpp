// SPDX-License-Identifier: MIT
// with_postgres COMMAND...: runs a test beside a PostgreSQL server that ends with it. The test
// finds its address in BBGRANT_TEST_POSTGRES and makes a schema for each store that it needs.
#include <cstdio>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

#include "support/postgres_server.hpp"

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const bbgrant::testing::PostgresServer server;
  ::setenv("BBGRANT_TEST_POSTGRES", server.url().c_str(), 1);
  const ::pid_t test = ::fork();
  if (test == 0) {
    ::execvp(arguments[1], arguments + 1);
    std::perror(arguments[1]);
    ::_exit(127);
  }
  int status = 0;
  if (::waitpid(test, &status, 0) != test) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
