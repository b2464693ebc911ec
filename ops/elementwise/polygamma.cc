#include "ops/elementwise/polygamma.h"

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tape/pushforward.h"
#include "ops/elementwise/constant.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/tiles.h"
#include "ops/elementwise/where.h"
#include "ops/page/gamma.h"

namespace tapestry {
using namespace detail;
namespace {

struct Polygamma {
  static constexpr std::string_view name = "polygamma";
  static constexpr int arity = 1;
  static constexpr bool elementwise = true;
  struct Attributes {
    int order;
  };
  static constexpr SaveMask saves(int) { return save_input(0); }
  static Tensor forward(Inputs in, const Attributes& a) {
    const std::int64_t cost = 64 * (a.order + 1);
    Tensor out = Tensor::uninitialized(in[0].shape(), in[0].dtype());
    visit_floating(out.dtype(), [&]<class T>(std::type_identity<T>) {
      for_tiles<T, T, 1>({&in[0]}, out, cost, [&](const T* const* x, T* result, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i)
          result[i] =
              static_cast<T>(page_numbers::polygamma(a.order, static_cast<double>(x[0][i])));
      });
    });
    return out;
  }
  // As on the page, a zero adjoint gives zero whatever the partial.
  static void vjp(Pullback& p) {
    const Tensor& g = p.cotangent();
    const Tensor product = g * polygamma(p.attributes<Attributes>().order + 1, p.input(0));
    p.give(0, p.followed() ? product : where(g == 0, zero(g), product));
  }
  static void jvp(Pushforward& p) {
    p.give(0, p.tangent(0) * polygamma(p.attributes<Attributes>().order + 1, p.input(0)));
  }
  static std::string describe(const Attributes& a) { return fmt::format("order={}", a.order); }
};

}  // namespace

Tensor polygamma(int order, const Tensor& x, Site site) {
  const CallSite call(site);
  if (order < 0) refuse("polygamma", "the order is {}; it must not be negative", order);
  if (order == 0) return digamma(x);
  const Tensor floating = is_floating(x.dtype()) ? x : x.to(DType::f32);
  return apply<Polygamma>({&floating}, {order});
}

}  // namespace tapestry
