// SPDX-License-Identifier: MIT
// /code: programs to copy, as they stand in examples/.
#include <array>
#include <string_view>

#include <nlohmann/json.hpp>

#include "app/endpoints.hpp"
#include "app/site.hpp"
#include "pages/embedded_files.hpp"
#include "pages/page.hpp"

namespace bbgrant::app {

namespace {

using nlohmann::json;

struct Task {
  std::string_view id;
  std::string_view title;
  std::string_view text;
  /// Names below examples/; an empty one is not there in that language.
  std::string_view cpp;
  std::string_view curl;
  std::string_view javascript;
};

constexpr std::array kTasks = {
    Task{"password", "Trade a password for a token",
         "The grant of this tour: one request, name and password in its body, then a call with the "
         "token.",
         "password_grant.cpp", "password_grant.sh", "password_grant.mjs"},
    Task{"authorization-code", "The way off it, for people",
         "Authorization code with PKCE: the browser asks the person, the program gets a code and "
         "never sees a password.",
         "authorization_code.cpp", "authorization_code.sh", "authorization_code.mjs"},
    Task{"client-credentials", "The way off it, for machines",
         "Client credentials: the program asks with its own key and secret. No person takes part.",
         "client_credentials.cpp", "client_credentials.sh", "client_credentials.mjs"},
    Task{"refresh", "Renew the token",
         "A refresh token gets a fresh access token without the password. In C++ the session does "
         "it by itself, before the token ends, once for all threads, and keeps the token in a "
         "file.",
         "long_running.cpp", "refresh.sh", "refresh.mjs"},
    Task{"pages", "Read a list page by page",
         "Bitbucket sends lists in pages; each names the next one. In C++ it is one range.",
         "list_repositories.cpp", "list_repositories.sh", "list_repositories.mjs"},
    Task{"store", "Keep the token where you like",
         "A token store of your own: a keyring, a database, or one that talks, as here.",
         "token_store.cpp", "", ""},
    Task{"other", "Ask another server",
         "A server is data. Any server of RFC 6749 will do, also one that wants the client's "
         "credentials in the body.",
         "other_server.cpp", "", ""},
};

/// The program without its licence line, its comments as spans of their own.
json spans_of(std::string_view name) {
  json spans = json::array();
  for (const pages::EmbeddedFile& file : pages::embedded_examples()) {
    if (file.name != name) continue;
    std::string_view rest = file.text;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n') + 1);
      rest.remove_prefix(line.size());
      if (line.find("SPDX-License-Identifier") != std::string_view::npos) continue;
      const std::size_t start = line.find_first_not_of(' ');
      const std::string_view begin = start == std::string_view::npos ? "" : line.substr(start);
      const bool comment = begin.starts_with("//") || begin.starts_with("#");
      const std::string_view kind = comment ? "name" : "";
      // The bare comment line that stood below the licence would be the first.
      if (spans.empty() && (line == "//\n" || line == "#\n" || line == "\n")) continue;
      if (!spans.empty() && spans.back()["kind"] == kind) {
        spans.back()["text"].get_ref<std::string&>() += line;
      } else {
        spans.push_back({{"text", line}, {"kind", kind}});
      }
    }
  }
  return spans;
}

json tasks() {
  json list = json::array();
  for (const Task& task : kTasks) {
    json programs = json::array();
    for (const auto& [language, name] : {std::pair{"cpp", task.cpp}, std::pair{"curl", task.curl},
                                         std::pair{"js", task.javascript}}) {
      programs.push_back({{"language", language}, {"file", name}, {"code", spans_of(name)}});
    }
    list.push_back({{"id", task.id},
                    {"title", task.title},
                    {"text", task.text},
                    {"programs", std::move(programs)}});
  }
  return list;
}

}  // namespace

boost::asio::awaitable<http::Response> get_code(Site& site, http::Request& request) {
  static const json kPrograms = tasks();
  const Sessions::Opened opened = visitor(site, request);
  json view = page_view(site, request, opened.session->snapshot(), "Code · bbgrant", "/code");
  view["tasks"] = kPrograms;
  http::Response response = pages::page(200, "code", view);
  set_session_cookie(request, opened.id, response);
  co_return response;
}

}  // namespace bbgrant::app
