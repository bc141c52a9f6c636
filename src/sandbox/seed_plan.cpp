// SPDX-License-Identifier: MIT
#include "sandbox/seed_plan.hpp"

#include <array>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace bbgrant::sandbox {
namespace {

// What a step found wrong; leaves the store's thread beside the StoreError that takes it all back.
[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw base::DocumentError(path, why);
}

template <class T>
T found(std::optional<T> what, const std::string& path, const std::string& kind,
        const std::string& name) {
  if (!what) refuse(path, "there is no " + kind + " '" + name + "'");
  return std::move(*what);
}

template <class Permission>
Permission permission_of(base::Fields& fields, const std::array<Permission, 3>& all,
                         Permission otherwise) {
  const auto word = fields.text("permission");
  if (!word) return otherwise;
  std::string known;
  for (const auto each : all) {
    if (*word == store::name_of(each)) return each;
    known.append(known.empty() ? "" : ", ").append(store::name_of(each));
  }
  fields.refuse("permission", "expected one of " + known);
}

constexpr std::array kMemberPermissions{store::WorkspacePermission::kOwner,
                                        store::WorkspacePermission::kCollaborator,
                                        store::WorkspacePermission::kMember};
constexpr std::array kAccessPermissions{store::RepositoryPermission::kRead,
                                        store::RepositoryPermission::kWrite,
                                        store::RepositoryPermission::kAdmin};

}  // namespace

/// The steps on their way through the store, with the first thing that was wrong.
struct SeedPlan::Run {
  std::vector<std::pair<std::string, Step>> steps;
  std::optional<base::DocumentError> wrong;

  void operator()(store::Seeder& seeder) {
    for (const auto& [path, step] : steps) {
      try {
        step(seeder);
      } catch (const base::DocumentError& error) {
        wrong = error;
        throw;
      } catch (const store::StoreError& error) {
        if (error.kind() == store::StoreError::Kind::kConflict) {
          wrong.emplace(path, "is there already");
        }
        throw;
      }
    }
  }
};

namespace {

// The store's own error says less than the step's.
template <class RunPointer, class T>
boost::asio::awaitable<T> explain(RunPointer run, boost::asio::awaitable<T> call) {
  try {
    co_return co_await std::move(call);
  } catch (const store::StoreError&) {
    if (run->wrong) throw *run->wrong;
    throw;
  }
}

}  // namespace

boost::asio::awaitable<void> SeedPlan::add_to(store::Store& store) const {
  const auto run = std::make_shared<Run>(Run{steps_, {}});
  std::function<void(store::Seeder&)> fill = [run](store::Seeder& seeder) { (*run)(seeder); };
  co_await explain(run, store.add(std::move(fill)));
}

boost::asio::awaitable<void> SeedPlan::seed(store::Store& store,
                                            std::chrono::sys_seconds now) const {
  const auto run = std::make_shared<Run>(Run{steps_, {}});
  std::function<void(store::Seeder&)> fill = [run](store::Seeder& seeder) { (*run)(seeder); };
  co_await explain(run, store.seed(std::move(fill), now));
}

boost::asio::awaitable<bool> SeedPlan::reset(store::Store& store, bool only_demo) const {
  const auto run = std::make_shared<Run>(Run{steps_, {}});
  std::function<void(store::Seeder&)> fill = [run](store::Seeder& seeder) { (*run)(seeder); };
  co_return co_await explain(run, store.reset(std::move(fill), only_demo));
}

std::string SeedPlan::add_user(base::Fields& fields, const Workshop& workshop) {
  const auto made = new_account(fields, workshop);
  add(fields.path(), [made](store::Seeder& seeder) { seeder.add(made); });
  return made.account.nickname;
}

void SeedPlan::add_consumer(base::Fields& fields, const Workshop& workshop) {
  auto draft = authorization::new_consumer(fields, workshop).first;
  add(fields.path(),
      [draft = std::move(draft)](store::Seeder& seeder) { authorization::put(seeder, draft); });
}

void SeedPlan::add_workspace(base::Fields& fields, const Workshop& workshop) {
  const auto now = workshop.clock.now();
  store::Workspace workspace{.uuid = chosen_uuid(fields),
                             .slug = fields.required_text("slug"),
                             .name = {},
                             .is_private = fields.flag("private").value_or(false),
                             .created_on = now};
  workspace.name = fields.text("name").value_or(workspace.slug);
  const std::string uuid = workspace.uuid;
  add(fields.path(), [workspace](store::Seeder& seeder) { seeder.add(workspace); });
  fields.each("members", [&](base::Fields& member) {
    const auto user = member.required_text("user");
    const auto permission =
        permission_of(member, kMemberPermissions, store::WorkspacePermission::kMember);
    add(member.path(), [=, path = member.path_of("user")](store::Seeder& seeder) {
      seeder.add(store::Membership{uuid, found(seeder.find_account(user), path, "user", user),
                                   permission});
    });
  });
  fields.each("projects", [&](base::Fields& fields_of) {
    store::Project project{.uuid = chosen_uuid(fields_of),
                           .key = fields_of.required_text("key"),
                           .name = {},
                           .workspace_uuid = uuid,
                           .is_private = fields_of.flag("private").value_or(false),
                           .created_on = now};
    project.name = fields_of.text("name").value_or(project.key);
    add(fields_of.path(), [project](store::Seeder& seeder) { seeder.add(project); });
  });
}

void SeedPlan::add_member(base::Fields& fields) {
  const auto workspace = fields.required_text("workspace");
  const auto user = fields.required_text("user");
  const auto permission =
      permission_of(fields, kMemberPermissions, store::WorkspacePermission::kMember);
  add(fields.path(), [=, path = fields.path()](store::Seeder& seeder) {
    seeder.add(store::Membership{
        found(seeder.find_workspace(workspace), path + ".workspace", "workspace", workspace),
        found(seeder.find_account(user), path + ".user", "user", user), permission});
  });
}

void SeedPlan::add_repository(base::Fields& fields, const Workshop& workshop) {
  store::Repository made{.uuid = chosen_uuid(fields),
                         .slug = fields.required_text("slug"),
                         .full_name = {},
                         .name = {},
                         .project_uuid = {},
                         .workspace_uuid = {},
                         .created_on = workshop.clock.now(),
                         .updated_on = workshop.clock.now()};
  const auto workspace = fields.text("workspace").value_or(authorization::kDefaultWorkspace);
  const auto project = fields.required_text("project");
  made.name = fields.text("name").value_or(made.slug);
  made.full_name = workspace + "/" + made.slug;
  made.description = fields.text("description").value_or("");
  made.language = fields.text("language").value_or("");
  made.is_private = fields.flag("private").value_or(true);
  made.mainbranch = fields.text("mainbranch").value_or("main");
  add(fields.path(), [=, path = fields.path()](store::Seeder& seeder) {
    auto wanted = made;
    wanted.workspace_uuid =
        found(seeder.find_workspace(workspace), path + ".workspace", "workspace", workspace);
    wanted.project_uuid = found(seeder.find_project(wanted.workspace_uuid, project),
                                path + ".project", "project", project);
    seeder.add(wanted);
  });
  fields.each("access", [&](base::Fields& access) {
    const auto user = access.required_text("user");
    const auto permission =
        permission_of(access, kAccessPermissions, store::RepositoryPermission::kRead);
    add(access.path(), [=, uuid = made.uuid, path = access.path_of("user")](store::Seeder& seeder) {
      seeder.add(store::RepositoryAccess{uuid, found(seeder.find_account(user), path, "user", user),
                                         permission});
    });
  });
}

SeedPlan read_seed(nlohmann::json document, const Workshop& workshop,
                   const std::function<void(SeedPlan&)>& demo) {
  SeedPlan plan;
  base::Fields fields{document};
  (void)fields.value("$schema");
  if (fields.flag("demo").value_or(false)) {
    if (!demo) fields.refuse("demo", "only a seed file may ask for the built-in seed");
    demo(plan);
  }
  fields.each("users", [&](base::Fields& each) { (void)plan.add_user(each, workshop); });
  fields.each("workspaces", [&](base::Fields& each) { plan.add_workspace(each, workshop); });
  fields.each("members", [&](base::Fields& each) { plan.add_member(each); });
  fields.each("repositories", [&](base::Fields& each) { plan.add_repository(each, workshop); });
  fields.each("consumers", [&](base::Fields& each) { plan.add_consumer(each, workshop); });
  fields.finish();
  return plan;
}

}  // namespace bbgrant::sandbox
