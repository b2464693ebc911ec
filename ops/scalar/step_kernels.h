// What a batch knows of a statement's kernel: the SIMD kernels of its steps, which of their results
// are kept for the reverse sweep, and which are computed anew there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/tape/node.h"
#include "ops/page/kernels.h"

namespace tapestry::detail {

struct StepKernels {
  enum class Keep {
    nothing,    // the reverse sweep does not read it, or it is the statement's value
    kept,       // of a costly function
    recomputed  // of a cheap one
  };
  Kernel<double> value = nullptr;
  Kernel<double> vjp[2] = {};  // null where the adjoint passes as it is
  Keep keep = Keep::nothing;
  std::uint16_t operands[2] = {};  // among the registers
  int place = 0;                   // among those kept of the statement
};

// What a sweep has at hand of a statement: results of its steps, then operands, then constants.
struct StepRegisters {
  static constexpr std::size_t kLeaves = 256, kConstants = 512, kNone = 768, kCount = 769;
};

struct StatementPlan {
  const StatementKernel* kernel;
  std::vector<StepKernels> steps;
  int kept = 0;
  std::size_t literals = 0;  // those of the payload that steps read; they come first
};

// Of a kernel that has steps.
StatementPlan plan_of(const StatementKernel& kernel);

}  // namespace tapestry::detail
