#include "engine/inspect/memory_report.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>

#include "engine/base/text_table.h"

namespace tapestry {
using namespace detail;

MemoryReport memory_report(const Tape& tape) {
  MemoryReport report;
  std::unordered_set<const void*> counted;
  tape.for_each_saved([&](const TensorNode& node, const Tensor& x) {
    if (!x.defined()) return;  // let go of
    const std::size_t bytes = counted.insert(x.block()).second ? x.block_bytes() : 0;
    report.bytes += bytes;
    report.saved.push_back({node.id, std::string(node.op->name), x.shape(), x.dtype(), bytes,
                            node.site, std::string(tape.scope(node.id))});
  });
  return report;
}

std::string MemoryReport::text() const {
  struct Row {
    std::size_t count = 0, bytes = 0;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Row> rows;  // op, tensor, place
  for (const SavedTensor& tensor : saved) {
    std::string place = fmt::format("{}", tensor.site);
    if (!tensor.scope.empty()) place += " in " + tensor.scope;
    Row& row = rows[{tensor.op, fmt::format("{} {}", tensor.shape, tensor.dtype), place}];
    ++row.count;
    row.bytes += tensor.bytes;
  }
  std::vector<std::pair<std::tuple<std::string, std::string, std::string>, Row>> sorted(
      rows.begin(), rows.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.bytes > b.second.bytes; });
  std::vector<Cells> lines{{"bytes", "count", "saved by", "tensor", "at"}};
  for (const auto& [key, row] : sorted)
    lines.push_back({std::to_string(row.bytes), std::to_string(row.count), std::get<0>(key),
                     std::get<1>(key), std::get<2>(key)});
  lines.push_back({std::to_string(bytes), std::to_string(saved.size()), "in all"});
  return in_columns(lines, ">  >  <");
}

}  // namespace tapestry
