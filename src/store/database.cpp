// SPDX-License-Identifier: MIT
#include "store/database.hpp"

#include <future>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bbgrant::store {

namespace asio = boost::asio;

namespace {

// For the log, and for who starts the program: what happened, whichever database it is.
std::string plain_words(StoreError::Kind kind) {
  using Kind = StoreError::Kind;
  switch (kind) {
    case Kind::kBusy:
      return "the store is busy";
    case Kind::kFull:
      return "the disk of the store is full";
    case Kind::kReadOnly:
      return "the store cannot be written";
    case Kind::kCorrupt:
      return "the store is damaged or not this program's";
    case Kind::kConflict:
    case Kind::kConstraint:
      return "a rule of the store was broken";
    case Kind::kUnavailable:
      return "the store cannot be reached";
    case Kind::kNewerSchema:
    case Kind::kExposed:
    case Kind::kBadUrl:
    case Kind::kUnexpected:
      break;
  }
  return "the store failed";
}

/// A coroutine that waits for its job. wake() is called once.
template <class Handler>
class Waiter {
 public:
  explicit Waiter(Handler&& handler)
      : handler_(std::move(handler)), guard_(asio::get_associated_executor(handler_)) {}

  void wake(std::optional<Fault> fault) {
    auto executor = guard_.get_executor();
    asio::post(executor,
               [handler = std::move(handler_), guard = std::move(guard_),
                fault = std::move(fault)]() mutable { std::move(handler)(std::move(fault)); });
  }

 private:
  Handler handler_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> guard_;
};

}  // namespace

StoreError told_by_database(StoreError::Kind kind, const std::string& own_words, int code) {
  return StoreError{kind, plain_words(kind) + " (" + own_words + ")", code};
}

std::int64_t Connection::number(Sql sql, std::initializer_list<Value> values) {
  return first(sql, values, [](Reader row) { return row.next<std::int64_t>(); }).value_or(0);
}

asio::awaitable<void> Database::run_untyped(Access access, Work work) {
  auto initiate = [this, access](auto handler, Work job) {
    auto waiter = std::make_shared<Waiter<decltype(handler)>>(std::move(handler));
    submit(access, std::move(job),
           [waiter](std::optional<Fault> fault) { waiter->wake(std::move(fault)); });
  };
  const std::optional<Fault> fault =
      co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(std::optional<Fault>)>(
          std::move(initiate), asio::use_awaitable, std::move(work));
  if (fault) throw StoreError{fault->kind, fault->text, fault->code};
}

void Database::run_blocking(Access access, Work work) {
  auto answer = std::make_shared<std::promise<std::optional<Fault>>>();
  auto fault = answer->get_future();
  submit(access, std::move(work),
         [answer](std::optional<Fault> met) { answer->set_value(std::move(met)); });
  if (const auto met = fault.get()) throw StoreError{met->kind, met->text, met->code};
}

}  // namespace bbgrant::store
