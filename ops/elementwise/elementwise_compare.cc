// The page's comparisons and predicates over tensors.
#include "engine/tape/apply.h"
#include "ops/elementwise/constant.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/tiles.h"

namespace tapestry {
using namespace detail;
namespace {

#define TAPESTRY_COMPARE(op, value, doc)                                                        \
  struct op##_op {                                                                          \
    static constexpr std::string_view name = #op;                                               \
    static constexpr int arity = 2;                                                             \
    static constexpr bool elementwise = true;                                                   \
    static constexpr bool not_differentiable = true;                                            \
    static Tensor forward(Inputs in) {                                                          \
      Tensor out = Tensor::uninitialized(broadcast_shapes(name, in[0].shape(), in[1].shape()),  \
                                         DType::boolean);                                       \
      visit(in[0].dtype(), [&]<class T>(std::type_identity<T>) {                                \
        for_tiles<T, bool, 2>(                                                                  \
            {&in[0], &in[1]}, out, 1, +[](const T* const* data, bool* result, std::int64_t n) { \
              for (std::int64_t i = 0; i < n; ++i) {                                            \
                const T x = data[0][i], z = data[1][i];                                         \
                result[i] = value;                                                              \
              }                                                                                 \
            });                                                                                 \
      });                                                                                       \
      return out;                                                                               \
    }                                                                                           \
  };
#define TAPESTRY_PREDICATE(op, value, doc)                                              \
  struct op##_op {                                                                  \
    static constexpr std::string_view name = #op;                                       \
    static constexpr int arity = 1;                                                     \
    static constexpr bool elementwise = true;                                           \
    static constexpr bool not_differentiable = true;                                    \
    static Tensor forward(Inputs in) {                                                  \
      Tensor out = Tensor::uninitialized(in[0].shape(), DType::boolean);                \
      visit(in[0].dtype(), [&]<class T>(std::type_identity<T>) {                        \
        for_tiles<T, bool, 1>(                                                          \
            {&in[0]}, out, 1, +[](const T* const* data, bool* result, std::int64_t n) { \
              for (std::int64_t i = 0; i < n; ++i) {                                    \
                const T x = data[0][i];                                                 \
                result[i] = value;                                                      \
              }                                                                         \
            });                                                                         \
      });                                                                               \
      return out;                                                                       \
    }                                                                                   \
  };
#include "ops/page/elementwise.def"

template <class D>
Tensor compare(const Tensor& x, const Tensor& z) {
  const DType dtype = promote(x.dtype(), z.dtype());
  const Tensor cast_x = x.to(dtype), cast_z = z.to(dtype);
  return apply<D>({&cast_x, &cast_z});
}

}  // namespace

#define TAPESTRY_CALL(name, left, right, call) \
  Tensor name(left, right, Site site) {        \
    const CallSite here(site);                 \
    return call;                               \
  }
#define TAPESTRY_COMPARE(name, value, doc)                                              \
  TAPESTRY_CALL(name, const Tensor& x, const Tensor& z, (compare<name##_op>(x, z))) \
  TAPESTRY_CALL(name, const Tensor& x, const Beside& z, name(x, number_beside(x, z)))   \
  TAPESTRY_CALL(name, const Beside& x, const Tensor& z, name(number_beside(z, x), z))
#define TAPESTRY_PREDICATE(name, value, doc) \
  Tensor name(const Tensor& x, Site site) {  \
    const CallSite here(site);               \
    return apply<name##_op>({&x});       \
  }
#include "ops/page/elementwise.def"
#undef TAPESTRY_CALL

namespace {
void require_masks(std::string_view symbol, const Tensor& x, const Tensor& z) {
  for (const Tensor* side : {&x, &z})
    if (side->dtype() != DType::boolean)
      refuse(symbol,
             "one side is {}; both must be boolean, see logical_and, logical_or, logical_not",
             side->dtype());
}
}  // namespace

Tensor operator&(const Operand& x, const Tensor& z) {
  const CallSite call(x.site());
  require_masks("&", x.tensor(), z);
  return logical_and(x.tensor(), z);
}
Tensor operator|(const Operand& x, const Tensor& z) {
  const CallSite call(x.site());
  require_masks("|", x.tensor(), z);
  return logical_or(x.tensor(), z);
}
Tensor operator^(const Operand& x, const Tensor& z) {
  const CallSite call(x.site());
  require_masks("^", x.tensor(), z);
  return logical_xor(x.tensor(), z);
}
Tensor operator~(const Operand& x) {
  const CallSite call(x.site());
  require_masks("~", x.tensor(), x.tensor());
  return logical_not(x.tensor());
}

}  // namespace tapestry
