// The kernels of the page's functions over contiguous numbers: value and vjps, f32 and f64, for the
// widest registers that the machine has.
#pragma once

#include <cstdint>

namespace tapestry::detail {

enum class Unary {
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) name,
#include "ops/page/elementwise.def"
  count
};

enum class Binary {
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) name,
#include "ops/page/elementwise.def"
  count
};

// out[i] = f(in[0][i], in[1][i], ...). A value reads {x} or {x, z}; a vjp reads {x, z, y, g} and
// skips, so may be given null for, what its formula does not mention. A zero adjoint gives zero
// whatever the partial: a branch that was not taken contributes nothing, even where its partial is
// infinite. out may be one of the inputs.
template <class T>
using Kernel = void (*)(const T* const* in, T* out, std::int64_t n);

template <class T>
struct UnaryKernels {
  Kernel<T> forward, vjp;
};
template <class T>
struct BinaryKernels {
  Kernel<T> forward, vjp_x, vjp_z;
};

// T is float or double.
template <class T>
const UnaryKernels<T>& unary_kernels(Unary op);
template <class T>
const BinaryKernels<T>& binary_kernels(Binary op);

}  // namespace tapestry::detail
