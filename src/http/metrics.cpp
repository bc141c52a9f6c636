// SPDX-License-Identifier: MIT
#include "http/metrics.hpp"

#include <fmt/format.h>

namespace bbgrant::http {

namespace {

std::string label(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c != '\n') escaped += c;
  }
  return escaped;
}

bool is_loopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

}  // namespace

std::string metrics_text(const Server& server, std::string_view name) {
  std::string text =
      "# HELP bbgrant_http_requests_total Answers by route and class of status.\n"
      "# TYPE bbgrant_http_requests_total counter\n";
  for (const RouteCount& count : server.counts()) {
    for (std::size_t status = 1; status <= 5; ++status) {
      if (count.by_class[status] == 0) continue;
      text += fmt::format(
          "bbgrant_http_requests_total{{server=\"{}\",route=\"{}\",status=\"{}xx\"}} {}\n",
          label(name), label(count.route), status, count.by_class[status]);
    }
  }
  text += fmt::format(
      "# HELP bbgrant_http_connections Open connections.\n"
      "# TYPE bbgrant_http_connections gauge\n"
      "bbgrant_http_connections{{server=\"{}\"}} {}\n",
      label(name), server.open_connections());
  return text;
}

Response metrics_answer(const Server& server, std::string_view name, const Request& request,
                        MetricsFor readers) {
  if (readers == MetricsFor::kLoopback && !is_loopback(request.remote_address)) {
    return Response::text(404, "Not found.\n");
  }
  Response response;
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.body = metrics_text(server, name);
  return response;
}

}  // namespace bbgrant::http
