// A few operations on f64 tensors of one shape, so that tests of the engine need no higher floor.
#pragma once

#include <functional>
#include <vector>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"

namespace tapestry::toy {
using namespace detail;

template <class F>
Tensor zip(const Tensor& x, const Tensor& z, F&& f) {
  std::vector<double> a = x.to_vector(), b = z.to_vector();
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = f(a[i], b[i]);
  return from_vector(a, x.shape());
}

Tensor mul(const Tensor& x, const Tensor& z);

struct Mul {
  static constexpr std::string_view name = "mul";
  static constexpr int arity = 2;
  static constexpr bool elementwise = true;
  static Tensor forward(Inputs in) { return zip(in[0], in[1], std::multiplies<>{}); }
  static constexpr SaveMask saves(int operand) { return save_input(1 - operand); }
  static void vjp(Pullback& p) {
    for (int operand : {0, 1})
      if (p.wants(operand)) p.give(operand, mul(p.cotangent(), p.input(1 - operand)));
  }
};

struct Sub {
  static constexpr std::string_view name = "sub";
  static constexpr int arity = 2;
  static constexpr bool elementwise = true;
  static Tensor forward(Inputs in) { return zip(in[0], in[1], std::minus<>{}); }
  static void vjp(Pullback& p) {
    if (p.wants(0)) p.give(0, p.cotangent());
    if (p.wants(1)) p.give(1, mul(p.cotangent(), full(p.cotangent().shape(), -1, DType::f64)));
  }
};

// Two outputs: x + x and x * x.
struct DoubleAndSquare {
  static constexpr std::string_view name = "double_and_square";
  static constexpr int arity = 1;
  static constexpr bool elementwise = true;
  static void forward(Inputs in, const detail::NoAttributes&, std::span<Tensor> outputs) {
    outputs[0] = zip(in[0], in[0], std::plus<>{});
    outputs[1] = zip(in[0], in[0], std::multiplies<>{});
  }
  static constexpr SaveMask saves(int) { return save_input(0); }
  static void vjp(Pullback& p) {
    const Tensor two = full(p.input_shape(0), 2, DType::f64);
    if (p.cotangent(0).defined()) p.give(0, mul(p.cotangent(0), two));
    if (p.cotangent(1).defined()) p.give(0, mul(p.cotangent(1), mul(p.input(0), two)));
  }
};

inline Tensor mul(const Tensor& x, const Tensor& z) { return apply<Mul>({&x, &z}); }
inline Tensor sub(const Tensor& x, const Tensor& z) { return apply<Sub>({&x, &z}); }
inline std::vector<Tensor> double_and_square(const Tensor& x) {
  return apply_many<DoubleAndSquare>({&x}, 2);
}

}  // namespace tapestry::toy
