// SPDX-License-Identifier: MIT
#include "project/rules.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace bbgrant::project {

namespace {

using Findings = std::vector<std::string>;

/// The table of rooms. A room may always include itself. "bbgrant" is the public library.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"client", {"bbgrant"}},
    {"base", {}},
    {"http", {"base"}},
    {"store", {"base"}},
    {"pages", {"base", "http"}},
    {"authorization", {"base", "http", "pages", "store"}},
    {"resource", {"base", "http", "pages", "store"}},
    {"sandbox", {"authorization", "base", "http", "pages", "resource", "store"}},
    {"app", {"base", "bbgrant", "http", "pages"}},
    {"cli", {"app", "base", "bbgrant", "http", "pages", "sandbox"}},
};

/// Of the public library these stand by themselves, so that every room may share them.
const std::set<std::string> kShared = {"bbgrant/secret.hpp", "bbgrant/version.hpp"};

/// Libraries that a copied client may need; anything else with a '/' is not for it.
const std::regex kClientLibraries{"(curl|openssl|nlohmann|arpa|sys)/.*"};

/// "src/http/server.cpp" is in "http", "include/bbgrant/token.hpp" in "client".
std::string room_of(const std::string& path) {
  if (path.starts_with("include/")) return "client";
  const auto start = path.find('/') + 1;
  return path.substr(start, path.find('/', start) - start);
}

std::string at(const SourceFile& file, std::size_t index, const std::string& what) {
  return file.path + ":" + std::to_string(index + 1) + ": " + what;
}

Findings each_line(
    const std::vector<SourceFile>& files,
    const std::function<std::optional<std::string>(const SourceFile&, const std::string&)>& judge) {
  Findings findings;
  for (const auto& file : files) {
    for (std::size_t index = 0; index < file.lines.size(); ++index) {
      if (const auto finding = judge(file, file.lines[index])) {
        findings.push_back(at(file, index, *finding));
      }
    }
  }
  return findings;
}

bool may_use(const std::string& room, const std::string& other) {
  const auto row = kMayInclude.find(room);
  return other == room || (row != kMayInclude.end() && row->second.contains(other));
}

std::optional<std::string> judge_quoted(const std::string& room, const std::string& header) {
  if (kShared.contains(header)) return std::nullopt;
  const auto slash = header.find('/');
  if (slash == std::string::npos) return "\"" + header + "\" is not named by its room";
  const auto other = header.substr(0, slash);
  if (may_use(room, other)) return std::nullopt;
  return room + " must not include " + header;
}

std::optional<std::string> judge_angled(const std::string& room, const std::string& header) {
  if (header.starts_with("bbgrant/")) return judge_quoted(room, header);
  if (header.starts_with("boost/beast") && room != "http") {
    return "only http includes Beast: " + header;
  }
  if (room == "client" && header.find('/') != std::string::npos &&
      !std::regex_match(header, kClientLibraries)) {
    return "client must not include " + header;
  }
  return std::nullopt;
}

}  // namespace

Findings include_findings(const std::vector<SourceFile>& files) {
  static const std::regex include{R"(^\s*#\s*include\s*([<"])([^">]+)[">].*)"};
  return each_line(files, [](const SourceFile& file, const std::string& line) {
    std::smatch found;
    if (!std::regex_match(line, found, include)) return std::optional<std::string>{};
    const auto room = room_of(file.path);
    return found[1] == "<" ? judge_angled(room, found[2]) : judge_quoted(room, found[2]);
  });
}

Findings link_findings(const std::vector<SourceFile>& files) {
  static const std::regex target{R"(\bbbgrant(?:_|::)(\w+))"};
  return each_line(files, [](const SourceFile& file, const std::string& line) {
    const auto room = room_of(file.path);
    for (std::sregex_iterator found{line.begin(), line.end(), target}, end; found != end; ++found) {
      const std::string other = (*found)[1];
      // app and cli use the library by its target; the others have no business with it.
      const bool library = other == "client" && may_use(room, "bbgrant");
      if (kMayInclude.contains(other) && !may_use(room, other) && !library) {
        return std::optional<std::string>{room + " must not link " + found->str()};
      }
    }
    return std::optional<std::string>{};
  });
}

Findings oauth_word_findings(const std::vector<SourceFile>& files) {
  static const std::regex word{R"(\b(grants?|tokens?|scopes?|oauth)\b)", std::regex::icase};
  return each_line(files, [](const SourceFile& file, const std::string& line) {
    std::smatch found;
    if (room_of(file.path) != "http" || !std::regex_search(line, found, word)) {
      return std::optional<std::string>{};
    }
    return std::optional<std::string>{"http knows no OAuth, and says \"" + found.str() + "\""};
  });
}

Findings year_findings(const std::vector<SourceFile>& files) {
  static const std::regex year{R"(\b(2019|2026)\b)"};
  static const std::regex place{R"(/(profile|seed|demo_seed|demo_consumer|sandbox_flags)[^/]*$)"};
  static const std::regex flag{"compat"};
  return each_line(files, [](const SourceFile& file, const std::string& line) {
    if (std::regex_search(file.path, place) || !std::regex_search(line, year) ||
        std::regex_search(line, flag)) {
      return std::optional<std::string>{};
    }
    return std::optional<std::string>{"a profile is data; its year stands in profile.cpp"};
  });
}

Findings length_findings(const std::vector<SourceFile>& files, std::size_t most) {
  Findings findings;
  for (const auto& file : files) {
    if (file.lines.size() > most) {
      findings.push_back(file.path + " has " + std::to_string(file.lines.size()) + " lines");
    }
  }
  return findings;
}

Findings licence_findings(const std::vector<SourceFile>& files) {
  Findings findings;
  for (const auto& file : files) {
    if (file.lines.empty() || file.lines.front() != "// SPDX-License-Identifier: MIT") {
      findings.push_back(file.path + " does not begin with the licence tag");
    }
  }
  return findings;
}

}  // namespace bbgrant::project
