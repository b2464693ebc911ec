// What Graphviz makes of a picture before it draws it.
#pragma once

#include <map>
#include <regex>
#include <string>
#include <vector>

namespace tapestry {

// Whether dot can rank the nodes of a DOT text as its edges ask: edges point downwards, but for
// those with constraint=false, and nodes with rank=same share a height.
inline bool ranks_without_cycle(const std::string& dot) {
  std::map<int, int> parents;
  const auto height = [&](int node) {
    parents.try_emplace(node, node);
    while (parents[node] != node) node = parents[node];
    return node;
  };
  const auto matches = [&](const char* pattern) {
    const std::regex regex(pattern);
    return std::vector<std::smatch>(std::sregex_iterator(dot.begin(), dot.end(), regex), {});
  };
  for (const auto& same : matches("rank=same; n(\\d+); n(\\d+);"))
    parents[height(std::stoi(same[1]))] = height(std::stoi(same[2]));

  std::map<int, std::vector<int>> below;
  std::map<int, int> above;  // how many
  for (const auto& edge : matches("\n  n(\\d+) -> n(\\d+)([^\n]*);")) {
    if (edge[3].str().find("constraint=false") != std::string::npos) continue;
    const int from = height(std::stoi(edge[1])), to = height(std::stoi(edge[2]));
    below[from].push_back(to);
    below[to];
    ++above[to];
  }
  std::vector<int> free;
  for (const auto& [node, lower] : below)
    if (above[node] == 0) free.push_back(node);
  std::size_t placed = 0;
  for (; !free.empty(); ++placed) {
    const int node = free.back();
    free.pop_back();
    for (const int lower : below[node])
      if (--above[lower] == 0) free.push_back(lower);
  }
  return placed == below.size();
}

}  // namespace tapestry
