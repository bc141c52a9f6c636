// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "support/scripted_server.hpp"

namespace bbgrant::testing {

template <auto free_it>
struct OpenSslFree {
  template <class Thing>
  void operator()(Thing* thing) const noexcept {
    free_it(thing);
  }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using X509Certificate = std::unique_ptr<X509, OpenSslFree<X509_free>>;

/// A key with its certificate, made at the time of the test.
struct Identity {
  PrivateKey key{EVP_EC_gen("P-256")};
  X509Certificate certificate{X509_new()};

  void write_certificate(const std::string& file) const {
    const std::unique_ptr<BIO, OpenSslFree<BIO_free_all>> out{BIO_new_file(file.c_str(), "w")};
    if (PEM_write_bio_X509(out.get(), certificate.get()) != 1) throw std::runtime_error(file);
  }
  void write_key(const std::string& file) const {
    const std::unique_ptr<BIO, OpenSslFree<BIO_free_all>> out{BIO_new_file(file.c_str(), "w")};
    if (PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
      throw std::runtime_error(file);
  }
};

/// What to write into a certificate.
struct Certified {
  std::string name = "localhost";
  std::string alternative_names = "DNS:localhost,IP:127.0.0.1";
  long from_seconds = -3600;  ///< from now
  long until_seconds = 3600;
  bool authority = false;
};

/// @param issuer  null: signed by itself.
inline Identity certify(const Certified& about, const Identity* issuer) {
  static std::atomic<long> serial = 1;
  Identity made;
  X509* x509 = made.certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
  X509_gmtime_adj(X509_getm_notBefore(x509), about.from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(x509), about.until_seconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(about.name.c_str()), -1, -1, 0);
  const Identity& signer = issuer != nullptr ? *issuer : made;
  X509_set_issuer_name(x509, X509_get_subject_name(signer.certificate.get()));
  X509_set_pubkey(x509, made.key.get());
  const auto extend = [&](int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, signer.certificate.get(), x509, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, OpenSslFree<X509_EXTENSION_free>> extension{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
    X509_add_ext(x509, extension.get(), -1);
  };
  extend(NID_basic_constraints, about.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!about.authority) extend(NID_subject_alt_name, about.alternative_names);
  if (X509_sign(x509, signer.key.get(), EVP_sha256()) == 0) throw std::runtime_error("X509_sign");
  return made;
}

/// A TLS server on 127.0.0.1, port 0, one connection after the other; each request gets the same
/// answer. It counts those that arrived, which the client's side must not have sent to a server
/// that it cannot verify.
class TlsServer {
 public:
  TlsServer(const Identity& identity, std::string answer_bytes, int newest_version = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_server_method())), answer_(std::move(answer_bytes)) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), newest_version);
    SSL_CTX_set_cipher_list(context_.get(), "DEFAULT:@SECLEVEL=0");  // or it would know no TLS 1.1
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), 16) != 0 ||
        ::getsockname(listener_.get(), any, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~TlsServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept()
    thread_.join();
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  [[nodiscard]] std::string origin(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(port_);
  }
  [[nodiscard]] int requests() const noexcept { return requests_; }

 private:
  void serve() {
    sigset_t pipe;  // a client that refuses this server is gone while it writes
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    while (true) {
      const Descriptor peer{::accept(listener_.get(), nullptr, nullptr)};
      if (peer.get() < 0) return;
      const timeval patience{5, 0};
      ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      const std::unique_ptr<SSL, OpenSslFree<SSL_free>> ssl{SSL_new(context_.get())};
      SSL_set_fd(ssl.get(), peer.get());
      if (SSL_accept(ssl.get()) != 1) continue;
      std::string request;
      char bytes[4096];
      int count = 0;
      while (request.find("\r\n\r\n") == std::string::npos &&
             (count = SSL_read(ssl.get(), &bytes[0], sizeof bytes)) > 0)
        request.append(&bytes[0], static_cast<std::size_t>(count));
      if (request.empty()) continue;
      ++requests_;
      SSL_write(ssl.get(), answer_.data(), static_cast<int>(answer_.size()));
      SSL_shutdown(ssl.get());
    }
  }

  std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>> context_;
  std::string answer_;
  Descriptor listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace bbgrant::testing
