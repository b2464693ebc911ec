// Whether all ways to a program's derivatives agree.
#pragma once

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/programs/scalar_program.h"
#include "tests/programs/tensor_program.h"

namespace tapestry::test {

inline constexpr double kValueTolerance = 1e-12, kTolerance = 1e-9, kSecondTolerance = 1e-7,
                        kDifferenceTolerance = 1e-5;
inline constexpr double kRounding =
    1e-14;  // what an error of a value, in parts of it, may do to a slope

// Two ways that disagree, in words, or what was refused; nothing when all agree.
using Disagreement = std::optional<std::string>;
bool is_refusal(const Disagreement& found);

Disagreement disagreement(const TensorProgram& program);
Disagreement disagreement(const ScalarProgram& program);

// The smallest program that can be found, by leaving out and simplifying step by step, for which
// ways still disagree.
template <class Program>
Program shrunk(Program program) {
  const bool refused = is_refusal(disagreement(program));
  for (bool found = true; found;) {
    found = false;
    for (Program& candidate : smaller(program))
      if (const Disagreement left = disagreement(candidate); left && is_refusal(left) == refused) {
        program = std::move(candidate);
        found = true;
        break;
      }
  }
  return program;
}

// A way to a derivative, and what it gave.
struct Way {
  std::string name;
  std::vector<double> result;
};

// The first of `ways` that disagrees with the first of all. With `where_finite`, numbers are
// compared that are finite in both: a zero that meets an infinity may be met in one direction of
// sweeping alone.
Disagreement compared(const std::vector<Way>& ways, double tolerance, double scale,
                      bool where_finite = false);

}  // namespace tapestry::test
