// SPDX-License-Identifier: MIT
#include "resource/operations.hpp"

#include "resource/repositories.hpp"
#include "resource/user.hpp"
#include "resource/workspaces.hpp"

namespace bbgrant::resource {

// Scopes as Bitbucket Cloud's API document names them.
const std::vector<Operation>& operations() {
  using http::Method;
  static const std::vector<Operation> all{
      {Method::kGet, "/2.0/user", Access::kToken, "account", "Who the token acts for", get_user},
      {Method::kGet, "/2.0/user/emails", Access::kToken, "email",
       "The e-mail addresses of the one the token acts for", list_emails},
      {Method::kGet, "/2.0/user/workspaces", Access::kToken, "account",
       "The workspaces that one is a member of", list_user_workspaces},
      {Method::kGet, "/2.0/workspaces/{workspace}", Access::kAnyone, "", "One workspace",
       get_workspace},
      {Method::kGet, "/2.0/repositories/{workspace}", Access::kAnyone, "repository",
       "The repositories of a workspace that the caller may see", list_repositories},
  };
  return all;
}

}  // namespace bbgrant::resource
