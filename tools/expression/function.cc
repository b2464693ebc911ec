#include "tools/expression/function.h"

#include <algorithm>

#include "ops/ops.h"

namespace tapestry::tools {
using namespace detail;
namespace {

// Calls f with the scalar or the tensor that x is.
template <class F>
Active visit_active(const Active& x, F f) {
  return x.is_scalar() ? f(x.scalar()) : f(x.tensor());
}

template <class F>
Active unary(Operands in, F f) {
  return visit_active(in[0], f);
}

template <class F>
Active binary(Operands in, F f) {
  return visit_active(in[0], [&](const auto& x) {
    return visit_active(in[1], [&](const auto& z) { return f(x, z); });
  });
}

Active active(const Tensor& x) { return x; }
Active active(Scalar x) { return x; }

template <class... X>
inline constexpr bool are_scalars = (ActiveNumber<X> && ...);

// A vector, or several numbers as one.
template <class F>
Active folded(Operands in, F f) {
  return f(tensor_of(in.size() == 1 ? in[0] : vector_of(in)));
}

// Of several operands what pairs of them give, element by element; of one what it gives.
template <class F, class G>
Active folded_in_pairs(Operands in, F of_vector, G of_two) {
  if (in.size() == 1) return of_vector(tensor_of(in[0]));
  Active result = in[0];
  for (std::size_t i = 1; i < in.size(); ++i) {
    const Active pair[] = {result, in[i]};
    result = binary(pair, of_two);
  }
  return result;
}

Tensor mask_of(const Active& x) {
  const Tensor mask = tensor_of(x);
  return mask.dtype() == DType::boolean ? mask : not_equal(mask, 0);
}

// The page's functions, of scalars too, where two of the names mean C's.
constexpr Function kFunctions[] = {
#define TAPESTRY_UNARY(op, result, vjp, kind, domain, ulps, doc) \
  {#op, 1, false, [](Operands in) {                              \
     return unary(in, []<class X>(const X& x) -> Active {        \
       if constexpr (are_scalars<X>)                             \
         return active(make_unary<Unary::op>(x));                \
       else                                                      \
         return active(tapestry::op(x));                         \
     });                                                         \
   }},
#define TAPESTRY_BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  {#op, 2, false, [](Operands in) {                                                    \
     return binary(in, []<class X, class Z>(const X& x, const Z& z) -> Active {        \
       if constexpr (are_scalars<X, Z>)                                                \
         return active(make_binary<Binary::op>(x, z));                                 \
       else                                                                            \
         return active(tapestry::op(x, z));                                            \
     });                                                                               \
   }},
#include "ops/page/elementwise.def"
    {"ln", 1, false,
     [](Operands in) { return unary(in, [](const auto& x) -> Active { return active(log(x)); }); }},
#define TAPESTRY_COMPARE(op, value, doc) \
  {#op, 2, false,                        \
   [](Operands in) -> Active { return tapestry::op(tensor_of(in[0]), tensor_of(in[1])); }},
#include "ops/page/elementwise.def"
    {"where", 3, false,
     [](Operands in) -> Active {
       return where(mask_of(in[0]), tensor_of(in[1]), tensor_of(in[2]));
     }},
    {"sum", 1, true,
     [](Operands in) { return folded(in, [](const Tensor& x) { return sum(x); }); }},
    {"prod", 1, true,
     [](Operands in) { return folded(in, [](const Tensor& x) { return prod(x); }); }},
    {"mean", 1, true,
     [](Operands in) { return folded(in, [](const Tensor& x) { return mean(x); }); }},
    {"max", 1, true,
     [](Operands in) {
       return folded_in_pairs(
           in, [](const Tensor& x) { return max(x); },
           [](const auto& x, const auto& z) -> Active { return active(maximum(x, z)); });
     }},
    {"min", 1, true,
     [](Operands in) {
       return folded_in_pairs(
           in, [](const Tensor& x) { return min(x); },
           [](const auto& x, const auto& z) -> Active { return active(minimum(x, z)); });
     }},
    {"norm", 1, true,
     [](Operands in) { return folded(in, [](const Tensor& x) { return norm(x); }); }},
    {"dot", 2, true, [](Operands in) -> Active { return dot(tensor_of(in[0]), tensor_of(in[1])); }},
};

}  // namespace

std::span<const Function> functions() { return kFunctions; }

const Function* find_function(std::string_view name) {
  const auto* found = std::ranges::find(kFunctions, name, &Function::name);
  return found == std::end(kFunctions) ? nullptr : found;
}

Tensor tensor_of(const Active& x) {
  return x.is_scalar() ? stack({x.scalar()}, Shape{}) : x.tensor();
}

Active vector_of(Operands elements) {
  std::vector<Scalar> scalars;
  std::vector<Tensor> tensors;
  for (const Active& element : elements) {
    if (element.is_scalar()) scalars.push_back(element.scalar());
    tensors.push_back(tensor_of(element));
    if (tensors.back().rank() != 0)
      refuse("vector", "an element is a vector of {}; expected numbers", tensors.back().size());
  }
  if (scalars.size() == elements.size()) return stack(scalars);
  for (Tensor& x : tensors) x = x.to(DType::f64);  // a comparison among numbers is 0 or 1
  return stack(tensors);
}

}  // namespace tapestry::tools
