// SPDX-License-Identifier: MIT
#include "resource/repositories.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "resource/answer.hpp"
#include "resource/api_error.hpp"
#include "resource/page.hpp"
#include "resource/workspaces.hpp"

namespace bbgrant::resource {
namespace {

Json repository_json(const store::Repository& repository, const store::Workspace& workspace,
                     const http::Request& request) {
  const std::string origin = request.origin();
  const std::string path = fmt::format("/{}/{}", segment(workspace.slug), segment(repository.slug));
  const std::string api = "/2.0/repositories" + path;
  const Json clone = Json::array(
      {{{"name", "https"}, {"href", fmt::format("{}{}.git", origin, path)}},
       {{"name", "ssh"},
        {"href", fmt::format("git@{}:{}/{}.git", request.host, workspace.slug, repository.slug)}}});
  Json mainbranch = nullptr;
  if (!repository.mainbranch.empty()) {
    mainbranch = {{"type", "branch"}, {"name", repository.mainbranch}};
  }
  return {{"type", "repository"},
          {"uuid", repository.uuid},
          {"full_name", workspace.slug + "/" + repository.slug},
          {"name", repository.name},
          {"slug", repository.slug},
          {"description", repository.description},
          {"scm", "git"},
          {"is_private", repository.is_private},
          {"size", repository.size},
          {"language", repository.language},
          {"has_issues", repository.has_issues},
          {"has_wiki", repository.has_wiki},
          {"fork_policy", repository.fork_policy},
          {"created_on", timestamp(repository.created_on)},
          {"updated_on", timestamp(repository.updated_on)},
          {"parent", nullptr},
          {"mainbranch", mainbranch},
          {"project",
           {{"type", "project"},
            {"uuid", repository.project_uuid},
            {"key", repository.parents.project_key},
            {"name", repository.parents.project_name}}},
          {"workspace",
           {{"type", "workspace"},
            {"uuid", workspace.uuid},
            {"slug", workspace.slug},
            {"name", workspace.name}}},
          {"owner", {{"type", "team"}, {"uuid", workspace.uuid}, {"display_name", workspace.name}}},
          {"links",
           {{"self", link(origin, api)},
            {"html", link(origin, path)},
            {"avatar", link(origin, path + "/avatar")},
            {"commits", link(origin, api + "/commits")},
            {"pullrequests", link(origin, api + "/pullrequests")},
            {"forks", link(origin, api + "/forks")},
            {"watchers", link(origin, api + "/watchers")},
            {"downloads", link(origin, api + "/downloads")},
            {"hooks", link(origin, api + "/hooks")},
            {"clone", clone}}}};
}

}  // namespace

boost::asio::awaitable<http::Response> list_repositories(Call call) {
  auto page = parse_page(call.request);
  if (auto* refused = std::get_if<http::Response>(&page)) co_return std::move(*refused);
  const auto& asked = std::get<PageRequest>(page);
  const auto workspace = co_await visible_workspace(call);
  if (!workspace) co_return no_such_workspace(call.request.parameter("workspace"));

  std::optional<store::AccountId> account;
  if (call.caller != nullptr) account = call.caller->account_in(workspace->uuid);
  const auto found = co_await call.store.repositories_visible_to(workspace->uuid, account,
                                                                 {asked.page, asked.pagelen});
  std::vector<Json> values;
  for (const auto& repository : found.values) {
    values.push_back(repository_json(repository, *workspace, call.request));
  }
  co_return answer(page_of(call.request, asked, found.size, std::move(values)));
}

}  // namespace bbgrant::resource
