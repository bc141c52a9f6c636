// SPDX-License-Identifier: MIT
#include "app/sessions.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <sodium.h>

#include "base/clock.hpp"

namespace bbgrant::app {

std::string random_id() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be set up");
  std::array<unsigned char, 32> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the ending zero
  return text;
}

Sessions::Sessions(SessionLimits limits, const base::Clock& clock)
    : limits_(limits), clock_(clock) {}

Sessions::Opened Sessions::open() {
  auto session = std::make_shared<Session>(random_id());
  const std::lock_guard lock{mutex_};
  return insert(std::move(session), false, clock_.monotonic());
}

std::shared_ptr<Session> Sessions::find(std::string_view id) {
  const std::lock_guard lock{mutex_};
  const auto found = by_id_.find(std::string{id});
  if (found == by_id_.end()) return nullptr;
  const auto entry = found->second;
  if (has_ended(*entry)) {
    erase(entry);
    return nullptr;
  }
  entry->used = clock_.monotonic();
  Entries& list = list_of(entry->active);
  list.splice(list.end(), list, entry);
  return entry->session;
}

Sessions::Opened Sessions::renew(std::string_view id) {
  std::string csrf = random_id();
  const std::lock_guard lock{mutex_};
  const auto found = by_id_.find(std::string{id});
  if (found == by_id_.end() || has_ended(*found->second)) {
    return insert(std::make_shared<Session>(std::move(csrf)), true, clock_.monotonic());
  }
  const auto session = found->second->session;
  const auto created = found->second->created;
  erase(found->second);
  session->set_csrf(std::move(csrf));
  return insert(session, true, created);
}

void Sessions::end(std::string_view id) {
  const std::lock_guard lock{mutex_};
  const auto found = by_id_.find(std::string{id});
  if (found != by_id_.end()) erase(found->second);
}

std::size_t Sessions::size() const {
  const std::lock_guard lock{mutex_};
  return by_id_.size();
}

Sessions::Opened Sessions::insert(std::shared_ptr<Session> session, bool active,
                                  std::chrono::steady_clock::time_point created) {
  // Ended sessions may hold tokens: they go as soon as anybody else comes.
  for (Entries* each : {&visitors_, &active_}) {
    while (!each->empty() && has_ended(each->front())) erase(each->begin());
  }
  Entries& list = list_of(active);
  const std::size_t most = active ? limits_.active : limits_.visitors;
  while (!list.empty() && list.size() >= most) erase(list.begin());
  std::string id = random_id();
  const auto entry = list.insert(list.end(), Entry{.id = id,
                                                   .session = session,
                                                   .created = created,
                                                   .used = clock_.monotonic(),
                                                   .active = active});
  by_id_.emplace(id, entry);
  return {std::move(id), std::move(session)};
}

bool Sessions::has_ended(const Entry& entry) const {
  const auto now = clock_.monotonic();
  return now - entry.used >= limits_.idle || now - entry.created >= limits_.absolute;
}

void Sessions::erase(Entries::iterator entry) {
  by_id_.erase(entry->id);
  list_of(entry->active).erase(entry);
}

}  // namespace bbgrant::app
