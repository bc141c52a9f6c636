// SPDX-License-Identifier: MIT
#include "sandbox/sandbox.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include "authorization/authorization_server.hpp"
#include "authorization/seal.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/loops.hpp"
#include "base/start_error.hpp"
#include "http/metrics.hpp"
#include "http/server.hpp"
#include "pages/asset.hpp"
#include "resource/resource_server.hpp"
#include "sandbox/control/control.hpp"
#include "sandbox/error_page.hpp"
#include "sandbox/health.hpp"
#include "sandbox/housekeeping.hpp"
#include "sandbox/opening.hpp"
#include "sandbox/seed.hpp"
#include "sandbox/verifier.hpp"
#include "store/store.hpp"

namespace bbgrant::sandbox {
namespace {

using base::StartError;

bool is_loopback(std::string address) {
  if (address == "localhost") return true;
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

// A balancer on this machine may serve others what listens on loopback: it shows in the origin.
bool on_loopback_only(const Options& options) {
  const std::string given = options.base_url.value_or("http://localhost");
  const auto origin = boost::urls::parse_uri(given);
  return std::ranges::all_of(options.listen_addresses,
                             [](const auto& address) { return is_loopback(address); }) &&
         (!origin || is_loopback(std::string{origin->encoded_host()}));
}

authorization::Behaviour behaviour_of(const Options& options) {
  authorization::Behaviour behaviour;
  behaviour.profile = authorization::find_profile(options.compat);
  if (behaviour.profile == nullptr) {
    std::string names;
    for (const auto name : authorization::profile_names()) {
      names.append(names.empty() ? "" : " or ").append(name);
    }
    throw StartError("--compat " + options.compat + ": no such profile; use " + names);
  }
  if (options.errors == "rfc6749") {
    behaviour.errors = authorization::ErrorStyle::kRfc6749;
  } else if (options.errors != "bitbucket") {
    throw StartError("--errors " + options.errors + ": use bitbucket or rfc6749");
  }
  behaviour.refuse_demo = !options.allow_demo && !on_loopback_only(options);
  return behaviour;
}

// S58, S61: what is made for tests must not face other machines unasked.
void judge_exposure(const Options& options) {
  if (options.control && !on_loopback_only(options) && options.control_token_file.empty()) {
    throw StartError(
        "--control off loopback needs --control-token-file: anyone who reaches it can empty the "
        "store");
  }
  if (on_loopback_only(options) || options.allow_demo) return;
  if (options.store == "memory" || options.password_cost == PasswordCost::kMinimal) {
    throw StartError(
        "--store memory and --password-cost minimal are for tests: off loopback they need "
        "--allow-demo");
  }
}

std::string host_of(const std::string& base_url) {
  const auto url = boost::urls::parse_uri(base_url);
  // Boost.URL 1.81 ends the host of http://127.0.0.1.example/ after the address and takes the rest
  // for a path, so a path is refused too.
  if (!url || url->host().empty() || !url->encoded_path().empty() ||
      (url->scheme_id() != boost::urls::scheme::http &&
       url->scheme_id() != boost::urls::scheme::https)) {
    throw StartError("--base-url " + base_url + ": use http://host:port or https://host:port");
  }
  return std::string{url->encoded_host_and_port()};
}

http::ErrorReason judge_fault(const std::exception& fault) {
  return dynamic_cast<const store::StoreError*>(&fault) == nullptr
             ? http::ErrorReason::kFault
             : http::ErrorReason::kUnavailable;  // S16
}

http::ServerOptions server_options(const Options& options) {
  http::ServerOptions server;
  server.name = "sandbox";
  server.listen_addresses = options.listen_addresses;
  server.port = options.port;
  if (options.base_url) server.hosts.push_back(host_of(*options.base_url));
  server.trusted_proxies = options.trusted_proxies;
  server.cross_origins = options.cors_origins;
  server.tls_certificate_file = options.tls_certificate_file;
  server.tls_key_file = options.tls_key_file;
  server.error_page = error_page;
  server.judge_fault = judge_fault;
  return server;
}

// The store's threads wake the loops: they end first, also when a start is refused halfway.
struct StoreCloser {
  store::Store& store;
  ~StoreCloser() { store.close(); }
};

}  // namespace

struct Sandbox::Parts {
  Parts(Options given, base::Log& to_log)
      : options(std::move(given)),
        log(to_log),
        behaviour(behaviour_of(options)),
        store(open(options)),
        loops("sandbox"),
        closer{*store},
        sealer(sealer_of(options, !wait_for(store->seeded()))),
        authorization(*store, sealer,
                      {.behaviour = behaviour,
                       .password_cost = cost_of(options),
                       .access_token_ttl = options.access_token_ttl,
                       .demo_accounts = demo_sign_ins()},
                      clock, log),
        verifier(*store, behaviour, clock),
        resource(*store, verifier),
        health(*store, clock),
        housekeeping(*store, authorization.throttle(), clock, log),
        workshop{.hasher = authorization.hasher(),
                 .sealer = sealer,
                 .clock = clock,
                 .profile = behaviour.profile->name,
                 .errors = behaviour.errors} {
    if (options.control) {
      control.emplace(options, Control::Of{*store, authorization, clock, workshop, log});
      authorization.set_approver(control->approver());
    }
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  // Runs a coroutine on the sandbox's own loops and waits for it.
  template <class T>
  T wait_for(boost::asio::awaitable<T> coroutine) {
    return boost::asio::co_spawn(loops.next(), std::move(coroutine), boost::asio::use_future).get();
  }

  // Throws store::StoreError, DocumentError and StartError.
  void fill_store() {
    const bool was_seeded = wait_for(store->seeded());
    seed_ignored = was_seeded && !options.seed_file.empty();
    // A control interface or a seed file wants the plan even then: for a reset, and to be judged.
    if (control || !was_seeded || seed_ignored) {
      auto plan = plan_of(options, workshop);
      if (!was_seeded) wait_for(plan.seed(*store, clock.now()));
      if (control) control->set_seed(std::move(plan));
    }
    wait_for(keep_demo_consumers(*store, options, workshop));
    if (control && options.store != "memory" && !options.control_any_store &&
        !wait_for(store->is_demo())) {
      throw StartError(  // S61
          "--control: this store holds accounts or consumers that came from no seed; use another, "
          "or say --control-any-store");
    }
  }

  Options options;
  base::Log& log;
  base::MovableClock clock;
  authorization::Behaviour behaviour;
  std::shared_ptr<store::Store> store;
  base::EventLoops loops;
  StoreCloser closer;
  authorization::Sealer sealer;
  authorization::AuthorizationServer authorization;
  StoreVerifier verifier;
  resource::ResourceServer resource;
  Health health;
  Housekeeping housekeeping;
  Workshop workshop;
  std::optional<Control> control;
  std::optional<http::Server> server;
  bool seed_ignored = false;
};

Sandbox::Sandbox(Options options, base::Log& log) {
  start_libsodium();
  judge_exposure(options);
  auto listening = server_options(options);
  parts_ = std::make_unique<Parts>(std::move(options), log);
  auto& parts = *parts_;
  try {
    parts.wait_for(judge_key(*parts.store, parts.sealer, parts.options));
    parts.fill_store();
    parts.wait_for(parts.housekeeping.restore());
  } catch (const store::StoreError& error) {
    throw StartError(error.what());
  } catch (const base::DocumentError& error) {
    throw StartError("--seed " + parts.options.seed_file + ": " + error.what());
  }
  http::Router router;
  parts.authorization.add_routes(router);
  parts.resource.add_routes(router);
  pages::add_asset_routes(router);
  router.add(http::Method::kGet, "/healthcheck",
             [&parts](http::Request& request) { return parts.health.answer(request); },
             {.max_body = 0, .quiet = true});
  if (parts.control) {
    parts.control->add_routes(router);
    listening.tap = &*parts.control;
  }
  const auto metrics = [&parts](http::Request& request) -> boost::asio::awaitable<http::Response> {
    co_return http::metrics_answer(
        *parts.server, "sandbox", request,
        parts.options.public_metrics ? http::MetricsFor::kEverybody : http::MetricsFor::kLoopback);
  };
  router.add(http::Method::kGet, "/metrics", metrics, {.max_body = 0, .quiet = true});
  parts.server.emplace(std::move(listening), std::move(router), parts.loops, parts.log,
                       parts.clock);
}

Sandbox::~Sandbox() { stop({}); }

void Sandbox::start() {
  parts_->server->start();
  parts_->housekeeping.start(parts_->loops.next());
}

std::uint16_t Sandbox::port() const { return parts_->server->port(); }

std::string Sandbox::origin() const {
  if (parts_->options.base_url) return *parts_->options.base_url;
  const bool tls = !parts_->options.tls_certificate_file.empty();
  return (tls ? "https://localhost:" : "http://localhost:") + std::to_string(port());
}

std::vector<std::string> Sandbox::warnings() const {
  const auto& options = parts_->options;
  std::vector<std::string> lines = parts_->store->warnings();
  if (options.store == "memory") {
    lines.emplace_back("the store is in memory: everything is forgotten at the end");
  }
  if (options.password_cost == PasswordCost::kMinimal) {
    lines.emplace_back("passwords are hashed at the minimal cost: for tests only");
  }
  if (parts_->seed_ignored) {
    lines.emplace_back("the store was filled before: --seed is not read into it again");
  }
  if (options.control) lines.emplace_back("the control interface under /_sandbox is open");
  if (!on_loopback_only(options)) {
    lines.emplace_back("this sandbox can be reached from other machines");
    if (options.trusted_proxies.empty() && options.tls_certificate_file.empty()) {
      lines.emplace_back("passwords and tokens cross the network in the clear: put it behind TLS");
    }
    lines.emplace_back(
        options.allow_demo
            ? "the demo accounts and consumers, whose passwords and secrets are "
              "public, work from other machines"
            : "the demo accounts and consumers are refused; --allow-demo admits them");
  }
  return lines;
}

base::MovableClock& Sandbox::clock() { return parts_->clock; }

void Sandbox::share_throttle() { parts_->housekeeping.share_now(); }

void Sandbox::stop(std::chrono::milliseconds grace) {
  auto& parts = *parts_;
  if (parts.server) parts.server->stop(grace);
  parts.housekeeping.stop();
  parts.store->close();
  parts.loops.stop();
}

void Sandbox::set_demo_callback(const std::string& callback_url) {
  auto& parts = *parts_;
  for (const auto* demo : {&parts.options.demo_consumer, &parts.options.demo_consumer_2026}) {
    if (*demo) parts.wait_for(parts.store->set_callback((*demo)->key, callback_url));
  }
  parts.options.app_callback_url = callback_url;
  if (parts.control) parts.control->set_seed(plan_of(parts.options, parts.workshop));
}

}  // namespace bbgrant::sandbox
