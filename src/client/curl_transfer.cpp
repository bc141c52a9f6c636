// SPDX-License-Identifier: MIT
#include "client/curl_transfer.hpp"

#include <algorithm>
#include <cstring>

#include <bbgrant/error.hpp>

#include "client/exchange.hpp"
#include "client/inline.hpp"

namespace bbgrant::detail {

template <class Value>
inline void set_option(CURL* easy, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(easy, option, value); code != CURLE_OK)
    throw ConfigError(std::string{"libcurl cannot be set up: "} + curl_easy_strerror(code));
}

inline Url sendable_url(std::string_view text) {
  auto url = Url::parse(text);
  if (!url) throw ConfigError("The address is not an http or https URL");
  return *std::move(url);
}

BBGRANT_INLINE CurlTransfer::CurlTransfer(CURL* easy, const HttpRequest& request,
                                          const CurlOptions& options)
    : easy_(easy), request_(request), url_(sendable_url(request.url)) {
  curl_easy_reset(easy_);
  configure_connection(options);
  configure_request();
  configure_headers();
}

BBGRANT_INLINE CurlTransfer::~CurlTransfer() {
  curl_easy_reset(easy_);  // no pointer into this object stays behind
  for (const curl_slist* line = headers_; line != nullptr; line = line->next)
    ::explicit_bzero(line->data, std::strlen(line->data));
  curl_slist_free_all(headers_);
}

BBGRANT_INLINE void CurlTransfer::configure_connection(const CurlOptions& options) {
  set_option(easy_, CURLOPT_URL, url_.text().c_str());
  // S86: no file:, no redirect, no .netrc, no signals.
  set_option(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set_option(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  set_option(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set_option(easy_, CURLOPT_NOSIGNAL, 1L);
  // S38: verified, TLS 1.2 or later.
  set_option(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const bool verify = !options.insecure_skip_tls_verification;
  set_option(easy_, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set_option(easy_, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  if (!options.ca_file.empty()) {
    set_option(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
    set_option(easy_, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  set_option(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // S86: a proxy only ever sees CONNECT, for http too, so no header of the server's reaches it.
  if (url_.loopback())
    set_option(easy_, CURLOPT_PROXY, "");
  else if (!options.proxy.empty())
    set_option(easy_, CURLOPT_PROXY, options.proxy.c_str());
  set_option(easy_, CURLOPT_HTTPPROXYTUNNEL, 1L);
  set_option(easy_, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  set_option(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set_option(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
  set_option(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  // S83: on a kept connection libcurl would by itself send the request again when the connection
  // turns out dead; on a new one it does not.
  set_option(easy_, CURLOPT_FRESH_CONNECT, request_.may_resend ? 0L : 1L);
}

BBGRANT_INLINE void CurlTransfer::configure_request() {
  std::size_t size = 0;
  for (const auto& part : request_.body) size += part.reveal().size();
  for (const auto& part : request_.body) body_.append(part.reveal());

  if (request_.method == "HEAD") {
    set_option(easy_, CURLOPT_NOBODY, 1L);
  } else if (size > 0 || request_.method == "POST" || request_.method == "PUT" ||
             request_.method == "PATCH") {
    set_option(easy_, CURLOPT_POST, 1L);
    set_option(easy_, CURLOPT_POSTFIELDS, size > 0 ? body_.reveal().data() : "");
    set_option(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  }
  set_option(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  if (request_.compressed) set_option(easy_, CURLOPT_ACCEPT_ENCODING, "");

  set_option(easy_, CURLOPT_ERRORBUFFER, &error_text_[0]);
  set_option(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  set_option(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set_option(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  set_option(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
  // The debug callback is where libcurl tells what it really sent.
  set_option(easy_, CURLOPT_DEBUGFUNCTION, &CurlTransfer::on_debug);
  set_option(easy_, CURLOPT_DEBUGDATA, static_cast<void*>(this));
  set_option(easy_, CURLOPT_VERBOSE, 1L);
}

BBGRANT_INLINE void CurlTransfer::configure_headers() {
  const auto append = [this](std::string_view line) {
    Secret ended{line};
    ended.append(std::string_view{"\0", 1});
    curl_slist* longer = curl_slist_append(headers_, ended.reveal().data());
    if (longer == nullptr) throw std::bad_alloc{};
    headers_ = longer;
  };
  const auto brought = [this](std::string_view name) {
    return std::ranges::any_of(request_.headers, [name](const auto& header) {
      return same_in_any_case(header.name, name);
    });
  };
  for (const auto& header : request_.headers) {
    Secret line{std::string_view{header.name}};
    const bool empty =
        std::ranges::all_of(header.value, [](const auto& part) { return part.reveal().empty(); });
    line.append(empty ? ";" : ": ");  // libcurl's way to send a header without a value
    for (const auto& part : header.value) line.append(part.reveal());
    append(line.reveal());
  }
  // What libcurl would add by itself, "Name:" takes out.
  for (const char* name : {"Accept", "Content-Type", "Expect"})
    if (!brought(name)) append(std::string{name} + ":");
  set_option(easy_, CURLOPT_HTTPHEADER, headers_);
}

// --- callbacks: no exception may cross them into libcurl -----------------------------------------

BBGRANT_INLINE std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count,
                                                   void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  constexpr std::size_t kMostHeadBytes = std::size_t{256} << 10;  // S40
  const std::size_t bytes = size * count;
  transfer.head_bytes_ += bytes;
  if (transfer.head_bytes_ > kMostHeadBytes) {
    transfer.too_large_ = true;
    return 0;
  }
  try {
    transfer.take_header_line({data, bytes});
  } catch (...) {
    return 0;
  }
  return bytes;
}

BBGRANT_INLINE void CurlTransfer::take_header_line(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // also after a 1xx answer, which is forgotten
    response_.start_line = line;
    response_.headers.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
  response_.headers.emplace_back(line.substr(0, colon), value);
}

BBGRANT_INLINE std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count,
                                                 void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  auto& body = transfer.response_.body;
  const std::size_t bytes = size * count;
  if (bytes > transfer.request_.body_limit - body.size()) {  // decoded bytes: a bomb ends here, S40
    transfer.too_large_ = true;
    return 0;
  }
  try {
    if (body.size() + bytes > body.capacity()) {
      // Grown by hand, so that the old buffer, which may hold a token, is wiped.
      std::string larger;
      larger.reserve(std::max(2 * body.capacity(), body.size() + bytes));
      larger = body;
      ::explicit_bzero(body.data(), body.size());
      body.swap(larger);
    }
    body.append(data, bytes);
  } catch (...) {
    return 0;
  }
  return bytes;
}

BBGRANT_INLINE int CurlTransfer::on_debug(CURL* /*easy*/, curl_infotype type, char* data,
                                          std::size_t size, void* self) {
  if (type != CURLINFO_HEADER_OUT) return 0;
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.sent_ = true;
  try {
    // A whole head at a time; CONNECT comes first where there is a proxy.
    if (transfer.sent_head_.reveal().ends_with("\r\n\r\n")) transfer.sent_head_.clear();
    transfer.sent_head_.append({data, size});
  } catch (...) {
    transfer.sent_head_.clear();  // the record is then made from the request
  }
  return 0;
}

/// The bytes of all parts, secret or not.
inline Secret whole(const WireText& text) {
  Secret result;
  for (const auto& part : text) result.append(part.reveal());
  return result;
}

// --- the end -------------------------------------------------------------------------------------

BBGRANT_INLINE WireMessage CurlTransfer::sent_head() const {
  WireMessage message;
  std::string_view rest = sent_head_.reveal();
  if (!rest.ends_with("\r\n\r\n")) return message;
  message.head_bytes = rest.size();
  message.body_bytes = body_.size();
  const auto next_line = [&rest] {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
  };
  message.start_line = wire_text(std::string{next_line()});
  for (auto line = next_line(); !line.empty(); line = next_line()) {
    const auto colon = std::min(line.find(':'), line.size());
    const auto name = line.substr(0, colon);
    auto value = line.substr(std::min(colon + 1, line.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    // Ours has its secrets apart; the others are libcurl's, which knows no secret.
    const auto own = std::ranges::find_if(request_.headers, [name, value](const auto& header) {
      return header.name == name && whole(header.value).reveal() == value;
    });
    message.headers.push_back({std::string{name}, own != request_.headers.end()
                                                      ? copy(own->value)
                                                      : wire_text(std::string{value})});
  }
  return message;
}

BBGRANT_INLINE HttpResponse CurlTransfer::finish(CURLcode code) {
  if (code != CURLE_OK) fail(code);
  long status = 0;
  curl_off_t body_bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &body_bytes);
  response_.status = static_cast<int>(status);
  response_.sent = sent_head();
  response_.head_bytes = head_bytes_;
  response_.body_bytes = static_cast<std::size_t>(body_bytes);
  return std::move(response_);
}

inline TransportFault fault_of(CURLcode code) noexcept {
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransportFault::kResolve;
    case CURLE_COULDNT_CONNECT:
      return TransportFault::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return TransportFault::kTimeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
      return TransportFault::kTls;
    default:
      return TransportFault::kBroken;
  }
}

inline const char* sentence_of(TransportFault fault) noexcept {
  switch (fault) {
    case TransportFault::kResolve:
      return "The host has no address";
    case TransportFault::kConnect:
      return "Nobody answers there";
    case TransportFault::kTls:
      return "The server could not be verified";
    case TransportFault::kTimeout:
      return "No whole answer came in time";
    case TransportFault::kCancelled:
      return "The call was cancelled";
    case TransportFault::kTooLarge:
      return "The answer is larger than allowed";
    case TransportFault::kBroken:
      return "The connection ended without a whole answer";
  }
  return "No answer came";
}

inline const char* advice_for(TransportFault fault) noexcept {
  switch (fault) {
    case TransportFault::kResolve:
      return "Check the host name and the network";
    case TransportFault::kConnect:
      return "Start the server, or check its port";
    case TransportFault::kTls:
      return "Check the host name and the certificate; for an own authority name its CA file";
    case TransportFault::kTimeout:
      return "Try again later, or allow more time";
    case TransportFault::kCancelled:
      return "";
    case TransportFault::kTooLarge:
      return "Check that the address is the one of the API";
    case TransportFault::kBroken:
      return "Check what listens at this address";
  }
  return "";
}

BBGRANT_INLINE void CurlTransfer::fail(CURLcode code) const {
  const auto fault = too_large_ ? TransportFault::kTooLarge : fault_of(code);
  std::string what = std::string{sentence_of(fault)} + ": " + url_.shown();
  if (!too_large_) {
    const std::string_view told{&error_text_[0]};
    what += " (" + (told.empty() ? std::string{curl_easy_strerror(code)} : std::string{told}) + ")";
  }
  throw TransportError(fault, what, url_.shown(), advice_for(fault), sent_);
}

BBGRANT_INLINE void CurlTransfer::cancelled() const {
  throw TransportError(TransportFault::kCancelled,
                       std::string{sentence_of(TransportFault::kCancelled)} + ": " + url_.shown(),
                       url_.shown(), "", sent_);
}

}  // namespace bbgrant::detail
