// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <string>

namespace bbgrant::store::testing {

/// A VFS of SQLite that passes everything on to the real one and fails where it is told to. It
/// counts what it was asked, so that a test can see what had reached the disk, and when.
/// One at a time; it must outlive the stores on it.
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// The name to put into SqliteOptions::vfs.
  [[nodiscard]] std::string name() const;

  // SQLite's code that each such call answers with; 0 for none. May be set while stores run.

  std::atomic<int> on_write{0};
  std::atomic<int> on_sync{0};
  std::atomic<int> on_read{0};
  std::atomic<int> on_open{0};
  /// Locks of the index beside the log: what a transaction begins with.
  std::atomic<int> on_lock{0};

  std::atomic<int> writes{0};
  std::atomic<int> syncs{0};
};

}  // namespace bbgrant::store::testing
