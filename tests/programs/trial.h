// Tries random programs until one disagrees with itself, and tells its smallest form.
#pragma once

#include <cstdint>
#include <string>

#include "tests/programs/agreement.h"

namespace tapestry::test {

// Program number `index` of a seed is the same on every machine. Every other one is smooth.
template <class Program>
Program program_number(std::uint64_t seed, std::uint64_t index);

template <>
inline TensorProgram program_number(std::uint64_t seed, std::uint64_t index) {
  std::mt19937_64 random(seed * 1'000'003 + index);
  return random_tensor_program(random, index % 2 == 0);
}
template <>
inline ScalarProgram program_number(std::uint64_t seed, std::uint64_t index) {
  std::mt19937_64 random(seed * 1'000'033 + index);
  return random_scalar_program(random, index % 2 == 0);
}

// Empty where all ways agree; else the shrunk program and what disagrees.
template <class Program>
std::string trial(std::uint64_t seed, std::uint64_t index) {
  const Program program = program_number<Program>(seed, index);
  const Disagreement found = disagreement(program);
  if (!found) return {};
  const Program least = shrunk(program);
  return fmt::format("program {} of seed {}: {}\n  shrunk: {}\n{}", index, seed, *found,
                     *disagreement(least), least.text());
}

}  // namespace tapestry::test
