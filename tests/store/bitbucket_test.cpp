// SPDX-License-Identifier: MIT
#include "store/bitbucket.hpp"

#include <string>
#include <vector>

#include "store/support.hpp"

namespace bbgrant::store::testing {
namespace {

Project new_project(const std::string& key, const std::string& workspace_uuid) {
  return {.uuid = "{project-" + key + "}",
          .key = key,
          .name = "Project " + key,
          .workspace_uuid = workspace_uuid,
          .created_on = kNow};
}

Repository new_repository(const std::string& slug, const Workspace& workspace, bool is_private) {
  return {.uuid = "{repository-" + slug + "}",
          .slug = slug,
          .full_name = workspace.slug + "/" + slug,
          .name = slug,
          .is_private = is_private,
          .size = 42,
          .project_uuid = "{project-PRJ}",
          .workspace_uuid = workspace.uuid,
          .created_on = kNow,
          .updated_on = kNow};
}

/// acme with an owner, a member, a collaborator with a permission of its own; one public and two
/// private repositories.
class BitbucketContract : public StoreContract {
 protected:
  BitbucketContract() {
    EXPECT_TRUE(run(store_->add_workspace(acme_)));
    EXPECT_TRUE(run(store_->add_membership({acme_.uuid, alice_, WorkspacePermission::kOwner})));
    EXPECT_TRUE(run(store_->add_membership({acme_.uuid, carol_, WorkspacePermission::kMember})));
    EXPECT_TRUE(
        run(store_->add_membership({acme_.uuid, dave_, WorkspacePermission::kCollaborator})));
    EXPECT_TRUE(run(store_->add_project(new_project("PRJ", acme_.uuid))));
    EXPECT_TRUE(run(store_->add_repository(new_repository("open", acme_, false))));
    EXPECT_TRUE(run(store_->add_repository(new_repository("hidden", acme_, true))));
    EXPECT_TRUE(run(store_->add_repository(new_repository("granted", acme_, true))));
    EXPECT_TRUE(run(store_->add_repository_access(
        {"{repository-granted}", dave_, RepositoryPermission::kRead})));
  }

  std::vector<std::string> visible_to(std::optional<AccountId> account) {
    std::vector<std::string> slugs;
    const auto page = run(store_->repositories_visible_to(acme_.uuid, account, {.pagelen = 100}));
    EXPECT_EQ(page.size, static_cast<std::int64_t>(page.values.size()));
    for (const auto& repository : page.values) slugs.push_back(repository.slug);
    return slugs;
  }

  AccountId add(const char* name) { return run(store_->add_account(new_account(name))).value(); }

  Workspace acme_ = new_workspace("acme");
  AccountId alice_ = add("alice");
  AccountId carol_ = add("carol");
  AccountId dave_ = add("dave");
};
BBGRANT_FOR_EVERY_DRIVER(BitbucketContract);

TEST_P(BitbucketContract, WorkspaceIsFoundBySlugAndByUuid) {
  for (const char* name : {"acme", "{workspace-acme}"}) {
    const auto found = run(store_->find_workspace(name));
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->uuid, acme_.uuid);
    EXPECT_EQ(found->slug, "acme");
    EXPECT_EQ(found->name, "acme");
    EXPECT_FALSE(found->is_private);
    EXPECT_EQ(found->created_on, kNow);
  }
  EXPECT_FALSE(run(store_->find_workspace("Acme")));
  EXPECT_FALSE(run(store_->find_workspace("")));
}

TEST_P(BitbucketContract, MembershipTellsThePermission) {
  EXPECT_EQ(run(store_->membership(acme_.uuid, alice_)), WorkspacePermission::kOwner);
  EXPECT_EQ(run(store_->membership(acme_.uuid, carol_)), WorkspacePermission::kMember);
  EXPECT_EQ(run(store_->membership(acme_.uuid, dave_)), WorkspacePermission::kCollaborator);
  EXPECT_FALSE(run(store_->membership(acme_.uuid, AccountId{99})));
  EXPECT_FALSE(run(store_->membership("{nowhere}", alice_)));
}

TEST_P(BitbucketContract, WorkspacesOfAnAccountArePagedAndSayWhoIsAdministrator) {
  const Workspace beta = new_workspace("beta");
  ASSERT_TRUE(run(store_->add_workspace(beta)));
  ASSERT_TRUE(run(store_->add_membership({beta.uuid, alice_, WorkspacePermission::kMember})));
  const auto first = run(store_->workspaces_of(alice_, {.page = 1, .pagelen = 1}));
  EXPECT_EQ(first.size, 2);
  ASSERT_EQ(first.values.size(), 1U);
  EXPECT_EQ(first.values[0].workspace.slug, "acme");
  EXPECT_TRUE(first.values[0].administrator());
  const auto second = run(store_->workspaces_of(alice_, {.page = 2, .pagelen = 1}));
  ASSERT_EQ(second.values.size(), 1U);
  EXPECT_EQ(second.values[0].workspace.slug, "beta");
  EXPECT_FALSE(second.values[0].administrator());
  EXPECT_EQ(run(store_->workspaces_of(AccountId{99}, {})).size, 0);
}

TEST_P(BitbucketContract, PrivateRepositoriesAreSeenByOwnersAndByPermission) {
  using Slugs = std::vector<std::string>;
  EXPECT_EQ(visible_to(alice_), (Slugs{"granted", "hidden", "open"}));
  EXPECT_EQ(visible_to(dave_), (Slugs{"granted", "open"}));
  EXPECT_EQ(visible_to(carol_), (Slugs{"open"}));
  EXPECT_EQ(visible_to(std::nullopt), (Slugs{"open"}));
  EXPECT_EQ(visible_to(AccountId{99}), (Slugs{"open"}));
}

TEST_P(BitbucketContract, OwnerOfAnotherWorkspaceSeesNothingPrivateHere) {
  const Workspace beta = new_workspace("beta");
  ASSERT_TRUE(run(store_->add_workspace(beta)));
  ASSERT_TRUE(run(store_->add_membership({beta.uuid, carol_, WorkspacePermission::kOwner})));
  EXPECT_EQ(visible_to(carol_), (std::vector<std::string>{"open"}));
}

TEST_P(BitbucketContract, RepositoriesArePagedAndBringTheirParents) {
  const auto page =
      run(store_->repositories_visible_to(acme_.uuid, alice_, {.page = 2, .pagelen = 2}));
  EXPECT_EQ(page.size, 3);
  ASSERT_EQ(page.values.size(), 1U);
  const Repository& open = page.values[0];
  EXPECT_EQ(open.uuid, "{repository-open}");
  EXPECT_EQ(open.full_name, "acme/open");
  EXPECT_FALSE(open.is_private);
  EXPECT_EQ(open.size, 42);
  EXPECT_EQ(open.fork_policy, "allow_forks");
  EXPECT_EQ(open.updated_on, kNow);
  EXPECT_EQ(open.parents.project_key, "PRJ");
  EXPECT_EQ(open.parents.project_name, "Project PRJ");
  EXPECT_EQ(open.parents.workspace_slug, "acme");
  EXPECT_EQ(open.parents.workspace_name, "acme");
}

using S95_RulesOfTheSchema = BitbucketContract;
BBGRANT_FOR_EVERY_DRIVER(S95_RulesOfTheSchema);

TEST_P(S95_RulesOfTheSchema, WhatIsThereIsNotAddedTwice) {
  EXPECT_FALSE(run(store_->add_workspace(acme_)));
  EXPECT_FALSE(run(store_->add_membership({acme_.uuid, alice_, WorkspacePermission::kMember})));
  EXPECT_FALSE(run(store_->add_project(new_project("PRJ", acme_.uuid))));
  EXPECT_FALSE(run(store_->add_repository(new_repository("open", acme_, true))));
  EXPECT_FALSE(run(store_->add_repository_access(
      {"{repository-granted}", dave_, RepositoryPermission::kAdmin})));
  EXPECT_EQ(run(store_->membership(acme_.uuid, alice_)), WorkspacePermission::kOwner);
}

TEST_P(S95_RulesOfTheSchema, NothingBelongsToWhatIsNotThere) {
  const Workspace beta = new_workspace("beta");
  ASSERT_TRUE(run(store_->add_workspace(beta)));
  const auto kConstraint = StoreError::Kind::kConstraint;
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->add_membership({"{nowhere}", alice_})); }),
            kConstraint);
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->add_membership({beta.uuid, AccountId{99}})); }),
            kConstraint);
  EXPECT_EQ(kind_thrown_by([&] { (void)run(store_->add_project(new_project("X", "{nowhere}"))); }),
            kConstraint);
  EXPECT_EQ(kind_thrown_by(
                [&] { (void)run(store_->add_repository(new_repository("stray", beta, false))); }),
            kConstraint)
      << "the project is another workspace's";
  EXPECT_EQ(
      kind_thrown_by([&] { (void)run(store_->add_repository_access({"{nowhere}", alice_})); }),
      kConstraint);
}

}  // namespace
}  // namespace bbgrant::store::testing
