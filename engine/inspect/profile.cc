#include "engine/inspect/profile.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text_table.h"
#include "engine/inspect/json.h"

namespace tapestry {
using namespace detail;

std::vector<ProfileRow> Profile::rows() const {
  std::map<std::pair<std::string_view, bool>, ProfileRow> by_op;
  std::map<std::pair<std::string_view, bool>, double> shared;
  for (const TimedOp& timed : clock_.ops()) {
    const std::pair key(timed.name, timed.backward);
    ProfileRow& row = by_op[key];
    row.op = timed.name;
    row.backward = timed.backward;
    ++row.calls;
    row.seconds += timed.own();
    row.bytes += timed.bytes;
    row.flops += timed.flops;
    shared[key] += timed.shared;
  }
  std::vector<ProfileRow> rows;
  for (auto& [key, row] : by_op) {
    row.alone = row.seconds > 0 ? std::clamp(1 - shared[key] / row.seconds, 0.0, 1.0) : 1;
    rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ProfileRow& a, const ProfileRow& b) { return a.seconds > b.seconds; });
  return rows;
}

std::string Profile::table() const {
  const std::vector<ProfileRow> all = rows();
  double total = 0, alone = 0, calls = 0;
  for (const ProfileRow& row : all) {
    total += row.seconds;
    alone += row.seconds * row.alone;
    calls += static_cast<double>(row.calls);
  }
  const auto rate = [](double amount, double seconds) {
    return amount > 0 && seconds > 0 ? fmt::format("{:.1f}", amount / seconds * 1e-9) : "";
  };
  const auto percent = [](double part, double whole) {
    return fmt::format("{:.1f} %", whole > 0 ? 100 * part / whole : 0);
  };
  std::vector<Cells> lines{{"op", "calls", "ms", "share", "GB/s", "GFLOP/s", "one thread"}};
  for (const ProfileRow& row : all)
    lines.push_back({row.op + (row.backward ? " vjp" : ""), fmt::format("{}", row.calls),
                     fmt::format("{:.3f}", row.seconds * 1e3), percent(row.seconds, total),
                     rate(row.bytes, row.seconds), rate(row.flops, row.seconds),
                     percent(row.alone, 1)});
  lines.push_back({"all", fmt::format("{}", calls), fmt::format("{:.3f}", total * 1e3),
                   percent(total, total), "", "", percent(alone, total)});
  return in_columns(lines, "<  >  >  >  >  >  >");
}

void Profile::write_chrome_trace(std::ostream& out) const {
  out << "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
  std::string_view separator;
  for (const TimedOp& timed : clock_.ops()) {
    std::vector<JsonMember> of{{"bytes", json_of(timed.bytes)}, {"flops", json_of(timed.flops)}};
    if (timed.node) of.emplace_back("node", json_of(timed.node));
    out << separator
        << object_of({{"name", json_of(timed.name)},
                      {"cat", json_of(std::string_view(timed.backward ? "vjp" : "op"))},
                      {"ph", json_of(std::string_view("X"))},
                      {"ts", json_of(timed.start * 1e6)},
                      {"dur", json_of(timed.seconds * 1e6)},
                      {"pid", json_of(1)},
                      {"tid", json_of(1)},
                      {"args", object_of(of)}})
               .text;
    separator = ",\n";
  }
  out << "]}\n";
}

void Profile::write_chrome_trace(const std::string& file, Site site) const {
  const CallSite call(site);
  std::ofstream out(file);
  write_chrome_trace(out);
  out.close();
  if (!out) refuse("Profile", "{} cannot be written", file);
}

std::unordered_map<NodeId, double> Profile::seconds_by_node(const Tape& tape) const {
  std::unordered_map<NodeId, double> seconds;
  for (const TimedOp& timed : clock_.ops())
    if (timed.node && timed.epoch == tape.epoch()) seconds[timed.node] += timed.own();
  return seconds;
}

}  // namespace tapestry
