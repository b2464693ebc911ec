#include "tests/programs/tensor_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/ops.h"
#include "tests/programs/numbers.h"
#include "tests/programs/program.h"

namespace tapestry::test {
namespace {

std::size_t below(std::mt19937_64& random, std::size_t n) { return random() % n; }

// Small shapes that often fit each other, by equality, by broadcasting, as matrices.
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> known{{},     {1},       {3}, {2, 3}, {3, 3},
                                        {3, 1}, {2, 1, 3}, {4}, {2, 2}};
  return known;
}

Tensor call(const TensorProgram::Instruction& instruction, const std::vector<Tensor>& values,
            std::vector<Tensor>* reads = nullptr) {
  std::vector<Tensor> operands;
  for (std::size_t operand : instruction.operands) {
    operands.push_back(reads ? values[operand] * 1.0 : values[operand]);
    if (reads) reads->push_back(operands.back());
  }
  return tensor_functions()[instruction.function].call(operands, instruction.choice);
}

std::vector<Tensor> cut(const TensorProgram& program, const Tensor& x) {
  std::vector<Tensor> values;
  std::int64_t at = 0;
  for (const auto& input : program.inputs) {
    const std::int64_t size = input.shape.size();
    values.push_back(reshape(slice(x, 0, at, at + size), input.shape));
    at += size;
  }
  return values;
}

// Not so large that a program of twenty functions takes long.
constexpr std::int64_t kLargest = 64;

}  // namespace

Tensor TensorProgram::start() const {
  std::vector<double> all;
  for (const Input& input : inputs)
    all.insert(all.end(), input.numbers.begin(), input.numbers.end());
  return from_vector(all, {static_cast<std::int64_t>(all.size())});
}

Tensor TensorProgram::operator()(const Tensor& x, std::vector<Tensor>* reads) const {
  std::vector<Tensor> values = cut(*this, x);
  for (const Instruction& instruction : body) values.push_back(call(instruction, values, reads));
  Tensor total;
  double weight = 1;
  for (std::size_t sink : sinks(*this)) {
    const Tensor part = sum(values[sink]) * weight;
    total = total.defined() ? total + part : part;
    weight *= 0.75;
  }
  return total;
}

std::string TensorProgram::text() const {
  std::string text;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    text += fmt::format("  v{} = input {} {{{}}}\n", i, inputs[i].shape,
                        fmt::join(inputs[i].numbers, ", "));
  for (std::size_t i = 0; i < body.size(); ++i)
    text += fmt::format("  v{} = {}(v{}) [{}]\n", inputs.size() + i,
                        tensor_functions()[body[i].function].name,
                        fmt::join(body[i].operands, ", v"), body[i].choice);
  return text;
}

TensorProgram random_tensor_program(std::mt19937_64& random, bool smooth) {
  TensorProgram program;
  program.smooth = smooth;
  const std::size_t inputs = 1 + below(random, 3);
  for (std::size_t i = 0; i < inputs; ++i) {
    TensorProgram::Input input{shapes()[below(random, shapes().size())], {}};
    for (std::int64_t k = 0; k < input.shape.size(); ++k)
      input.numbers.push_back(random_number(random, smooth));
    program.inputs.push_back(std::move(input));
  }
  std::vector<Tensor> values = cut(program, program.start());
  const std::size_t length = 1 + below(random, 12);
  const auto& functions = tensor_functions();
  for (int attempts = 0; program.body.size() < length && attempts < 200; ++attempts) {
    TensorProgram::Instruction instruction{
        below(random, functions.size()), {}, static_cast<int>(below(random, 6))};
    const TensorFunction& function = functions[instruction.function];
    if (smooth && !function.smooth) continue;
    for (int i = 0; i < function.arity; ++i) {
      // Recent values more often, so that programs are deep.
      const std::size_t back = std::min(below(random, values.size()), below(random, values.size()));
      instruction.operands.push_back(values.size() - 1 - back);
    }
    try {
      Tensor value = call(instruction, values);
      if (value.size() == 0 || value.size() > kLargest || value.rank() > 4) continue;
      if (smooth && !(max(abs(value)).item() < 1e3)) continue;
      values.push_back(std::move(value));
      program.body.push_back(std::move(instruction));
    } catch (const Error&) {  // the operands do not fit
    }
  }
  return program;
}

std::vector<TensorProgram> smaller(const TensorProgram& program) {
  std::vector<TensorProgram> found = shorter(program);
  // With a single number as an input, then with simpler numbers.
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    if (program.inputs[i].shape.rank() > 0) {
      TensorProgram flatter = program;
      flatter.inputs[i] = {{}, {program.inputs[i].numbers[0]}};
      found.push_back(std::move(flatter));
    }
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    for (std::size_t k = 0; k < program.inputs[i].numbers.size(); ++k)
      for (double simple : simpler_numbers(program.inputs[i].numbers[k])) {
        TensorProgram rounder = program;
        rounder.inputs[i].numbers[k] = simple;
        found.push_back(std::move(rounder));
      }
  return found;
}

}  // namespace tapestry::test
