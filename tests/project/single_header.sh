#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/project/single_header.sh SOURCE WORK: the one header that people copy is current, and a
# stranger's program of two files is built with it in a folder that has nothing else, by each
# compiler, without a warning.
set -eu
source=$1 work=$2
header=$source/single_include/bbgrant.hpp
version=$(sed -n 's/.*kVersion = "\(.*\)".*/\1/p' "$source/include/bbgrant/version.hpp")
fail() { printf 'single header: %s\n' "$*" >&2; exit 1; }

rm -rf "$work"
mkdir -p "$work/empty"
"$source/scripts/single-header" "$work/made.hpp"
cmp "$work/made.hpp" "$header" || fail "not current; run scripts/single-header and commit"

[ "$(wc -l <"$header")" -le 6000 ] || fail "longer than 6,000 lines"
[ "$(sed -n 1p "$header")" = '// SPDX-License-Identifier: MIT' ] || fail "no licence tag on line 1"
sed -n 2p "$header" | grep -qF " $version," || fail "no version on line 2"

cd "$work/empty"
cp "$header" bbgrant.hpp
for file in main.cpp other.cpp; do
  sed 's,<bbgrant/bbgrant.hpp>,"bbgrant.hpp",' "$source/tests/project/installed/$file" >"$file"
done
for compiler in g++ clang++-19; do
  if ! command -v "$compiler" >/dev/null; then
    [ "$compiler" != g++ ] || fail "there is no g++"
    echo "single header: not built with $compiler, which this machine does not have"
    continue
  fi
  "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Werror main.cpp other.cpp -lcurl -lcrypto \
    -o "program-$compiler"
  [ "$("./program-$compiler")" = "$version abc" ] || fail "the program of $compiler says otherwise"
done

# No iostream, no macro, and nothing outside the namespace.
! g++ -std=c++20 -E other.cpp | grep -q '^# 1 ".*/iostream"' || fail "it includes iostream"
stray=$(awk '/^namespace bbgrant/ { inside = 1 }
  /^#/ ? !/^#(include <|pragma once$)/ : !inside && !/^(\/\/.*)?$/ { print FNR ": " $0 }
  /^}  \/\/ namespace bbgrant/ { inside = 0 }' bbgrant.hpp)
[ -z "$stray" ] || fail "outside the namespace, or a macro: $stray"
