// What programs of tensors and of scalars have in common: inputs, and a body of instructions that
// read inputs and earlier results, which are counted together, inputs first.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace tapestry::test {

// Of each input and result, whether an instruction reads it.
template <class Program>
std::vector<bool> read_by_instructions(const Program& program) {
  std::vector<bool> read(program.inputs.size() + program.body.size());
  for (const auto& instruction : program.body)
    for (std::size_t operand : instruction.operands) read[operand] = true;
  return read;
}

// What no instruction reads, inputs included.
template <class Program>
std::vector<std::size_t> sinks(const Program& program) {
  const std::vector<bool> read = read_by_instructions(program);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < read.size(); ++i)
    if (!read[i]) found.push_back(i);
  return found;
}

// Without one instruction, whose readers read one of its operands instead, the last instructions
// first; then without one input that nothing reads.
template <class Program>
std::vector<Program> shorter(const Program& program) {
  std::vector<Program> found;
  const std::size_t inputs = program.inputs.size();
  for (std::size_t i = program.body.size(); i-- > 0;)
    for (std::size_t operand : program.body[i].operands) {
      Program less = program;
      less.body.erase(less.body.begin() + static_cast<std::ptrdiff_t>(i));
      for (auto& later : less.body)
        for (std::size_t& read : later.operands)
          read = read == inputs + i ? operand : read > inputs + i ? read - 1 : read;
      found.push_back(std::move(less));
    }
  const std::vector<bool> read = read_by_instructions(program);
  for (std::size_t i = 0; inputs > 1 && i < inputs; ++i) {
    if (read[i]) continue;
    Program less = program;
    less.inputs.erase(less.inputs.begin() + static_cast<std::ptrdiff_t>(i));
    for (auto& instruction : less.body)
      for (std::size_t& operand : instruction.operands) operand -= operand > i;
    found.push_back(std::move(less));
  }
  return found;
}

}  // namespace tapestry::test
