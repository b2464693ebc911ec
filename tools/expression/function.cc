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
#include "ops/elementwise.def"
    {"sum", 1, true, [](Operands in) -> Active { return sum(tensor_of(in[0])); }},
    {"prod", 1, true, [](Operands in) -> Active { return prod(tensor_of(in[0])); }},
    {"mean", 1, true, [](Operands in) -> Active { return mean(tensor_of(in[0])); }},
    {"max", 1, true, [](Operands in) -> Active { return max(tensor_of(in[0])); }},
    {"min", 1, true, [](Operands in) -> Active { return min(tensor_of(in[0])); }},
    {"norm", 1, true, [](Operands in) -> Active { return norm(tensor_of(in[0])); }},
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
  return scalars.size() == elements.size() ? stack(scalars) : stack(tensors);
}

}  // namespace tapestry::tools
