#include "ops/elementwise/where.h"

#include <limits>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/rows.h"
#include "ops/elementwise/constant.h"
#include "ops/elementwise/elementwise.h"

namespace tapestry {
using namespace detail;
namespace {

struct Where {
  static constexpr std::string_view name = "where";
  static constexpr int arity = 3;
  static constexpr bool elementwise = true;
  static constexpr bool linear = true;

  static Tensor forward(Inputs in) {
    const Shape shape =
        broadcast_shapes(name, broadcast_shapes(name, in[0].shape(), in[1].shape()), in[2].shape());
    Tensor out = Tensor::uninitialized(shape, in[1].dtype());
    const Strides m = broadcast_strides(in[0].shape(), in[0].strides(), shape);
    const Strides a = broadcast_strides(in[1].shape(), in[1].strides(), shape);
    const Strides b = broadcast_strides(in[2].shape(), in[2].strides(), shape);
    const Rows<3> rows(shape, {&m, &a, &b});
    visit(out.dtype(), [&]<class T>(std::type_identity<T>) {
      T* result = out.mutable_data<T>();
      rows.for_each([&](const std::array<std::int64_t, 3>& at) {
        const bool* mask = in[0].data<bool>() + at[0];
        const T* yes = in[1].data<T>() + at[1];
        const T* no = in[2].data<T>() + at[2];
        for (std::int64_t i = 0; i < rows.length; ++i) {
          const T p = yes[i * rows.inner[1]], q = no[i * rows.inner[2]];
          result[i] = mask[i * rows.inner[0]] ? p : q;
        }
        result += rows.length;
      });
    });
    return out;
  }
  static void vjp(Pullback& p) {
    const Tensor& g = p.cotangent();
    if (p.wants(1)) p.give(1, where(p.input(0), g, zero(g)));
    if (p.wants(2)) p.give(2, where(p.input(0), zero(g), g));
  }
  static constexpr SaveMask saves(int operand) { return operand == 0 ? 0 : save_input(0); }
};

}  // namespace

Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  if (mask.dtype() != DType::boolean)
    refuse("where", "the mask has dtype {}; it must be boolean", mask.dtype());
  const DType dtype = promote(a.dtype(), b.dtype());
  const Tensor yes = a.to(dtype), no = b.to(dtype);
  return apply<Where>({&mask, &yes, &no});
}

Tensor where(const Tensor& mask, const Tensor& a, const Beside& b, Site site) {
  const CallSite call(site);
  return where(mask, a, number_beside(a, b));
}
Tensor where(const Tensor& mask, const Beside& a, const Tensor& b, Site site) {
  const CallSite call(site);
  return where(mask, number_beside(b, a), b);
}

Tensor clamp(const Tensor& x, const Beside& low, const Beside& high, Site site) {
  const CallSite call(site);
  if (!(low.value() <= high.value()))
    refuse("clamp", "the bounds [{}, {}] are empty", low.value(), high.value());
  return where(x < low, low, where(x > high, high, x));
}

Tensor nan_to_num(const Tensor& x, const Replacements& replacements, Site site) {
  const CallSite call(site);
  if (!is_floating(x.dtype())) return x;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double largest = x.dtype() == DType::f32 ? double{std::numeric_limits<float>::max()}
                                                 : std::numeric_limits<double>::max();
  const Tensor low = where(x == -kInfinity, replacements.neginf.value_or(-largest), x),
               held = where(x == kInfinity, replacements.posinf.value_or(largest), low);
  return where(isnan(x), replacements.nan, held);
}

}  // namespace tapestry
