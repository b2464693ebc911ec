#include "tests/programs/scalar_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/programs/numbers.h"

namespace tapestry::test {
namespace {

struct Described {
  const char* name;
  std::size_t arity;
  bool smooth;
};
constexpr std::size_t kFunctions = static_cast<std::size_t>(ScalarFunction::count);
constexpr std::array<Described, kFunctions> kDescribed{{
#define F(name, arity, smooth, statement) {#name, arity, smooth},
    TAPESTRY_SCALAR_FUNCTIONS(F)
#undef F
}};
const Described& described(ScalarFunction function) {
  return kDescribed[static_cast<std::size_t>(function)];
}

}  // namespace

std::string ScalarProgram::text() const {
  std::string text;
  for (std::size_t i = 0; i < inputs.size(); ++i) text += fmt::format("  v{} = {}\n", i, inputs[i]);
  for (std::size_t i = 0; i < body.size(); ++i)
    text += fmt::format("  v{} = {}(v{})\n", inputs.size() + i, described(body[i].function).name,
                        fmt::join(body[i].operands, ", v"));
  return text;
}

ScalarProgram random_scalar_program(std::mt19937_64& random, bool smooth) {
  ScalarProgram program;
  program.smooth = smooth;
  const std::size_t inputs = 1 + random() % 4, length = 1 + random() % 16;
  for (std::size_t i = 0; i < inputs; ++i) program.inputs.push_back(random_number(random, smooth));
  std::vector<Scalar> values(program.inputs.begin(), program.inputs.end());
  for (int attempts = 0; program.body.size() < length && attempts < 200; ++attempts) {
    ScalarProgram::Instruction instruction{static_cast<ScalarFunction>(random() % kFunctions), {}};
    if (smooth && !described(instruction.function).smooth) continue;
    for (std::size_t i = 0; i < described(instruction.function).arity; ++i) {
      const std::size_t back = std::min(random() % values.size(), random() % values.size());
      instruction.operands.push_back(values.size() - 1 - back);
    }
    const auto operand = [&](std::size_t i) {
      return values[instruction.operands[std::min(i, instruction.operands.size() - 1)]];
    };
    const Scalar value =
        call_scalar<Scalar>(instruction.function, operand(0), operand(1), operand(2));
    if (smooth && !(std::abs(value.value()) < 1e3)) continue;
    values.push_back(value);
    program.body.push_back(std::move(instruction));
  }
  return program;
}

std::vector<ScalarProgram> smaller(const ScalarProgram& program) {
  std::vector<ScalarProgram> found = shorter(program);
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    for (double simple : simpler_numbers(program.inputs[i])) {
      ScalarProgram rounder = program;
      rounder.inputs[i] = simple;
      found.push_back(std::move(rounder));
    }
  return found;
}

}  // namespace tapestry::test
