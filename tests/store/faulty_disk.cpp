// SPDX-License-Identifier: MIT
#include "store/faulty_disk.hpp"

#include <new>

#include <sqlite3.h>

namespace bbgrant::store::testing {
namespace {

constexpr const char* kName = "bbgrant-faulty-disk";

// SQLite's interface is C: it calls functions with a pointer to a file, which begins with the
// table of functions. Ours has the real file behind it, in the same block of memory.
struct File {
  sqlite3_file base;
  FaultyDisk* disk;
  sqlite3_file* real;
};

File& file_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return file_of(file).real; }
FaultyDisk& disk_of(sqlite3_file* file) { return *file_of(file).disk; }
sqlite3_vfs* real_vfs() { return sqlite3_vfs_find("unix"); }

int close(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }

int read(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  if (const int code = disk_of(file).on_read; code != 0) return code;
  return real_of(file)->pMethods->xRead(real_of(file), to, amount, offset);
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  ++disk_of(file).writes;
  if (const int code = disk_of(file).on_write; code != 0) return code;
  return real_of(file)->pMethods->xWrite(real_of(file), from, amount, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

int sync(sqlite3_file* file, int flags) {
  if (const int code = disk_of(file).on_sync; code != 0) return code;
  const int code = real_of(file)->pMethods->xSync(real_of(file), flags);
  ++disk_of(file).syncs;
  return code;
}

int size(sqlite3_file* file, sqlite3_int64* bytes) {
  return real_of(file)->pMethods->xFileSize(real_of(file), bytes);
}

int lock(sqlite3_file* file, int kind) {
  return real_of(file)->pMethods->xLock(real_of(file), kind);
}

int unlock(sqlite3_file* file, int kind) {
  return real_of(file)->pMethods->xUnlock(real_of(file), kind);
}

int is_reserved(sqlite3_file* file, int* result) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

int control(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

int sector(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }

int traits(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory) {
  return real_of(file)->pMethods->xShmMap(real_of(file), region, bytes, extend, memory);
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  const int code = disk_of(file).on_lock;
  if (code != 0 && (flags & SQLITE_SHM_LOCK) != 0 && (flags & SQLITE_SHM_EXCLUSIVE) != 0) {
    return code;
  }
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

void shm_barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }

int shm_unmap(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

const sqlite3_io_methods kMethods = {.iVersion = 2,
                                     .xClose = close,
                                     .xRead = read,
                                     .xWrite = write,
                                     .xTruncate = truncate,
                                     .xSync = sync,
                                     .xFileSize = size,
                                     .xLock = lock,
                                     .xUnlock = unlock,
                                     .xCheckReservedLock = is_reserved,
                                     .xFileControl = control,
                                     .xSectorSize = sector,
                                     .xDeviceCharacteristics = traits,
                                     .xShmMap = shm_map,
                                     .xShmLock = shm_lock,
                                     .xShmBarrier = shm_barrier,
                                     .xShmUnmap = shm_unmap,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
  auto* made = ::new (file) File{.base = {.pMethods = nullptr}, .disk = disk, .real = nullptr};
  if (const int code = disk->on_open; code != 0) return code;
  made->real = reinterpret_cast<sqlite3_file*>(made + 1);
  const int code = real_vfs()->xOpen(real_vfs(), path, made->real, flags, out_flags);
  if (made->real->pMethods != nullptr) made->base.pMethods = &kMethods;
  return code;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  static sqlite3_vfs vfs;
  vfs = *real_vfs();
  vfs.pNext = nullptr;
  vfs.zName = kName;
  vfs.pAppData = this;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs()->szOsFile;
  vfs.xOpen = open;
  sqlite3_vfs_register(&vfs, 0);
}

FaultyDisk::~FaultyDisk() { sqlite3_vfs_unregister(sqlite3_vfs_find(kName)); }

std::string FaultyDisk::name() const { return kName; }

}  // namespace bbgrant::store::testing
