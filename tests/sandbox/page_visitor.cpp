// SPDX-License-Identifier: MIT
#include "sandbox/page_visitor.hpp"

#include <regex>
#include <stdexcept>

#include "http/form.hpp"

namespace bbgrant::sandbox::testing {
namespace {

std::string unescape(std::string text) {
  const std::pair<std::string, std::string> codes[] = {
      {"&quot;", "\""}, {"&#39;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
  for (const auto& [code, plain] : codes) {
    for (auto at = text.find(code); at != std::string::npos; at = text.find(code, at + 1)) {
      text.replace(at, code.size(), plain);
    }
  }
  return text;
}

}  // namespace

void PageVisitor::remember(const RawAnswer& answer) {
  const auto set = answer.header("Set-Cookie");
  if (set) cookie = set->substr(0, set->find(';'));
}

const RawAnswer& PageVisitor::open(const std::string& path) {
  std::string at = path;
  for (int hops = 0; hops < 5; ++hops) {
    page_ = server_.send("GET " + at.substr(0, at.find('#')),
                         cookie.empty() ? "" : "Cookie: " + cookie + "\r\n");
    remember(page_);
    const auto location = page_.header("Location");
    if (!location || !location->starts_with("/")) break;
    at = *location;
  }
  return page_;
}

RawAnswer PageVisitor::post(const std::string& path, const Fields& fields,
                            std::string_view headers) {
  std::string head = "Content-Type: application/x-www-form-urlencoded\r\n";
  if (!cookie.empty()) head += "Cookie: " + cookie + "\r\n";
  head += headers;
  auto answer = server_.send("POST " + path, head, http::encode_query(fields));
  remember(answer);
  return answer;
}

Fields PageVisitor::hidden(std::string_view action) const {
  const auto start = page_.body.find("action=\"" + std::string{action} + "\"");
  if (start == std::string::npos) {
    throw std::runtime_error("no form for " + std::string{action} + " in " + page_.body);
  }
  const auto end = page_.body.find("</form>", start);
  const std::string form = page_.body.substr(start, end - start);
  static const std::regex input{R"re(<input type="hidden" name="([^"]*)" value="([^"]*)">)re"};
  Fields fields;
  for (std::sregex_iterator found{form.begin(), form.end(), input}, none; found != none; ++found) {
    fields.emplace_back((*found)[1], unescape((*found)[2]));
  }
  return fields;
}

std::string PageVisitor::consent_action() const {
  static const std::regex form{R"re(<form id="answer" method="post" action="([^"]*)">)re"};
  std::smatch found;
  if (!std::regex_search(page_.body, found, form)) {
    throw std::runtime_error("no consent page: " + page_.body);
  }
  return found[1];
}

const RawAnswer& PageVisitor::submit(std::string_view action, Fields fields) {
  Fields all = hidden(action);
  all.insert(all.end(), fields.begin(), fields.end());
  page_ = post(std::string{action}, all);
  const auto location = page_.header("Location");
  if (location && location->starts_with("/")) return open(*location);
  return page_;
}

const RawAnswer& PageVisitor::authorize(const Fields& fields) {
  Fields all = fields;
  const auto add = [&](const char* name, const char* value) {
    for (const auto& field : fields) {
      if (field.first == name) return;
    }
    all.emplace_back(name, value);
  };
  add("client_id", "app");
  add("response_type", "code");
  return open("/site/oauth2/authorize?" + http::encode_query(all));
}

const RawAnswer& PageVisitor::sign_in(const std::string& name) {
  return submit("/account/signin", {{"username", name}, {"password", name + "-password"}});
}

const RawAnswer& PageVisitor::decide(std::string_view decision, Fields scopes) {
  scopes.emplace_back("decision", decision);
  return submit(consent_action(), std::move(scopes));
}

std::map<std::string, std::string> PageVisitor::allow(const Fields& fields) {
  authorize(fields);
  if (page_.body.find("action=\"/account/signin\"") != std::string::npos) sign_in("alice");
  static const std::regex box{R"re(name="scope" value="([^"]*)")re"};
  Fields scopes;
  for (std::sregex_iterator found{page_.body.begin(), page_.body.end(), box}, none; found != none;
       ++found) {
    scopes.emplace_back("scope", (*found)[1]);
  }
  decide("allow", std::move(scopes));
  const bool fragment = page_.header("Location").value_or("").find('#') != std::string::npos;
  return parameters_of(page_, fragment ? '#' : '?');
}

std::map<std::string, std::string> parameters_of(const RawAnswer& answer, char mark) {
  const std::string location = answer.header("Location").value_or("");
  const auto start = location.find(mark);
  std::map<std::string, std::string> fields;
  if (start == std::string::npos) return fields;
  const auto parsed = http::parse_form(location.substr(start + 1));
  for (const auto& [name, value] : std::get<http::Form>(parsed)) fields.emplace(name, value);
  return fields;
}

}  // namespace bbgrant::sandbox::testing
