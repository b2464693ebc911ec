// Operations whose rule is a function of the user's: the tape keeps the function, attributes point
// to it.
#pragma once

#include <memory>
#include <vector>

#include "engine/grad/pullback.h"
#include "engine/grad/sweep.h"
#include "engine/tape/apply.h"
#include "engine/tensor/escapes.h"

namespace tapestry::detail {

// What records a closure: its forward pass is the function's own.
struct ClosureOp {
  static constexpr int arity = kVariadic;
  static constexpr std::string_view example_by_example = "its function is the user's";
  static constexpr SaveMask saves(int) { return kSaveAll; }
  static Tensor forward(Inputs) {
    refuse("function", "a function of the user's is not executed from its record");
  }
};

template <class D, class Closure>
Tensor record_closure(std::shared_ptr<const Closure> closure, const std::vector<Tensor>& inputs,
                      const Tensor& value) {
  Tape* const tape = recording_tape();
  Tensor result = detach(value);
  if (!tape) return result;
  const typename D::Attributes attributes{closure.get()};
  for (Tape* t = tape; t; t = t->outer()) t->keep(closure);
  tape->record(op_of<D>, inputs, &attributes, {&result, 1});
  if (result.is_tracked()) detail::note_function();
  return result;
}

inline bool same_node(const Tensor& a, const Tensor& b) {
  return a.epoch() == b.epoch() && a.id() == b.id();
}

// Operand i as a rule uses it, for nodes that save every input.
inline Tensor operand(const Pullback& p, int i) {
  const Tensor& x = p.node().saved_operand(i);
  return p.sweep().recorded() ? x : p.sweep().tape().outer_value(x);
}

}  // namespace tapestry::detail
