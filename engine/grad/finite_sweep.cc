#include "engine/grad/finite_sweep.h"

#include <cmath>
#include <span>

#include "engine/tape/called.h"
#include "engine/tape/local_partials.h"
#include "engine/tape/traverse.h"

namespace tapestry::detail {

FiniteSweep finite_sweep(const Tape& tape, NodeId first, NodeId y, double seed) {
  const std::size_t count = y - first + 1;
  FiniteSweep sweep{first, std::vector<double>(count), std::vector<std::uint8_t>(count)};
  sweep.adjoints.back() = seed;
  sweep.reached.back() = 1;
  LocalPartials partials(tape.storage().values.begin());
  runs_down(tape, first, y, [&](const Run& run) {
    for (std::uint32_t i = run.count; i-- > 0;) {
      const NodeId id = run.first + i;
      if (!sweep.reached[id - first]) continue;
      if (run.kernel && run.kernel->arity == 0) continue;
      if (!run.kernel || !run.kernel->reverse)
        refuse("gradient",
               "{} lies between: drop_nonfinite goes through statements of scalars only",
               called(tape, id));
      const auto operands = operands_within(tape, run, id);
      const double adjoint = sweep.adjoints[id - first];
      const std::span<const double> given =
          adjoint == 0 ? std::span<const double>() : partials.of(run, i);
      for (std::size_t k = 0; k < operands.size(); ++k) {
        if (operands[k] < first) continue;
        sweep.reached[operands[k] - first] = 1;
        if (!given.empty() && std::isfinite(given[k]))
          sweep.adjoints[operands[k] - first] += given[k] * adjoint;
      }
    }
  });
  return sweep;
}

}  // namespace tapestry::detail
