// SPDX-License-Identifier: MIT
#include "store/error.hpp"

namespace bbgrant::store {

const char* name_of(StoreError::Kind kind) noexcept {
  switch (kind) {
    case StoreError::Kind::kBusy:
      return "busy";
    case StoreError::Kind::kFull:
      return "full";
    case StoreError::Kind::kReadOnly:
      return "read_only";
    case StoreError::Kind::kCorrupt:
      return "corrupt";
    case StoreError::Kind::kUnavailable:
      return "unavailable";
    case StoreError::Kind::kNewerSchema:
      return "newer_schema";
    case StoreError::Kind::kConflict:
      return "conflict";
    case StoreError::Kind::kConstraint:
      return "constraint";
    case StoreError::Kind::kExposed:
      return "exposed";
    case StoreError::Kind::kBadUrl:
      return "bad_url";
    case StoreError::Kind::kUnexpected:
      return "unexpected";
  }
  return "unknown";
}

}  // namespace bbgrant::store
