// Tapestry's program of the comparison. `tapestry_rows profile ROW` tells where the time of a row
// goes, operation by operation, and how much of it threads share.
#include <string_view>

#include "engine/inspect/profile.h"
#include "tests/bench/side_by_side/tapestry/rows.h"

namespace side_by_side {
namespace {

int profile(const Rows& rows, const std::string& name) {
  constexpr int kWarm = 3, kCalls = 20;
  const auto row = rows.find(name);
  if (row == rows.end()) {
    fmt::print(stderr, "there is no row {}\n", name);
    return 1;
  }
  const Prepared prepared = row->second();
  for (int i = 0; i < kWarm; ++i) prepared.call();
  const Profile clock;
  const double seconds = seconds_of([&] {
    for (int i = 0; i < kCalls; ++i) prepared.call();
  });
  double timed = 0, alone = 0;
  for (const ProfileRow& each : clock.rows()) {
    timed += each.seconds;
    alone += each.seconds * each.alone;
  }
  fmt::print("{}\n{} calls in {:.1f} ms, {:.1f} of them in operations, {:.0f} % of the whole on one "
             "thread\n",
             clock.table(), kCalls, seconds * 1e3, timed * 1e3,
             100 * (alone + seconds - timed) / seconds);
  return 0;
}

}  // namespace
}  // namespace side_by_side

int main(int count, char** arguments) {
  side_by_side::Rows rows;
  side_by_side::add_small_rows(rows);
  side_by_side::add_elementwise_rows(rows);
  side_by_side::add_product_rows(rows);
  side_by_side::add_network_rows(rows);
  side_by_side::add_optimizer_rows(rows);
  if (count == 3 && std::string_view(arguments[1]) == "profile")
    return side_by_side::profile(rows, arguments[2]);
  return side_by_side::serve(rows);
}
