// SPDX-License-Identifier: MIT
#include "running_app.hpp"

#include "http/form.hpp"

namespace bbgrant::app {

namespace {

AppOptions options_for(const std::string& origin, bool sandbox) {
  AppOptions options;
  options.consumer = {"app", Secret{std::string_view{"secret"}}};
  options.server = Server::sandbox(origin);
  options.port = 0;
  options.sandbox = sandbox;
  options.health_url = origin + "/healthcheck";
  options.timeout = std::chrono::seconds{5};
  options.operations = {{"GET", "/2.0/user", "account", "Who"},
                        {"GET", "/2.0/user/emails", "email", "Addresses"},
                        {"GET", "/2.0/workspaces/{workspace}", "", "One workspace"}};
  return options;
}

sandbox::Options sandbox_options() {
  sandbox::Options options;
  options.port = 0;
  options.store = "memory";
  options.password_cost = sandbox::PasswordCost::kMinimal;
  options.demo_consumer = sandbox::DemoConsumer{"app", Secret{std::string_view{"secret"}}};
  return options;
}

}  // namespace

RunningApp::RunningApp(const std::string& origin, bool sandbox)
    : RunningApp(options_for(origin, sandbox)) {}

RunningApp::RunningApp(AppOptions options) : app(std::move(options), loops, log, clock) {
  app.start();
}

RunningApp::~RunningApp() {
  app.stop();
  loops.stop();
}

AppWithSandbox::AppWithSandbox() : sandbox(sandbox_options(), sandbox_log) {
  sandbox.start();
  running.emplace(sandbox.origin());
}

std::string Visitor::cookie() const {
  std::string text;
  for (const auto& [name, value] : cookies_) {
    if (!text.empty()) text += "; ";
    text.append(name).append("=").append(value);
  }
  return text;
}

Page Visitor::send(const std::string& method, const std::string& path, const Fields& headers,
                   const std::string& body) const {
  HttpRequest request;
  request.method = method;
  request.url = origin_ + path;
  for (const auto& [name, value] : headers) request.headers.push_back({name, wire_text(value)});
  if (!body.empty()) request.body = wire_text(body);
  HttpResponse response = transport_->send(request);
  return {.status = response.status, .headers = response.headers, .body = response.body};
}

Page Visitor::keep(Page page) {
  for (const auto& [name, value] : page.headers) {
    if (name != "Set-Cookie" && name != "set-cookie") continue;
    const std::size_t equals = value.find('=');
    const std::string cookie = value.substr(0, equals);
    const std::string content = value.substr(equals + 1, value.find(';') - equals - 1);
    if (value.find("Max-Age=0") != std::string::npos) {
      cookies_.erase(cookie);
    } else {
      cookies_[cookie] = content;
    }
  }
  constexpr std::string_view kField = "name=\"csrf\" value=\"";
  const std::size_t at = page.body.find(kField);
  if (at != std::string::npos) {
    const std::size_t start = at + kField.size();
    csrf_ = page.body.substr(start, page.body.find('"', start) - start);
  }
  return page;
}

Page Visitor::get(const std::string& path) {
  Fields headers{{"Accept", "text/html"}};
  if (!cookies_.empty()) headers.emplace_back("Cookie", cookie());
  return keep(send("GET", path.substr(0, path.find('#')), headers));
}

Page Visitor::post(const std::string& path, Fields fields) {
  fields.emplace_back("csrf", csrf_);
  Fields headers{{"Accept", "text/html"},
                 {"Content-Type", "application/x-www-form-urlencoded"},
                 {"Origin", origin_},
                 {"Sec-Fetch-Site", "same-origin"}};
  if (!cookies_.empty()) headers.emplace_back("Cookie", cookie());
  return keep(send("POST", path, headers, http::encode_query(fields)));
}

Page Visitor::post_and_follow(const std::string& path, Fields fields) {
  Page answer = post(path, std::move(fields));
  if (answer.status != 303) return answer;
  return get(answer.header("Location"));
}

std::string way_out(const std::string& page) {
  constexpr std::string_view kButton = "lead-button\" href=\"";
  const std::size_t link = page.find(kButton) + kButton.size();
  std::string address = page.substr(link, page.find('"', link) - link);
  for (std::size_t i = address.find("&amp;"); i != address.npos; i = address.find("&amp;")) {
    address.replace(i, 5, "&");
  }
  return address;
}

Page post_as_script(const std::string& origin, const std::string& path, const std::string& form) {
  return Visitor{origin}.send(
      "POST", path,
      {{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}},
      form);
}

}  // namespace bbgrant::app
