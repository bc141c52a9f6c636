// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace bbgrant::store {

/// A fault of the store: nothing of the call that threw it was stored. What is expected (not found,
/// name taken, token dead) is a value of the function and never this.
class StoreError : public std::runtime_error {
 public:
  enum class Kind {
    kBusy,         ///< too many calls wait, or another process holds the lock beyond the wait
    kFull,         ///< the disk, or the quota
    kReadOnly,     ///< the file or the file system cannot be written
    kCorrupt,      ///< damaged, or no store of this program
    kUnavailable,  ///< cannot be opened or reached, an I/O error, or it is closing
    kNewerSchema,  ///< written by a newer version of this program (S94)
    kConflict,     ///< a unique rule: it is there already
    kConstraint,   ///< a foreign key or check rule
    kExposed,      ///< its folder or files can be read by others (S95)
    kBadUrl,       ///< the address names no store that this build can open
    kUnexpected,   ///< a bug here
  };

  /// @param text  one line, says what to do where a person can do something; holds no value of a
  ///              row and no secret.
  /// @param code  the driver's own code, 0 when it has none.
  StoreError(Kind kind, const std::string& text, int code = 0)
      : std::runtime_error(text), kind_(kind), code_(code) {}

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] int code() const noexcept { return code_; }

 private:
  Kind kind_;
  int code_;
};

/// For logs: "busy", "full", "read_only", ...
[[nodiscard]] const char* name_of(StoreError::Kind kind) noexcept;

}  // namespace bbgrant::store
