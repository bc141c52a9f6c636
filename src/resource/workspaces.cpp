// SPDX-License-Identifier: MIT
#include "resource/workspaces.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "resource/answer.hpp"
#include "resource/api_error.hpp"
#include "resource/page.hpp"

namespace bbgrant::resource {
namespace {

Json workspace_json(const store::Workspace& workspace, std::string_view origin) {
  const std::string api = "/2.0/workspaces/" + segment(workspace.slug);
  const std::string site = fmt::format("/{}/", segment(workspace.slug));
  return {{"type", "workspace"},
          {"uuid", workspace.uuid},
          {"slug", workspace.slug},
          {"name", workspace.name},
          {"is_private", workspace.is_private},
          {"is_personal", false},
          {"is_privacy_enforced", false},
          {"forking_mode", "allow_forks"},
          {"created_on", timestamp(workspace.created_on)},
          {"links",
           {{"self", link(origin, api)},
            {"html", link(origin, site)},
            {"avatar", link(origin, site + "avatar")},
            {"members", link(origin, api + "/members")},
            {"owners", link(origin, api + "/members?q=permission%3D%22owner%22")},
            {"projects", link(origin, api + "/projects")},
            {"repositories", link(origin, "/2.0/repositories/" + segment(workspace.slug))},
            {"snippets", link(origin, "/2.0/snippets/" + segment(workspace.slug))}}}};
}

Json access_json(const store::WorkspaceAccess& access, std::string_view origin) {
  const std::string slug = segment(access.workspace.slug);
  return {{"type", "workspace_access"},
          {"administrator", access.administrator()},
          {"workspace",
           {{"type", "workspace_base"},
            {"uuid", access.workspace.uuid},
            {"slug", access.workspace.slug},
            {"links",
             {{"self", link(origin, "/2.0/workspaces/" + slug)},
              {"avatar", link(origin, "/" + slug + "/avatar")}}}}}};
}

}  // namespace

boost::asio::awaitable<http::Response> list_user_workspaces(Call call) {
  auto page = parse_page(call.request, {.usual = 25, .most = 100});
  if (auto* refused = std::get_if<http::Response>(&page)) co_return std::move(*refused);
  const auto& asked = std::get<PageRequest>(page);
  store::Page<store::WorkspaceAccess> found;
  if (const auto& app = call.caller->app) {
    auto workspace = co_await call.store.find_workspace(app->workspace_uuid);
    found.size = workspace ? 1 : 0;
    if (workspace && asked.page == 1) {
      found.values.push_back({std::move(*workspace), store::WorkspacePermission::kMember});
    }
  } else {
    found = co_await call.store.workspaces_of(call.caller->account.value(),
                                              {asked.page, asked.pagelen});
  }
  std::vector<Json> values;
  for (const auto& access : found.values) {
    values.push_back(access_json(access, call.request.origin()));
  }
  co_return answer(page_of(call.request, asked, found.size, std::move(values)));
}

boost::asio::awaitable<std::optional<store::Workspace>> visible_workspace(const Call& call) {
  auto workspace = co_await call.store.find_workspace(call.request.parameter("workspace"));
  if (!workspace || !workspace->is_private) co_return workspace;
  if (call.caller == nullptr) co_return std::nullopt;
  const auto& app = call.caller->app;
  if (app && app->workspace_uuid == workspace->uuid) co_return workspace;
  const auto account = call.caller->account_in(workspace->uuid);
  if (!account) co_return std::nullopt;
  const auto membership = co_await call.store.membership(workspace->uuid, *account);
  if (!membership) co_return std::nullopt;
  co_return workspace;
}

boost::asio::awaitable<http::Response> get_workspace(Call call) {
  const auto workspace = co_await visible_workspace(call);
  if (!workspace) co_return no_such_workspace(call.request.parameter("workspace"));
  co_return answer(workspace_json(*workspace, call.request.origin()));
}

}  // namespace bbgrant::resource
