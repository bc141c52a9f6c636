// SPDX-License-Identifier: MIT
#include "http/session.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <sys/socket.h>

#include "http/target.hpp"
#include "http/wire.hpp"

namespace bbgrant::http {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kReadSize = 8 * 1024;
// Up to this size a body is copied behind its head, which is cheaper than a second buffer.
constexpr std::size_t kJoinedBody = 16 * 1024;
// A client that half-closes after its request still gets an answer that comes this fast.
constexpr std::chrono::milliseconds kGoneGrace{300};
constexpr std::chrono::milliseconds kLingerTime{1000};
constexpr std::size_t kLingerBytes = 256 * 1024;

// Other refusals end the connection: the framing cannot be trusted, or the server is in trouble.
bool may_keep(ErrorReason reason) {
  return reason == ErrorReason::kNotFound || reason == ErrorReason::kMethodNotAllowed;
}

std::string allow_value(const std::vector<Method>& methods) {
  std::string value;
  for (const Method method : methods) {
    if (!value.empty()) value += ", ";
    value += name_of(method);
  }
  return value;
}

}  // namespace

/// One request on its way through serve_one().
struct Connection::Exchange {
  explicit Exchange(const Limits& limits) : parser(limits, request) {}

  Request request;
  RequestParser parser;
  Response response;
  const Router::Route* route = nullptr;
  std::string allow;
  steady_clock::time_point begin = steady_clock::now();
  bool keep = true;
  bool tapped = false;
  Bend bend;
};

Connection::Connection(std::shared_ptr<ServerState> state, asio::ip::tcp::socket socket,
                       const asio::ip::address& peer)
    : state_(std::move(state)),
      socket_(std::move(socket)),
      peer_(peer),
      peer_text_(peer.to_string()),
      peer_key_(address_key(peer)),
      timer_(socket_.get_executor()),
      buffer_(RequestParser::header_limit(state_->options.limits) + kReadSize) {
  const Limits& limits = state_->options.limits;
  // No phase is shorter than a tick, so entering one never has to set the timer anew.
  tick_ = std::min({limits.header_time, limits.body_time, limits.write_time, limits.idle_time,
                    limits.handler_time, kLingerTime * 10});
  if (state_->tls) tls_.emplace(socket_, *state_->tls);
}

void Connection::start(std::string key) {
  key_ = std::move(key);
  // The handler keeps the connection, and with it the signal, beyond the coroutine's end.
  const auto self = shared_from_this();
  asio::co_spawn(socket_.get_executor(), run(),
                 asio::bind_cancellation_slot(cancel_.slot(), [self](std::exception_ptr) {}));
}

void Connection::drain() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::kIdle || self->phase_ == Phase::kClosing) self->close();
  });
}

void Connection::abort() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->aborted_ = true;
    self->cancel_handler();
    self->close();
  });
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  try {
    co_await serve();
  } catch (const std::exception& error) {
    state_->log.error(
        "connection_failed",
        {{"server", state_->options.name}, {"address", peer_text_}, {"error", error.what()}});
  }
  close();
  state_->connections.remove(this, key_);
}

asio::awaitable<void> Connection::serve() {
  arm(steady_clock::now() + tick_);
  if (tls_) {
    enter(Phase::kReading, state_->options.limits.header_time);
    error_code error;
    co_await tls_->async_handshake(asio::ssl::stream_base::server,
                                   asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
  while (co_await serve_one() == Next::kKeep) {
    wipe_buffer();
  }
  wipe_buffer();
}

asio::awaitable<Connection::Next> Connection::serve_one() {
  Exchange exchange{state_->options.limits};
  auto read = co_await read_head(exchange);
  if (std::holds_alternative<Gone>(read)) co_return Next::kClose;
  exchange.request.id = state_->next_id();
  if (std::holds_alternative<std::monostate>(read)) {
    if (const auto reason = judge_head(exchange)) {
      read = *reason;
    } else if (!exchange.parser.is_done()) {
      read = co_await read_body(exchange);
      if (std::holds_alternative<Gone>(read)) co_return Next::kClose;
    }
  }
  const auto* reason = std::get_if<ErrorReason>(&read);
  exchange.tapped = state_->options.tap != nullptr && (reason == nullptr || may_keep(*reason));
  if (exchange.tapped) exchange.bend = state_->options.tap->before(exchange.request);
  if (reason != nullptr && !exchange.bend.answer) {
    refuse(exchange, *reason);
  } else if (!co_await handle(exchange)) {
    co_return Next::kClose;
  }
  const bool sent = co_await answer(exchange);
  if (!sent) co_return Next::kClose;
  if (exchange.keep) co_return Next::kKeep;
  co_await linger();
  co_return Next::kClose;
}

asio::awaitable<std::variant<std::monostate, ErrorReason, Connection::Gone>> Connection::read_head(
    Exchange& exchange) {
  bool begun = false;
  enter(Phase::kIdle, state_->options.limits.idle_time);
  while (true) {
    if (buffer_.size() > 0) {
      if (!begun) exchange.begin = steady_clock::now();
      error_code error;
      buffer_.consume(exchange.parser.put(buffer_.data(), error));
      if (exchange.parser.is_header_done()) co_return std::monostate{};
      if (error && error != boost::beast::http::error::need_more) {
        const auto rest = buffer_.data();
        co_return exchange.parser.reason(error,
                                         {static_cast<const char*>(rest.data()), rest.size()});
      }
      if (!begun) enter(Phase::kReading, state_->options.limits.header_time);  // S52
      begun = true;
    }
    if (state_->stopping && !begun) co_return Gone{};
    if (co_await read_more()) {
      if (timed_out_ && begun) co_return ErrorReason::kTimeout;
      co_return Gone{};
    }
  }
}

asio::awaitable<std::variant<std::monostate, ErrorReason, Connection::Gone>> Connection::read_body(
    Exchange& exchange) {
  enter(Phase::kReading, state_->options.limits.body_time);
  const auto expect = exchange.request.headers.find("Expect");
  if (expect && buffer_.size() == 0 &&
      boost::beast::iequals({expect->data(), expect->size()}, "100-continue")) {
    if (co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return Gone{};
  }
  while (true) {
    if (buffer_.size() > 0) {
      error_code error;
      buffer_.consume(exchange.parser.put(buffer_.data(), error));
      if (exchange.parser.is_done()) co_return std::monostate{};
      if (error && error != boost::beast::http::error::need_more) {
        co_return exchange.parser.reason(error, {});
      }
      // An endless chunk extension or trailer.
      if (buffer_.size() == buffer_.max_size()) co_return ErrorReason::kBadRequest;
    }
    if (co_await read_more()) {
      if (timed_out_) co_return ErrorReason::kTimeout;
      co_return Gone{};
    }
  }
}

std::optional<ErrorReason> Connection::judge_head(Exchange& exchange) {
  Request& request = exchange.request;
  if (exchange.parser.is_smuggled()) return ErrorReason::kBadRequest;
  const asio::ip::address client = state_->proxies.client(peer_, request.headers);
  request.remote_address = client == peer_ ? peer_text_ : client.to_string();
  request.address_key = client == peer_ ? peer_key_ : address_key(client);
  request.secure = tls_.has_value() || (state_->proxies.contains(peer_) &&
                                        request.headers.find("X-Forwarded-Proto") == "https");
  if (request.method_name == "CONNECT") return ErrorReason::kUnknownMethod;  // S93
  const auto host = state_->hosts.accept(*request.headers.find("Host"));
  if (!host) return ErrorReason::kWrongHost;  // S49
  request.host = *host;
  auto target = parse_target(exchange.parser.target());
  if (!target) return ErrorReason::kBadTarget;                                           // S55
  if (target->authority && *target->authority != *host) return ErrorReason::kBadTarget;  // S93
  request.target_path = std::move(target->path);
  request.query = std::move(target->query);
  request.segments = std::move(target->segments);

  auto found = state_->router.find(request.method, request.segments);
  if (auto* others = std::get_if<Router::OtherMethods>(&found)) {
    exchange.allow = allow_value(others->allowed);
    request.route = std::move(others->pattern);
    return ErrorReason::kMethodNotAllowed;
  }
  if (std::holds_alternative<Router::NotFound>(found)) {
    return request.method == Method::kOther ? ErrorReason::kUnknownMethod : ErrorReason::kNotFound;
  }
  auto& match = std::get<Router::Found>(found);
  exchange.route = match.route;
  request.route = match.route->pattern;
  request.parameters = std::move(match.parameters);
  const std::size_t max_body = match.route->options.max_body;
  if (exchange.parser.content_length().value_or(0) > max_body) {
    return ErrorReason::kBodyTooLarge;  // S54
  }
  if (request.headers.has("Content-Encoding")) return ErrorReason::kUnsupportedEncoding;  // S93
  exchange.parser.limit_body(max_body);
  return std::nullopt;
}

asio::awaitable<bool> Connection::handle(Exchange& exchange) {
  std::optional<ErrorReason> reason;
  std::string what;
  Bend& bend = exchange.bend;
  enter(Phase::kHandling, state_->options.limits.handler_time + bend.delay);
  watch_client();
  // S67: the one place that turns faults into answers.
  try {
    if (bend.delay.count() > 0) {
      asio::steady_timer pause{socket_.get_executor(), bend.delay};
      co_await pause.async_wait(asio::use_awaitable);
    }
    if (bend.answer) {
      exchange.response = std::move(*bend.answer);
    } else {
      exchange.response = co_await exchange.route->handler(exchange.request);
    }
  } catch (const std::exception& error) {
    what = error.what();
    reason = ErrorReason::kFault;
    if (timed_out_) {
      reason = ErrorReason::kUnavailable;
    } else if (state_->options.judge_fault) {
      reason = state_->options.judge_fault(error);
    }
  } catch (...) {
    what = "an exception that is no std::exception";
    reason = ErrorReason::kFault;
  }
  ++turn_;
  enter(Phase::kWriting, state_->options.limits.write_time);
  if (watching_) socket_.cancel();
  // A handler that was cancelled must not stop the answer from being written.
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  exchange.keep = exchange.parser.is_done() && exchange.parser.keep_alive() && !state_->stopping &&
                  !client_gone_ && !aborted_;
  if (!reason) co_return !aborted_;
  if (client_gone_ || aborted_) co_return false;
  state_->log.error("request_failed", {{"server", state_->options.name},
                                       {"id", exchange.request.id},
                                       {"route", exchange.request.route},
                                       {"error", what}});
  refuse(exchange, *reason);
  co_return true;
}

void Connection::refuse(Exchange& exchange, ErrorReason reason) {
  const bool body_unread = exchange.parser.is_header_done() && !exchange.parser.is_done();
  exchange.keep =
      may_keep(reason) && !body_unread && exchange.parser.keep_alive() && !state_->stopping;
  if (auto instead = state_->instead_of(reason, exchange.request, exchange.route)) {
    exchange.response = std::move(*instead);
    return;
  }
  const ErrorInfo info{status_of(reason), reason, exchange.request.id};
  const bool readable = exchange.parser.is_header_done();
  exchange.response = state_->options.error_page(readable ? &exchange.request : nullptr, info);
  exchange.response.status = info.status;
  if (reason == ErrorReason::kMethodNotAllowed)
    exchange.response.headers.set("Allow", exchange.allow);
  if (reason == ErrorReason::kUnavailable) {
    exchange.response.headers.set("Retry-After",
                                  std::to_string(state_->options.retry_after.count()));
  }
}

asio::awaitable<bool> Connection::answer(Exchange& exchange) {
  enter(Phase::kWriting, state_->options.limits.write_time);
  Response& response = exchange.response;
  if (exchange.tapped) state_->options.tap->after(exchange.request, response);
  if (exchange.bend.malformed) spoil(response);
  state_->cross_origin.complete(exchange.request, exchange.route, response);
  complete_headers(response, state_->options.extra_headers, exchange.request.secure,
                   exchange.request.host);
  if (const auto now = state_->clock.now(); now != date_time_ || date_.empty()) {
    date_time_ = now;
    date_ = format_date(now);
  }
  HeadOptions head{date_, ConnectionHeader::kNone};
  if (!exchange.keep) {
    head.connection = ConnectionHeader::kClose;
  } else if (exchange.parser.is_header_done() && exchange.parser.is_old_version()) {
    head.connection = ConnectionHeader::kKeepAlive;
  }
  out_.clear();
  write_head(out_, response, head);
  std::string_view body = response.body;
  if (exchange.request.method == Method::kHead || response.status == 204 ||
      response.status == 304) {
    body = {};
  }
  if (body.size() <= kJoinedBody || exchange.bend.cut) {
    out_.append(body);
    if (exchange.bend.cut) out_.resize(out_.size() - std::max<std::size_t>(1, body.size() / 2));
    body = {};
  }
  const std::size_t bytes = out_.size() + body.size();
  // Counted before it is sent: who has the answer finds it in the counters.
  const std::size_t index =
      exchange.route == nullptr ? state_->counters.no_route() : exchange.route->index;
  state_->counters.count(index, response.status);
  const error_code error = co_await write(out_, body);
  log_request(exchange, error ? 0 : bytes);
  co_return !error && !exchange.bend.cut;
}

asio::awaitable<boost::system::error_code> Connection::read_more() {
  const std::size_t room = std::min(kReadSize, buffer_.max_size() - buffer_.size());
  const auto space = buffer_.prepare(room);
  error_code error;
  std::size_t count = 0;
  if (tls_) {
    count = co_await tls_->async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
  } else {
    count =
        co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
  }
  buffer_.commit(count);
  co_return error;
}

asio::awaitable<boost::system::error_code> Connection::write(std::string_view head,
                                                             std::string_view body) {
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
  error_code error;
  if (tls_) {
    co_await asio::async_write(*tls_, buffers, asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, error));
  }
  co_return error;
}

asio::awaitable<void> Connection::linger() {
  // Closing a socket with unread bytes resets it and can destroy the answer on its way.
  enter(Phase::kClosing, kLingerTime);
  error_code error;
  if (tls_) {
    co_await tls_->async_shutdown(asio::redirect_error(asio::use_awaitable, error));
  }
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  std::size_t total = 0;
  while (!error && total < kLingerBytes && !state_->stopping) {
    buffer_.clear();
    const auto space = buffer_.prepare(kReadSize);
    total +=
        co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
  }
}

void Connection::log_request(const Exchange& exchange, std::size_t bytes) {
  const auto time = std::chrono::duration<double, std::milli>(steady_clock::now() - exchange.begin);
  const Request& request = exchange.request;
  const std::string_view method = name_of(request.method);
  const bool quiet =
      exchange.route != nullptr && exchange.route->options.quiet && exchange.response.status < 400;
  const auto write = quiet ? &base::Log::debug : &base::Log::event;
  // S63: never the path, the query or a header; the route's pattern says enough.
  (state_->log.*write)(
      "request",
      {{"server", state_->options.name},
       {"method", method.empty() ? "other" : method},
       {"route", request.route},
       {"status", exchange.response.status},
       {"ms", static_cast<double>(static_cast<std::int64_t>(time.count() * 1000)) / 1000},
       {"bytes", bytes},
       {"id", request.id},
       {"address", request.remote_address.empty() ? peer_text_ : request.remote_address}});
}

void Connection::wipe_buffer() {
  if (buffer_.size() != 0 || buffer_.capacity() == 0) return;
  const auto space = buffer_.prepare(buffer_.capacity());
  ::explicit_bzero(space.data(), space.size());  // S14
}

void Connection::enter(Phase phase, std::chrono::milliseconds time) {
  phase_ = phase;
  timed_out_ = false;
  deadline_ = steady_clock::now() + time;
  if (deadline_ < armed_for_) arm(deadline_);
}

void Connection::arm(steady_clock::time_point until) {
  armed_for_ = until;
  timer_.expires_at(until);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error || !self->socket_.is_open()) return;
    const auto now = steady_clock::now();
    if (self->deadline_ <= now) self->expire();
    if (!self->socket_.is_open()) return;
    self->arm(std::min(std::max(self->deadline_, now), now + self->tick_));
  });
}

void Connection::expire() {
  deadline_ = steady_clock::time_point::max();
  timed_out_ = true;
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kWriting:
    case Phase::kClosing:
      close();
      break;
    case Phase::kReading:
      socket_.cancel();
      break;
    case Phase::kHandling:
      cancel_handler();
      break;
  }
}

void Connection::watch_client() {
  // Most handlers end before this runs, and then nothing is watched.
  asio::post(socket_.get_executor(), [self = shared_from_this(), turn = turn_] {
    if (self->turn_ != turn || !self->socket_.is_open()) return;
    self->watching_ = true;
    self->socket_.async_wait(asio::ip::tcp::socket::wait_read, [self,
                                                                turn](const error_code& error) {
      self->watching_ = false;
      if (error || self->turn_ != turn) return;
      char byte = 0;
      const auto count = ::recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))) return;
      // S56: nobody waits for this answer any more.
      self->client_gone_ = true;
      self->enter(Phase::kHandling, kGoneGrace);
    });
  });
}

void Connection::cancel_handler() {
  if (phase_ == Phase::kHandling) cancel_.emit(asio::cancellation_type::terminal);
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
}

}  // namespace bbgrant::http
