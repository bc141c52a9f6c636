// SPDX-License-Identifier: MIT
#include "http/server.hpp"

#include <future>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "base/loops.hpp"
#include "http/server_state.hpp"
#include "http/session.hpp"
#include "http/wire.hpp"

namespace bbgrant::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Acceptor = std::shared_ptr<tcp::acceptor>;
using boost::system::error_code;

constexpr int kPortTries = 64;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kAbortTime{2000};

struct Listening {
  std::vector<asio::ip::address> addresses;
  bool may_lack_ipv6 = false;
};

Listening parse_addresses(const std::vector<std::string>& texts) {
  if (texts.empty()) {
    return {{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()}, true};
  }
  Listening listening;
  for (std::string text : texts) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    error_code error;
    listening.addresses.push_back(asio::ip::make_address(text, error));
    if (error) {
      throw base::StartError{"cannot listen on \"" + text +
                             "\": write an address like 127.0.0.1 or [::1], not a name"};
    }
  }
  return listening;
}

std::string in_brackets(const asio::ip::address& address) {
  return address.is_v6() ? fmt::format("[{}]", address.to_string()) : address.to_string();
}

Acceptor open(asio::io_context& loop, const tcp::endpoint& endpoint, error_code& error) {
  auto acceptor = std::make_shared<tcp::acceptor>(loop);
  acceptor->open(endpoint.protocol(), error);
  if (error) return nullptr;
  // Over connections of an earlier run that wait for their end; never beside a living listener.
  acceptor->set_option(asio::socket_base::reuse_address{true}, error);
  if (!error && endpoint.address().is_v6()) {
    acceptor->set_option(asio::ip::v6_only{true}, error);
  }
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  return error ? nullptr : acceptor;
}

bool lacks_ipv6(const error_code& error) {
  return error == asio::error::address_family_not_supported ||
         error == error_code{EADDRNOTAVAIL, boost::system::system_category()};
}

[[noreturn]] void refuse_start(const std::string& name, const tcp::endpoint& endpoint,
                               const error_code& error) {
  const std::string port = std::to_string(endpoint.port());
  const std::string where = in_brackets(endpoint.address()) + ":" + port;
  if (error == asio::error::address_in_use) {
    throw base::StartError{name + ": port " + port + " is in use (" + where +
                           "); stop the program that has it or choose another port"};
  }
  if (error == asio::error::access_denied) {
    throw base::StartError{name + ": port " + port + " needs a privilege (" + where +
                           "); choose a port above 1023"};
  }
  throw base::StartError{name + ": cannot listen on " + where + ": " + error.message()};
}

// S52: too many connections; said on the spot, without a coroutine.
void turn_away(tcp::socket socket, const ServerState& state) {
  Response response = Response::text(503, "");
  response.headers.add("Retry-After", "1");
  complete_headers(response, state.options.extra_headers, false, {});
  std::string answer;
  write_head(answer, response,
             {.date = format_date(state.clock.now()), .connection = ConnectionHeader::kClose});
  [[maybe_unused]] const auto sent =
      ::send(socket.native_handle(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> accept_from(std::shared_ptr<ServerState> state, Acceptor acceptor,
                                  base::EventLoops& loops) {
  asio::steady_timer pause{acceptor->get_executor()};
  while (acceptor->is_open()) {
    tcp::endpoint peer;
    auto [error, socket] =
        co_await acceptor->async_accept(loops.next(), peer, asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted || state->stopping) co_return;
    if (error) {
      // No descriptors left, most of all: those that are open go on, and it is tried again (S57).
      state->log.warning("accept_failed",
                         {{"server", state->options.name}, {"error", error.message()}});
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    const asio::ip::address address = unmap(peer.address());
    std::string key = state->proxies.contains(address) ? std::string{} : address_key(address);
    const auto connection = std::make_shared<Connection>(state, std::move(socket), address);
    if (!state->connections.add(connection, key, state->options.limits)) {
      turn_away(connection->release(), *state);
      continue;
    }
    connection->start(std::move(key));
  }
}

}  // namespace

struct Server::Parts {
  Parts(ServerOptions options, Router router, base::EventLoops& event_loops, base::Log& log,
        const base::Clock& clock)
      : listening(parse_addresses(options.listen_addresses)),
        state(std::make_shared<ServerState>(std::move(options), std::move(router), log, clock)),
        loops(event_loops) {}

  /// Opens every address on one port; nothing when a port of the system's choice is free on the
  /// first address only.
  std::vector<Acceptor> open_all(std::uint16_t wanted) {
    const bool any_port = wanted == 0;
    std::vector<Acceptor> opened;
    for (const asio::ip::address& address : listening.addresses) {
      const tcp::endpoint endpoint{address, wanted};
      error_code error;
      Acceptor acceptor = open(loops.next(), endpoint, error);
      if (acceptor) {
        wanted = acceptor->local_endpoint().port();
        opened.push_back(std::move(acceptor));
      } else if (listening.may_lack_ipv6 && address.is_v6() && lacks_ipv6(error)) {
        state->log.warning("no_ipv6",
                           {{"server", state->options.name}, {"listening", "127.0.0.1 only"}});
      } else if (any_port && !opened.empty() && error == asio::error::address_in_use) {
        return {};
      } else {
        refuse_start(state->options.name, endpoint, error);
      }
    }
    return opened;
  }

  void fill_hosts() {
    std::vector<std::string> hosts = state->options.hosts;
    for (const asio::ip::address& address : listening.addresses) {
      if (address.is_loopback() || address.is_unspecified()) continue;
      hosts.push_back(in_brackets(address) + ":" + std::to_string(port));
    }
    state->hosts = HostList{hosts, port, static_cast<std::uint16_t>(state->tls ? 443 : 80)};
  }

  Listening listening;
  std::shared_ptr<ServerState> state;
  base::EventLoops& loops;
  std::vector<Acceptor> acceptors;
  std::vector<std::future<void>> listeners;  // ready when an accepting coroutine has ended
  std::uint16_t port = 0;
};

Server::Server(ServerOptions options, Router router, base::EventLoops& loops, base::Log& log,
               const base::Clock& clock)
    : parts_(std::make_shared<Parts>(std::move(options), std::move(router), loops, log, clock)) {}

Server::~Server() { stop(std::chrono::milliseconds{0}); }

void Server::start() {
  Parts& parts = *parts_;
  for (int i = 0; i < kPortTries && parts.acceptors.empty(); ++i) {
    parts.acceptors = parts.open_all(parts.state->options.port);
  }
  if (parts.acceptors.empty()) {
    throw base::StartError{parts.state->options.name +
                           ": found no port that is free on all addresses; name one"};
  }
  parts.port = parts.acceptors.front()->local_endpoint().port();
  parts.fill_hosts();
  for (const Acceptor& acceptor : parts.acceptors) {
    auto ended = std::make_shared<std::promise<void>>();
    parts.listeners.push_back(ended->get_future());
    asio::co_spawn(acceptor->get_executor(), accept_from(parts.state, acceptor, parts.loops),
                   [ended, state = parts.state](std::exception_ptr error) {
                     if (error) {
                       state->log.error("listening_ended", {{"server", state->options.name}});
                     }
                     ended->set_value();
                   });
  }
}

std::uint16_t Server::port() const noexcept { return parts_->port; }

void Server::stop(std::chrono::milliseconds grace) {
  ServerState& state = *parts_->state;
  state.stopping = true;
  for (const Acceptor& acceptor : parts_->acceptors) {
    asio::post(acceptor->get_executor(), [acceptor] {
      error_code ignored;
      acceptor->close(ignored);
    });
  }
  // Bounded: loops that were stopped before the server run nothing any more.
  for (const std::future<void>& listener : parts_->listeners) listener.wait_for(kAbortTime);
  parts_->acceptors.clear();
  parts_->listeners.clear();
  for (const auto& connection : state.connections.all()) connection->drain();
  if (state.connections.wait_until_empty(grace)) return;
  for (const auto& connection : state.connections.all()) connection->abort();
  if (state.connections.wait_until_empty(kAbortTime)) return;
  state.log.error("stop_incomplete",
                  {{"server", state.options.name}, {"connections", state.connections.size()}});
}

std::size_t Server::open_connections() const { return parts_->state->connections.size(); }

std::vector<RouteCount> Server::counts() const { return parts_->state->counters.counts(); }

}  // namespace bbgrant::http
