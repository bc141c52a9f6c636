// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/session.hpp"

namespace bbgrant::base {
class Clock;
}

namespace bbgrant::app {

/// How many sessions there may be and how long they live (S25, S51).
struct SessionLimits {
  std::chrono::seconds idle = std::chrono::minutes{30};
  std::chrono::seconds absolute = std::chrono::hours{12};
  /// Visitors who only looked: dropped first, oldest first.
  std::size_t visitors = 10'000;
  /// Visitors who sent something.
  std::size_t active = 1'000;
};

/// All sessions of the app, in memory only. Thread-safe.
class Sessions {
 public:
  struct Opened {
    /// 256 bits of the system's randomness; for the cookie.
    std::string id;
    std::shared_ptr<Session> session;
  };

  /// @param clock  its monotonic time judges age; must outlive this object (S96).
  Sessions(SessionLimits limits, const base::Clock& clock);

  /// Opens a visitor's session; where there are too many, the one longest unused ends.
  [[nodiscard]] Opened open();
  /// Null when there is none, or it has ended. A session that is found is used, so it is not idle.
  [[nodiscard]] std::shared_ptr<Session> find(std::string_view id);
  /// The same session under a new id and with a new form token; the old id is dead (S25). Also
  /// counts it among those who sent something.
  /// Without a session under `id`, opens one.
  [[nodiscard]] Opened renew(std::string_view id);
  /// Forgets the session. An unknown id is fine.
  void end(std::string_view id);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    std::string id;
    std::shared_ptr<Session> session;
    std::chrono::steady_clock::time_point created;
    std::chrono::steady_clock::time_point used;
    bool active = false;
  };
  /// Least recently used first.
  using Entries = std::list<Entry>;

  Entries& list_of(bool active) noexcept { return active ? active_ : visitors_; }
  Opened insert(std::shared_ptr<Session> session, bool active,
                std::chrono::steady_clock::time_point created);
  bool has_ended(const Entry& entry) const;
  void erase(Entries::iterator entry);

  SessionLimits limits_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  Entries visitors_;
  Entries active_;
  std::unordered_map<std::string, Entries::iterator> by_id_;
};

/// 256 bits of the system's randomness as 43 characters that are safe in cookies and forms.
[[nodiscard]] std::string random_id();

}  // namespace bbgrant::app
