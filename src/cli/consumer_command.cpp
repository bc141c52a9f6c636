// SPDX-License-Identifier: MIT
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/administration_flags.hpp"
#include "cli/duration.hpp"
#include "cli/option.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

using nlohmann::json;
using sandbox::Administration;
using sandbox::Registry;

// As the profile has it, in place of a value of the consumer's own.
constexpr const char* kAsProfile = "profile";

struct Flags : AdministrationFlags {
  std::string key;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::string> url;
  std::optional<std::string> callback_url;
  std::optional<std::string> workspace;
  std::string kind;
  std::vector<std::string> permissions;
  std::optional<std::string> profile;
  std::vector<std::string> grants;
  std::string rotation;
  std::string require_pkce;
  std::string access_token_ttl;
  bool secret = false;
};

void declare_settings(CLI::App& verb, Flags& flags) {
  verb.add_option("--name", flags.name, "Shown to people")->type_name("NAME");
  verb.add_option("--description", flags.description, "What it is for")->type_name("TEXT");
  verb.add_option("--url", flags.url, "Where it lives")->type_name("URL");
  verb.add_option("--callback-url", flags.callback_url, "Where people are sent back to")
      ->type_name("URL");
  add_choice(verb, "--kind", flags.kind, "Whether it can keep a secret (default: private)",
             {"private", "public"});
  add_repeated(verb, "--permission", flags.permissions,
               "A scope that it may have (default: every one)", "SCOPE");
  const char* group = "Sandbox only";
  verb.add_option("--profile", flags.profile, "Whose rules hold for it")
      ->type_name("PROFILE")
      ->group(group);
  add_repeated(verb, "--grant", flags.grants, "A grant that it may use, or profile", "GRANT")
      ->group(group);
  add_choice(verb, "--rotation", flags.rotation, "Whether refresh tokens rotate",
             {"on", "off", kAsProfile})
      ->group(group);
  add_choice(verb, "--require-pkce", flags.require_pkce, "Whether it must use PKCE", {"on", "off"})
      ->group(group);
  verb.add_option("--access-token-ttl", flags.access_token_ttl, "Such as 90s, 15m, 2h, or profile")
      ->type_name("TIME")
      ->group(group);
}

json settings_of(const Flags& flags) {
  json document = json::object();
  const auto set = [&](const char* member, const std::optional<std::string>& text) {
    if (text) document[member] = *text;
  };
  set("name", flags.name);
  set("description", flags.description);
  set("url", flags.url);
  set("callback_url", flags.callback_url);
  set("profile", flags.profile);
  if (!flags.kind.empty()) document["private"] = flags.kind == "private";
  if (!flags.permissions.empty()) document["permissions"] = flags.permissions;
  if (!flags.grants.empty()) {
    document["grants"] =
        flags.grants == std::vector<std::string>{kAsProfile} ? json() : json(flags.grants);
  }
  if (!flags.rotation.empty()) {
    document["rotation"] = flags.rotation == kAsProfile ? json() : json(flags.rotation == "on");
  }
  if (!flags.require_pkce.empty()) document["require_pkce"] = flags.require_pkce == "on";
  if (flags.access_token_ttl == kAsProfile) {
    document["access_token_ttl"] = nullptr;
  } else if (!flags.access_token_ttl.empty()) {
    const auto ttl = parse_duration(flags.access_token_ttl);
    if (!ttl) throw UsageError{"--access-token-ttl: expected a time such as 90s, 15m or 2h"};
    document["access_token_ttl"] = ttl->count();
  }
  return document;
}

}  // namespace

Run declare_consumer(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  declare_administration_flags(parser, *flags);
  Verbs verbs{parser};
  // Both outlive the verbs, which must not keep themselves alive.
  Flags& given = *flags;
  const auto takes_key = [&given](CLI::App& verb) {
    verb.add_option("key", given.key, "Which consumer")->required();
  };

  CLI::App& adding = verbs.add("add", "Add a consumer; prints its key and secret",
                               [&given, &context](Administration& all) {
                                 json document = settings_of(given);
                                 if (given.workspace) document["workspace"] = *given.workspace;
                                 print(context, given.json, all.run([&](Registry& registry) {
                                   return registry.add_consumer(std::move(document), kActor);
                                 }));
                                 return ExitCode::kDone;
                               });
  declare_settings(adding, given);
  adding.get_option("--name")->required();
  adding.add_option("--workspace", given.workspace, "Whose it is (default: acme)")
      ->type_name("SLUG");

  verbs.add("list", "List the consumers", [&given, &context](Administration& all) {
    print(context, given.json, all.run([](Registry& registry) { return registry.consumers(); }),
          {"key", "name", "workspace", "private", "profile"});
    return ExitCode::kDone;
  });
  CLI::App& showing = verbs.add("show", "Show a consumer", [&given, &context](Administration& all) {
    auto shown = found(all.run([&](Registry& registry) {
      return given.secret ? registry.consumer_with_secret(given.key) : registry.consumer(given.key);
    }),
                       "consumer", given.key);
    if (given.secret && shown.at("secret").is_null()) {
      throw Failure{ExitCode::kFailure,
                    "its secret was sealed with another key: name that key with --key-file, "
                    "or make a new secret with `bbgrant consumer renew`"};
    }
    print(context, given.json, shown);
    return ExitCode::kDone;
  });
  takes_key(showing);
  showing.add_flag("--secret", given.secret, "Its secret too");

  CLI::App& editing = verbs.add(
      "edit", "Change a consumer; its tokens live on", [&given, &context](Administration& all) {
        print(context, given.json,
              found(all.run([&](Registry& registry) {
                return registry.change_consumer(given.key, settings_of(given), kActor);
              }),
                    "consumer", given.key));
        return ExitCode::kDone;
      });
  takes_key(editing);
  declare_settings(editing, given);

  takes_key(verbs.add("renew", "Make a new secret; the old one and its tokens end at once",
                      [&given, &context](Administration& all) {
                        print(context, given.json,
                              found(all.run([&](Registry& registry) {
                                return registry.renew_secret(given.key, kActor);
                              }),
                                    "consumer", given.key));
                        return ExitCode::kDone;
                      }));
  takes_key(verbs.add(
      "remove", "Remove a consumer with its tokens", [&given, &context](Administration& all) {
        if (!all.run(
                [&](Registry& registry) { return registry.remove_consumer(given.key, kActor); })) {
          (void)found(std::nullopt, "consumer", given.key);
        }
        context.output.talk("Removed " + escape_controls(given.key) + "\n");
        return ExitCode::kDone;
      }));
  parser.footer(
      "A consumer is what RFC 6749 calls a client. Works on the sandbox's own store, also while it "
      "runs.");
  return [flags, verbs, &context] { return verbs.run(*flags, context); };
}

}  // namespace bbgrant::cli
