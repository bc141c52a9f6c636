// SPDX-License-Identifier: MIT
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "cli/administration_flags.hpp"
#include "cli/option.hpp"
#include "cli/terminal.hpp"

namespace bbgrant::cli {
namespace {

using nlohmann::json;
using sandbox::Administration;
using sandbox::Registry;

struct Flags : AdministrationFlags {
  std::string nickname;
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::string two_step;
  bool password_stdin = false;
};

// S45: never an argument. S70.
json new_password(const Flags& flags) {
  auto password = take_secret_from_environment("BBGRANT_PASSWORD");
  if (flags.password_stdin) password = read_password(STDIN_FILENO);
  if (!password) {
    password = ask_password("New password for " + escape_controls(flags.nickname) + ": ");
    const auto again = ask_password("Again: ");
    if (again.reveal() != password->reveal()) {
      throw UsageError{"the two passwords are not the same; nothing was changed"};
    }
  }
  if (const auto fault = sandbox::fault_of_password(password->reveal(), flags.nickname)) {
    throw UsageError{*fault};
  }
  return std::string{password->reveal()};
}

// Its new secret is shown once, to be typed into an authenticator app.
void show_totp_secret(Described& user, const json& document) {
  if (document.contains("totp_secret")) user["totp_secret"] = document.at("totp_secret");
}

void switch_on_two_step(json& document) {
  document["two_step"] = true;
  document["totp_secret"] = std::string{sandbox::new_totp_secret().reveal()};
}

ExitCode add(const Flags& flags, const Context& context, Administration& administration) {
  json document{{"nickname", flags.nickname}};
  if (flags.display_name) document["display_name"] = *flags.display_name;
  if (flags.email) document["email"] = *flags.email;
  if (flags.two_step == "on") switch_on_two_step(document);
  const json shown = document;
  document["password"] = new_password(flags);
  auto user = administration.run(
      [&](Registry& registry) { return registry.add_user(std::move(document), kActor); });
  show_totp_secret(user, shown);
  print(context, flags.json, user);
  return ExitCode::kDone;
}

ExitCode change(const Flags& flags, const Context& context, Administration& administration,
                json document) {
  const json shown = document;
  auto user = found(administration.run([&](Registry& registry) {
    return registry.change_user(flags.nickname, std::move(document), kActor);
  }),
                    "user", flags.nickname);
  show_totp_secret(user, shown);
  print(context, flags.json, user);
  return ExitCode::kDone;
}

}  // namespace

Run declare_user(CLI::App& parser, const Context& context) {
  const auto flags = std::make_shared<Flags>();
  declare_administration_flags(parser, *flags);
  Verbs verbs{parser};
  // Both outlive the verbs, which must not keep themselves alive.
  Flags& given = *flags;
  const auto takes_name = [&given](CLI::App& verb) {
    verb.add_option("nickname", given.nickname, "Whose account")->required();
  };
  const auto takes_password = [&given](CLI::App& verb) {
    verb.add_flag("--password-stdin", given.password_stdin,
                  "Read the password from standard input; else BBGRANT_PASSWORD, else a prompt");
  };
  const auto takes_description = [&given](CLI::App& verb) {
    verb.add_option("--display-name", given.display_name, "Shown to people")->type_name("NAME");
    verb.add_option("--email", given.email, "Primary address")->type_name("ADDRESS");
  };

  CLI::App& adding = verbs.add("add", "Add a user", [&given, &context](Administration& all) {
    return add(given, context, all);
  });
  takes_name(adding);
  takes_description(adding);
  add_choice(adding, "--two-step", given.two_step, "Two-step verification (default: off)",
             {"on", "off"});
  takes_password(adding);

  verbs.add("list", "List the users", [&given, &context](Administration& all) {
    print(context, given.json, all.run([](Registry& registry) { return registry.users(); }),
          {"nickname", "display_name", "email", "two_step", "active"});
    return ExitCode::kDone;
  });
  takes_name(verbs.add("show", "Show a user", [&given, &context](Administration& all) {
    print(context, given.json,
          found(all.run([&](Registry& registry) { return registry.user(given.nickname); }), "user",
                given.nickname));
    return ExitCode::kDone;
  }));
  CLI::App& editing =
      verbs.add("edit", "Change name or address", [&given, &context](Administration& all) {
        json document = json::object();
        if (given.display_name) document["display_name"] = *given.display_name;
        if (given.email) document["email"] = *given.email;
        return change(given, context, all, std::move(document));
      });
  takes_name(editing);
  takes_description(editing);

  CLI::App& password = verbs.add("password", "Set a new password; ends the user's tokens",
                                 [&given, &context](Administration& all) {
                                   json document;
                                   document["password"] = new_password(given);
                                   return change(given, context, all, std::move(document));
                                 });
  takes_name(password);
  takes_password(password);

  CLI::App& two_step =
      verbs.add("two-step", "Switch two-step verification; on ends the user's tokens",
                [&given, &context](Administration& all) {
                  json document{{"two_step", false}};
                  if (given.two_step == "on") switch_on_two_step(document);
                  return change(given, context, all, std::move(document));
                });
  takes_name(two_step);
  two_step.add_option("state", given.two_step, "on or off")
      ->required()
      ->check(CLI::IsMember({"on", "off"}));

  for (const bool active : {true, false}) {
    takes_name(verbs.add(active ? "enable" : "disable",
                         active ? "Let a user in again" : "Keep a user out",
                         [&given, &context, active](Administration& all) {
                           return change(given, context, all, json{{"active", active}});
                         }));
  }
  takes_name(verbs.add("remove", "Remove a user with everything that is theirs",
                       [&given, &context](Administration& all) {
                         if (!all.run([&](Registry& registry) {
                               return registry.remove_user(given.nickname, kActor);
                             })) {
                           (void)found(std::nullopt, "user", given.nickname);
                         }
                         context.output.talk("Removed " + escape_controls(given.nickname) + "\n");
                         return ExitCode::kDone;
                       }));
  parser.footer(
      "Works on the sandbox's own store, also while it runs: what ends a user's tokens does so at "
      "once.");
  return [flags, verbs, &context] { return verbs.run(*flags, context); };
}

}  // namespace bbgrant::cli
