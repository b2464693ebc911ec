// A random program of tensor functions: from a vector x, cut into inputs, to one number.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace tapestry::test {

// What an instruction calls: values of any shape to one value. `choice` stands for an axis, a mode
// and the like; a call that does not fit its operands throws Error and is not generated.
struct TensorFunction {
  std::string name;
  int arity;
  bool smooth;  // where it is finite: no kinks, no jumps
  Tensor (*call)(const std::vector<Tensor>& operands, int choice);
};
const std::vector<TensorFunction>& tensor_functions();

struct TensorProgram {
  struct Input {
    Shape shape;
    std::vector<double> numbers;
  };
  struct Instruction {
    std::size_t function;
    std::vector<std::size_t> operands;  // inputs first, then results
    int choice;
  };
  std::vector<Input> inputs;
  std::vector<Instruction> body;
  bool smooth = true;  // ordinary numbers and smooth functions alone

  // All numbers of the inputs, one after the other: f64 (n,).
  Tensor start() const;
  // The value at x, (n,): the results that nothing reads, weighted and summed, in x's dtype. With
  // `reads`, each operand that an instruction reads becomes a node of its own, in that list.
  Tensor operator()(const Tensor& x, std::vector<Tensor>* reads = nullptr) const;
  std::string text() const;
};

// A program whose value at its start is computed without an Error. Those that are not `smooth`
// start at kinks, ties and extremes, too.
TensorProgram random_tensor_program(std::mt19937_64& random, bool smooth);

// Programs that are smaller by one step, the most promising first.
std::vector<TensorProgram> smaller(const TensorProgram& program);

}  // namespace tapestry::test
