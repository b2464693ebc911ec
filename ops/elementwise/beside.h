// A number beside a tensor in an operation: a plain one of any arithmetic type, or an active
// scalar. The dtype in which they meet depends on types alone, as in PyTorch: a number changes the
// tensor's dtype only where its sort (bool, integer, floating) is above the tensor's. Floating
// tensors keep theirs, i64 with a floating number gives f32, boolean with an integer i64.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

class Beside {
 public:
  template <class N>
  requires std::is_arithmetic_v<N> Beside(N number)  // NOLINT: numbers convert
      : scalar_(static_cast<double>(number)),
        integer_(std::integral<N> ? static_cast<std::int64_t>(number) : 0),
        sort_(std::same_as<N, bool> ? DType::boolean
              : std::integral<N>    ? DType::i64
                                    : DType::f32) {}
  Beside(Scalar number) : scalar_(number) {}  // NOLINT: scalars convert
  template <class E>
  requires(E::is_scalar_expression) Beside(const E& x) : Beside(Scalar(x)) {}  // NOLINT: recorded

  double value() const { return scalar_.value(); }
  Scalar scalar() const { return scalar_; }
  std::int64_t integer() const { return integer_; }  // of the sorts boolean and i64, exactly
  // The dtype in which a tensor of that dtype meets it.
  DType meets(DType dtype) const { return is_floating(dtype) ? dtype : promote(dtype, sort_); }

 private:
  Scalar scalar_;
  std::int64_t integer_ = 0;
  DType sort_ = DType::f32;  // boolean, i64, or f32 for all that are floating
};

}  // namespace tapestry::detail
