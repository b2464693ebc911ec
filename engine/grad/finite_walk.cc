#include "engine/grad/finite_walk.h"

#include <cmath>
#include <span>

#include "engine/tape/called.h"
#include "engine/tape/local_slopes.h"
#include "engine/tape/walk.h"

namespace tapestry::detail {

FiniteWalk finite_walk(const Tape& tape, NodeId first, NodeId y, double seed) {
  const std::size_t count = y - first + 1;
  FiniteWalk walk{first, std::vector<double>(count), std::vector<std::uint8_t>(count)};
  walk.adjoints.back() = seed;
  walk.reached.back() = 1;
  LocalSlopes partials(tape.storage().values.begin());
  runs_down(tape, first, y, [&](const Run& run) {
    for (std::uint32_t i = run.count; i-- > 0;) {
      const NodeId id = run.first + i;
      if (!walk.reached[id - first]) continue;
      if (run.kernel && run.kernel->leaves == 0) continue;
      if (!run.kernel || !run.kernel->walk)
        refuse("gradient",
               "{} lies between: drop_nonfinite goes through statements of scalars only",
               called(tape, id));
      const auto leaves = operands_within(tape, run, id);
      const double adjoint = walk.adjoints[id - first];
      const std::span<const double> given =
          adjoint == 0 ? std::span<const double>() : partials.of(run, i);
      for (std::size_t k = 0; k < leaves.size(); ++k) {
        if (leaves[k] < first) continue;
        walk.reached[leaves[k] - first] = 1;
        if (!given.empty() && std::isfinite(given[k]))
          walk.adjoints[leaves[k] - first] += given[k] * adjoint;
      }
    }
  });
  return walk;
}

}  // namespace tapestry::detail
