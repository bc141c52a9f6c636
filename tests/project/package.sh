#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/project/package.sh BUILD SOURCE WORK: makes the .deb files and uses them in a throwaway root,
# never on the machine itself (S99).
set -euo pipefail
build=$1 source=$2 work=$3
fail() { printf 'package: %s\n' "$*" >&2; exit 1; }
run() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$* ended with an error"; }; }

rm -rf "$work"
mkdir -p "$work/made" "$work/root"
run cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work/made"
program=$(echo "$work"/made/bbgrant_*.deb) development=$(echo "$work"/made/libbbgrant-dev_*.deb)

# What it names as needed is what its program loads, and what a developer's compiler asks for.
depends=$(dpkg-deb -f "$program" Depends)
for library in libc6 libcurl4 libssl3 libsodium23 libsqlite3-0; do
  grep -qw "$library" <<<"$depends" || fail "$library is not among: $depends"
done
for library in libcurl4-openssl-dev libssl-dev nlohmann-json3-dev; do
  grep -qw -- "$library" <<<"$(dpkg-deb -f "$development" Depends)" || fail "no $library"
done
for deb in "$program" "$development"; do
  [ "$(dpkg-deb -f "$deb" Architecture)" = "$(dpkg --print-architecture)" ] || fail "architecture"
  if dpkg-deb -c "$deb" | awk '{ print $1, $2, $6 }' | grep -vE ' root/root \./(usr/.*)?$' ; then
    fail "the files above are not root's, or not below /usr"
  fi
done
! grep -E '(pre|post)(inst|rm)' <<<"$(dpkg-deb -I "$program")" || fail "it runs a script when installed"

# Into a root of its own: by dpkg itself where we may, else unpacked.
root=$work/root
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
  touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"
  # The libraries are the machine's, which that root's list does not know.
  run dpkg --root="$root" --force-depends --log="$work/dpkg.log" -i "$program"
  # Its ldconfig cannot run in a root without a shell, so it is not configured.
  run dpkg --root="$root" --force-depends --log="$work/dpkg.log" --unpack "$development"
  [ "$(dpkg --root="$root" -l | grep -cE '^i[iU] ')" = 2 ] || fail "dpkg did not install both"
else
  dpkg-deb -x "$program" "$root"
  dpkg-deb -x "$development" "$root"
fi
bbgrant=$root/usr/bin/bbgrant
version=$("$bbgrant" version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1)
[ "$(dpkg-deb -f "$program" Version)" = "$version" ] || fail "the version is another one"

# The program serves, gets a token and uses it.
export HOME=$work/home XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
mkdir -p "$HOME"
cd "$HOME"
coproc sandbox { exec "$bbgrant" sandbox --listen 127.0.0.1:0 --store memory \
  --password-cost minimal --ready-json 2>"$work/sandbox.log"; }
# shellcheck disable=SC2154  # coproc sets it, and unsets it when the program ends
pid=$sandbox_PID
trap 'kill "$pid" 2>/dev/null || true' EXIT
read -r -t 60 ready <&"${sandbox[0]}" || { cat "$work/sandbox.log" >&2; fail "no sandbox"; }
origin=$(grep -oE 'http://[a-z0-9.:]+' <<<"$ready")
BBGRANT_ACCESS_TOKEN=$(echo alice-password | "$bbgrant" token --server "$origin" --grant password \
  --username alice --password-stdin --output token)
export BBGRANT_ACCESS_TOKEN
grep -q '"alice"' <<<"$("$bbgrant" api --server "$origin" /2.0/user)" || fail "alice is not found"
kill "$pid"
wait "$pid" || fail "the sandbox ended with $?"
trap - EXIT

# A stranger builds against what the second package brought.
cp -r "$source/tests/project/installed" "$work/stranger"
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$root" -name bbgrant.pc)")
read -r -a flags < <(pkg-config --cflags --libs bbgrant)
run c++ -std=c++20 "$work/stranger/main.cpp" "$work/stranger/other.cpp" "${flags[@]}" \
  -o "$work/stranger/program"
[ "$(LD_LIBRARY_PATH=$PKG_CONFIG_PATH/.. "$work/stranger/program")" = "$version abc" ] ||
  fail "the stranger's program says otherwise"
