// A tape's variables, one for each number.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry::test {

inline std::vector<Scalar> variables(Tape& tape, const std::vector<double>& numbers) {
  std::vector<Scalar> xs;
  for (double x : numbers) xs.push_back(tape.variable(x));
  return xs;
}

}  // namespace tapestry::test
