// SPDX-License-Identifier: MIT
#pragma once

/// Stands before each function that is defined outside a class here. The generator of the single
/// header writes "inline" in its place; in the library it is nothing.
#define BBGRANT_INLINE
