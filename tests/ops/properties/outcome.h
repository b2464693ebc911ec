// What the properties do with a sample: execute it on a tape, sweep back, and compare what
// came of it.
#pragma once

#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "ops/catalogue/catalogue.h"
#include "tests/ops/properties/property.h"

namespace tapestry::test {
using namespace detail;

using Tensors = std::vector<Tensor>;

// Which inputs are floating: those that a gradient is taken with respect to.
std::vector<std::size_t> floating(const Tensors& inputs);

// f32 and f64 inputs in another dtype; integers and booleans stay.
Tensors in_dtype(const Tensors& inputs, DType dtype);

// Fixed numbers in (-1, 1), all different, of y's shape and dtype, by which its elements are
// weighed.
Tensor weights(const Tensor& y, std::uint64_t seed = 0);

// As many directions, of their shapes and dtypes.
Tensors directions(const Tensors& xs);

// sum of w * y, in long double and without an op.
double inner(const Tensor& w, const Tensor& y);

// A sample executed on a tape of its own, with its floating inputs as variables.
class Recording {
 public:
  Recording(const Sample& sample, const Tensors& inputs, TapeOptions options = {});

  const Tensor& y() const { return y_; }
  Tape& tape() { return tape_; }
  const Tensors& variables() const { return variables_; }
  bool has_gradient() const;  // y is floating and follows from a variable
  // The adjoints of the variables when that of y is weights(y).
  Tensors gradients(bool recorded = false) const;

 private:
  Tape tape_;
  Tensors variables_;
  Tensor y_;
};

// A sample as a function of some of its inputs, the others being as they are: its value, and the
// adjoints of its floating inputs when that of the value is weights(value), by a plain or a
// recorded sweep.
FunctionOfMany value_of(const Sample& sample, const Tensors& inputs,
                        const std::vector<std::size_t>& which);
FunctionOfMany gradients_of(const Sample& sample, const Tensors& inputs,
                            const std::vector<std::size_t>& which, bool recorded = false);

// Value and gradients, as plain numbers. No gradients where y has none.
struct Outcome {
  Tensor y;
  Tensors gradients;
};
Outcome run(const Sample& sample, const Tensors& inputs);

// Shape, dtype and bits.
bool same_bits(const Tensor& a, const Tensor& b);
bool same_bits(const Outcome& a, const Outcome& b);
// The largest distance() between the parts.
double distance(const Outcome& a, const Outcome& b);

// A copy with numbers of its own, row-major.
Tensor copy_of(const Tensor& x);

// The inputs with the chosen axes `times` as long, their numbers repeated; empty for 0.
Tensors lengthened(const Tensors& inputs, std::int64_t times,
                   const std::function<bool(std::size_t input, int axis)>& chosen);

// Calls f for every sample; the second only where there is something to differentiate.
void for_samples(const OpInfo& record, Findings& findings,
                 const std::function<void(const Sample&)>& f);
void for_differentiable_samples(const OpInfo& record, Findings& findings,
                                const std::function<void(const Sample&)>& f);

// Whether the page elementwise.def defines it: each element of the result then follows from one
// element of each input.
bool on_the_page(std::string_view name);

}  // namespace tapestry::test
