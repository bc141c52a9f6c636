// SPDX-License-Identifier: MIT
#include "app/wire_view.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/json_text.hpp"
#include "app/url_parts.hpp"
#include "app/wire_parts.hpp"
#include "http/form.hpp"

namespace bbgrant::app {

namespace {

// Each answer stands in four panes of a page; the explorer shows the whole of it.
constexpr std::size_t kMostOfAnswer = std::size_t{16} * 1024;

bool is_form(const WireMessage& message) {
  return std::any_of(message.headers.begin(), message.headers.end(), [](const WireHeader& header) {
    return masked(header.value).starts_with("application/x-www-form-urlencoded");
  });
}

/// What a reader of an answer looks for; the raw view has all of them.
bool is_telling(std::string_view name) {
  static constexpr std::string_view kTelling[] = {
      "content-type",   "cache-control",           "www-authenticate", "retry-after",
      "x-oauth-scopes", "x-accepted-oauth-scopes", "location"};
  std::string lower{name};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(std::begin(kTelling), std::end(kTelling), lower) != std::end(kTelling);
}

enum class Which { kAll, kTelling };

void head(WireParts& out, const WireMessage& message, std::string_view start_kind,
          Which which = Which::kAll) {
  if (start_kind.empty()) {
    // "POST /path HTTP/1.1": the method stands out.
    const std::string line = masked(message.start_line);
    const std::size_t blank = std::min(line.find(' '), line.size());
    out.text(std::string_view{line}.substr(0, blank), "verb");
    out.text(std::string_view{line}.substr(blank));
  } else {
    out.parts(message.start_line, start_kind);
  }
  out.text("\n");
  std::size_t left_out = 0;
  for (const WireHeader& header : message.headers) {
    if (which == Which::kTelling && !is_telling(header.name)) {
      ++left_out;
      continue;
    }
    out.text(header.name + ": ", "name");
    out.parts(header.value);
    out.text("\n");
  }
  if (left_out > 0) out.text(fmt::format("and {} more headers: see raw\n", left_out), "aside-note");
}

std::string_view start_kind(const WireMessage& response) {
  const std::string line = masked(response.start_line);
  const std::size_t blank = line.find(' ');
  const bool refused = blank != std::string::npos && blank + 1 < line.size() &&
                       (line[blank + 1] == '4' || line[blank + 1] == '5');
  return refused ? "status-bad" : "verb";
}

/// JSON whose secrets stand as marks of two private-use characters around a number, so that it can
/// be parsed and indented like any other, and the secrets be put back afterwards.
struct Marked {
  std::string text;
  std::vector<const WirePart*> secrets;
};

constexpr std::string_view kMarkStart = "\xEE\x80\x80";
constexpr std::string_view kMarkEnd = "\xEE\x80\x81";

Marked mark(const WireText& body) {
  Marked marked;
  for (const WirePart& part : body) {
    if (part.kind == WireKind::kText) {
      marked.text += part.text;
      continue;
    }
    marked.text += kMarkStart;
    marked.text += std::to_string(marked.secrets.size());
    marked.text += kMarkEnd;
    marked.secrets.push_back(&part);
  }
  return marked;
}

std::size_t count(std::string_view text, std::string_view mark) {
  std::size_t found = 0;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
    ++found;
  }
  return found;
}

void unmark(WireParts& out, std::string_view text, const Marked& marked, std::string_view kind) {
  while (true) {
    const std::size_t start = text.find(kMarkStart);
    out.text(text.substr(0, start), kind);
    if (start == std::string_view::npos) return;
    const std::size_t end = text.find(kMarkEnd, start);
    if (end == std::string_view::npos) return;
    const std::string number{
        text.substr(start + kMarkStart.size(), end - start - kMarkStart.size())};
    out.part(*marked.secrets.at(std::stoul(number)));
    text.remove_prefix(end + kMarkEnd.size());
  }
}

/// True when the body was JSON and was written.
bool pretty_json(WireParts& out, const WireText& body, std::string_view value_kind) {
  for (const WirePart& part : body) {
    if (part.text.find(kMarkStart) != std::string::npos) return false;
  }
  const Marked marked = mark(body);
  const auto json = parse_json(marked.text);
  if (json.is_discarded() || !json.is_structured()) return false;
  const std::string text = json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  // A server can write a mark of its own as an escape: then the body is shown as it came.
  if (count(text, kMarkStart) != marked.secrets.size() ||
      count(text, kMarkEnd) != marked.secrets.size()) {
    return false;
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    const std::string_view line = rest.substr(0, end + 1);
    const std::size_t colon = line.find("\": ");
    const std::size_t value = colon == std::string_view::npos ? line.find('"') : colon + 3;
    if (value == std::string_view::npos) {
      unmark(out, line, marked, {});
    } else {
      unmark(out, line.substr(0, value), marked, {});
      unmark(out, line.substr(value), marked, value_kind);
    }
    rest.remove_prefix(end + 1);
  }
  return true;
}

/// What may stand between single quotes of a POSIX shell: it'\''s.
std::string shell_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word;
}

/// A C++ string literal; JSON's escapes are C++'s.
std::string literal(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string inside_literal(std::string_view text) {
  const std::string whole = literal(text);
  return whole.substr(1, whole.size() - 2);
}

/// The part with its bytes escaped: a server chose them, and people paste them into a shell or a
/// program.
WirePart escaped(const WirePart& part, std::string (*escape)(std::string_view)) {
  if (part.kind == WireKind::kText) return WirePart::plain(escape(part.text));
  return WirePart::hidden(part.kind, Secret{escape(part.secret.reveal())});
}

void shell_parts(WireParts& out, const WireText& text) {
  for (const WirePart& part : text) out.part(escaped(part, shell_word), kind_of_field(text));
}

/// The value of a form field, decoded; empty when it is not there or a secret.
std::string field_value(const std::vector<WireText>& fields, std::string_view name) {
  for (const WireText& field : fields) {
    if (field.empty() || !field.front().text.starts_with(std::string{name} + "=")) continue;
    const auto decoded =
        http::decode_form_value(std::string_view{field.front().text}.substr(name.size() + 1));
    const auto* value = std::get_if<std::string>(&decoded);
    return value == nullptr ? std::string{} : *value;
  }
  return {};
}

const WirePart* find_secret(const WireText& text, WireKind kind) {
  const auto found = std::find_if(text.begin(), text.end(),
                                  [kind](const WirePart& part) { return part.kind == kind; });
  return found == text.end() ? nullptr : &*found;
}

const WirePart* bearer_of(const Exchange& exchange) {
  for (const WireHeader& header : exchange.request.headers) {
    if (const WirePart* found = find_secret(header.value, WireKind::kAccessToken)) return found;
  }
  return nullptr;
}

/// "http://localhost:7990"; empty when it is no URL.
std::string origin_of(std::string_view url) {
  const auto parts = url_parts(url);
  return parts ? parts->origin : std::string{};
}

/// Path and query as they were sent, secrets masked.
std::string target_of(const Exchange& exchange) {
  const std::string line = masked(exchange.request.start_line);
  const std::size_t start = line.find(' ');
  const std::size_t end = line.rfind(' ');
  if (start != std::string::npos && end > start) return line.substr(start + 1, end - start - 1);
  const auto parts = url_parts(exchange.url);
  return parts ? parts->path : std::string{};
}

std::string content_type_of(const Exchange& exchange) {
  for (const WireHeader& header : exchange.request.headers) {
    if (header.name == "Content-Type" || header.name == "content-type") return masked(header.value);
  }
  return "application/json";
}

void cpp_server(WireParts& out, const WireContext& context) {
  if (context.server == Server::bitbucket()) {
    out.text("bbgrant::Server::bitbucket()");
    return;
  }
  const std::string origin = origin_of(context.server.token_url);
  if (context.server.token_url == Server::sandbox(origin).token_url) {
    out.text("bbgrant::Server::sandbox(" + literal(origin) + ")");
    return;
  }
  out.text("bbgrant::Server{.token_url = " + literal(context.server.token_url) +
           ",\n                .api_url = " + literal(context.server.api_url) + "}");
}

std::string scope_list(std::string_view scopes) {
  std::string list;
  for (const std::string& scope : Scopes::read(scopes)) {
    if (!list.empty()) list += ", ";
    list += literal(scope);
  }
  return fmt::format("{{{}}}", list);
}

}  // namespace

nlohmann::json raw_request(const Exchange& exchange, Secrets secrets) {
  WireParts out{secrets};
  head(out, exchange.request, {});
  if (exchange.request.body.empty()) return out.take();
  out.text("\n");
  if (!is_form(exchange.request)) {
    out.parts(exchange.request.body);
    return out.take();
  }
  // One field a line. The line ends are ours: "br" tells the copy button to leave them out.
  bool first = true;
  for (const WireText& field : split_form(exchange.request.body)) {
    if (!first) {
      out.text("\n", "br");
      out.text("&");
    }
    out.parts(field, kind_of_field(field));
    first = false;
  }
  return out.take();
}

nlohmann::json curl_request(const Exchange& exchange, const WireContext& context, Secrets secrets) {
  WireParts out{secrets};
  out.text("curl ", "verb");
  if (exchange.method != "GET" && exchange.method != "POST") {
    out.text("-X " + shell_word(exchange.method) + " ");
  }
  out.text(fmt::format("'{}'", shell_word(origin_of(exchange.url) + target_of(exchange))));
  if (const WirePart* bearer = bearer_of(exchange)) {
    out.text(" \\\n  -H 'Authorization: Bearer ");
    out.part(escaped(*bearer, shell_word));
    out.text("'");
    if (exchange.request.body.empty()) return out.take();
    out.text(" \\\n  -H 'Content-Type: " + shell_word(content_type_of(exchange)) +
             "' \\\n  --data-raw '");
    shell_parts(out, exchange.request.body);
    out.text("'");
    return out.take();
  }
  if (exchange.request.body.empty()) return out.take();
  out.text(" \\\n  -u '");
  out.text(shell_word(context.consumer_key), "client");
  out.text(":");
  out.secret(Secret{shell_word(context.consumer_secret.reveal())}, WireKind::kConsumerSecret);
  out.text("'");
  for (const WireText& field : split_form(exchange.request.body)) {
    out.text(" \\\n  -d '");
    shell_parts(out, field);
    out.text("'");
  }
  return out.take();
}

nlohmann::json cpp_request(const Exchange& exchange, const WireContext& context, Secrets secrets) {
  WireParts out{secrets};
  out.text("#include <bbgrant/bbgrant.hpp>\n\n", "name");
  const std::vector<WireText> fields = split_form(exchange.request.body);
  if (const WirePart* bearer = bearer_of(exchange)) {
    out.text("const bbgrant::ApiClient api{\n    ");
    cpp_server(out, context);
    out.text("};\nconst bbgrant::Secret token{\"");
    out.part(escaped(*bearer, inside_literal));
    out.text("\"};\nconst auto answer = ");
    if (exchange.method == "GET") {
      out.text("api.get(" + literal(target_of(exchange)) + ", token);\n");
    } else {
      out.text("api.send(\n    {.method = " + literal(exchange.method) +
               ", .target = " + literal(target_of(exchange)));
      if (!exchange.request.body.empty()) {
        out.text(",\n     .body = " + literal(masked(exchange.request.body)) +
                 ",\n     .content_type = " + literal(content_type_of(exchange)));
      }
      out.text("},\n    token);\n");
    }
    return out.take();
  }
  out.text("const bbgrant::Client client{\n    ");
  cpp_server(out, context);
  out.text(",\n    bbgrant::ConsumerKey{");
  out.text(literal(context.consumer_key), "client");
  out.text("},\n    bbgrant::Secret{\"");
  out.secret(Secret{inside_literal(context.consumer_secret.reveal())}, WireKind::kConsumerSecret);
  out.text("\"}};\n");
  const std::string grant = field_value(fields, "grant_type");
  if (grant == "password") {
    out.text("const bbgrant::Token token = client.password_grant(\n    bbgrant::Username{");
    out.text(literal(field_value(fields, "username")), "owner");
    out.text("},\n    bbgrant::Secret{\"");
    out.secret(Secret{}, WireKind::kPassword);
    out.text("\"}");
    const std::string scope = field_value(fields, "scope");
    if (!scope.empty()) out.text(",\n    " + scope_list(scope));
    out.text(");\n");
  } else if (grant == "refresh_token") {
    out.text("const bbgrant::Token token =\n    client.refresh(bbgrant::Secret{\"");
    for (const WireText& field : fields) {
      if (const auto* refresh = find_secret(field, WireKind::kRefreshToken)) out.part(*refresh);
    }
    out.text("\"});\n");
  } else if (grant == "client_credentials") {
    out.text("const bbgrant::Token token = client.client_credentials(" +
             scope_list(field_value(fields, "scope")) + ");\n");
  } else if (grant == "authorization_code") {
    out.text(
        "const bbgrant::Token token = client.finish_authorization(\n    "
        "std::move(authorization),  // what begin_authorization() gave\n    address);\n");
  } else if (!grant.empty()) {
    out.text(
        "const bbgrant::Token token = client.token_request(\n    "
        "{bbgrant::FormField::plain(\"grant_type\", " +
        literal(grant) + ")}, \"another grant\");\n");
  } else {
    out.text("client.revoke(bbgrant::Secret{\"");
    for (const WireText& field : fields) {
      for (const WirePart& part : field) {
        if (part.kind != WireKind::kText) out.part(part);
      }
    }
    out.text("\"});\n");
  }
  return out.take();
}

nlohmann::json raw_response(const WireMessage& response, Secrets secrets) {
  WireParts out{secrets, kMostOfAnswer};
  head(out, response, start_kind(response));
  if (!response.body.empty()) {
    out.text("\n");
    out.parts(response.body);
  }
  return out.take();
}

nlohmann::json pretty_response(const WireMessage& response, bool from_api, Secrets secrets) {
  WireParts out{secrets, kMostOfAnswer};
  const std::string_view kind = start_kind(response);
  head(out, response, kind, Which::kTelling);
  if (!response.body.empty()) {
    out.text("\n");
    const bool refused = kind == "status-bad";
    std::string_view values = refused ? "bad" : "";
    if (from_api && !refused) values = "data";
    if (!pretty_json(out, response.body, values)) out.parts(response.body);
  }
  return out.take();
}

bool has_secrets(const Exchange& exchange) {
  const auto any = [](const WireText& text) {
    return std::any_of(text.begin(), text.end(), [](const WirePart& part) {
      return part.kind != WireKind::kText && part.kind != WireKind::kPassword;
    });
  };
  const auto any_in = [&](const WireMessage& message) {
    return any(message.body) ||
           std::any_of(message.headers.begin(), message.headers.end(),
                       [&](const WireHeader& header) { return any(header.value); });
  };
  return any_in(exchange.request) || (exchange.response && any_in(*exchange.response));
}

}  // namespace bbgrant::app
