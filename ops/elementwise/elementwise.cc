#include "ops/elementwise/elementwise.h"

#include <algorithm>

#include "engine/grad/broadcast.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tape/pushforward.h"
#include "ops/elementwise/constant.h"
#include "ops/elementwise/polygamma.h"
#include "ops/elementwise/tiles.h"
#include "ops/elementwise/where.h"
#include "ops/page/kernels.h"
#include "ops/page/numbers.h"
#include "ops/page/probe.h"
#include "ops/scalar/formula.h"

namespace tapestry {
using namespace detail;
namespace {

enum class Kind { floating, numbers, modular };
using probe::Probe;

// An element's work against copying it.
constexpr std::int64_t cost_of(bool costly) { return costly ? 8 : 2; }

// The dtype in which a function of this kind is executed.
DType working_dtype(Kind kind, DType dtype) {
  if (is_floating(dtype)) return dtype;
  return kind == Kind::floating ? DType::f32 : DType::i64;
}

// ---- the recorded vjp: the page's formulas over tensors ----

using Formula = Tensor (*)(const Tensor& x, const Tensor& z, const Tensor& y, const Tensor& g);

constexpr SaveMask saves_for(Probe formula) {
  return (formula.uses & probe::kX ? save_input(0) : 0) |
         (formula.uses & probe::kZ ? save_input(1) : 0) |
         (formula.uses & probe::kY ? save_output() : 0);
}

// One partial times g: by its kernel in one pass, over g itself if no other handle shares it, or,
// when a tape follows, by its formula in differentiable ops. Reads only what the formula mentions.
struct Partial {
  Probe mentions;
  Formula formula;
  Kernel<float> f32;
  Kernel<double> f64;

  Tensor times(Tensor g, const Tensor* x, const Tensor* z, const Tensor* y, bool followed) const {
    static const Tensor none;
    if (!(mentions.uses & probe::kX)) x = nullptr;
    if (!(mentions.uses & probe::kZ)) z = nullptr;
    if (!(mentions.uses & probe::kY)) y = nullptr;
    if (mentions.bare) return g;
    if (followed || mentions.uses == 0)
      return formula(x ? *x : none, z ? *z : none, y ? *y : none, g);
    const bool in_place = g.is_unique() && g.is_contiguous();
    Tensor result = in_place ? detach(g) : Tensor::uninitialized_like(g);
    const std::int64_t cost = cost_of(mentions.costly);
    if (g.dtype() == DType::f32)
      for_tiles<float, float, 4>({x, z, y, &g}, result, cost, f32);
    else
      for_tiles<double, double, 4>({x, z, y, &g}, result, cost, f64);
    return result;
  }
};

void pull(Pullback& p, int operand, const Partial& partial) {
  if (!p.wants(operand)) return;
  const unsigned uses = partial.mentions.uses;
  bool last = true;
  for (int later = operand + 1; later < p.operand_count(); ++later) last &= !p.wants(later);
  p.give(operand, partial.times(last ? p.take_cotangent() : p.cotangent(),
                                uses & probe::kX ? &p.input(0) : nullptr,
                                uses & probe::kZ ? &p.input(1) : nullptr,
                                uses & probe::kY ? &p.output() : nullptr, p.followed()));
}

// The partials of an elementwise function are its own transpose.
void push(Pushforward& p, std::initializer_list<Partial> partials) {
  if (!is_floating(p.output().dtype())) return;
  Tensor total;
  int operand = 0;
  for (const Partial& partial : partials) {
    const Tensor& t = p.tangent(operand++);
    if (!t.defined()) continue;
    const Tensor& z = p.input(p.input_count() - 1);
    const Tensor term = partial.times(broadcast_to(t, p.output().shape()), &p.input(0), &z,
                                      &p.output(), recording_tape() != nullptr);
    total = total.defined() ? total + term : term;
  }
  p.give(0, total);
}

// ---- integers: the formula itself, number by number ----

using Integers = void (*)(const std::int64_t* const* in, std::int64_t* out, std::int64_t n);
namespace integers {
using namespace page_numbers;

// Those of kind `modular`, in integers throughout; z is not 0.
std::int64_t fmod(std::int64_t x, std::int64_t z) { return z == -1 ? 0 : x % z; }
std::int64_t remainder(std::int64_t x, std::int64_t z) {
  const std::int64_t rest = fmod(x, z);
  return rest != 0 && (rest < 0) != (z < 0) ? rest + z : rest;
}

#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc)                                  \
  template <class T>                                                                               \
  void name##_loop([[maybe_unused]] const T* const* in, [[maybe_unused]] T* out, std::int64_t n) { \
    for (std::int64_t i = 0; i < n; ++i) {                                                         \
      const T x = in[0][i];                                                                        \
      if constexpr (Kind::kind == Kind::numbers) out[i] = value;                                   \
    }                                                                                              \
  }
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)            \
  template <class T>                                                                               \
  void name##_loop([[maybe_unused]] const T* const* in, [[maybe_unused]] T* out, std::int64_t n) { \
    for (std::int64_t i = 0; i < n; ++i) {                                                         \
      const T x = in[0][i], z = in[1][i];                                                          \
      if constexpr (Kind::kind == Kind::numbers) out[i] = value;                                   \
      if constexpr (Kind::kind == Kind::modular) out[i] = name(x, z);                              \
    }                                                                                              \
  }
#include "ops/page/elementwise.def"
}  // namespace integers

void refuse_zeros(std::string_view who, const Tensor& z) {
  if (z.dtype() != DType::i64) return;
  const Tensor plain = z.contiguous();
  const auto* numbers = plain.data<std::int64_t>();
  const auto* zero = std::find(numbers, numbers + plain.size(), 0);
  if (zero != numbers + plain.size())
    refuse(who, "z of shape {} is 0 at element {}; an i64 has no remainder by 0", z.shape(),
           zero - numbers);
}

// ---- the ops ----

template <std::size_t N>
Tensor execute(std::string_view who, Inputs in, Kernel<float> f32, Kernel<double> f64, Integers i64,
               std::int64_t cost) {
  std::array<const Tensor*, N> operands{&in[0]};
  bool stretches = false;
  if constexpr (N == 2) {
    operands[1] = &in[1];
    stretches = !in[0].has_shape_of(in[1]);
  }
  Tensor out = stretches
                   ? Tensor::uninitialized(broadcast_shapes(who, in[0].shape(), in[N - 1].shape()),
                                           in[0].dtype())
                   : Tensor::uninitialized_like(in[0]);
  switch (in[0].dtype()) {
    case DType::f32:
      for_tiles<float, float, N>(operands, out, cost, f32);
      break;
    case DType::f64:
      for_tiles<double, double, N>(operands, out, cost, f64);
      break;
    default:
      for_tiles<std::int64_t, std::int64_t, N>(operands, out, cost, i64);
  }
  return out;
}

#define TAPESTRY_PARTIAL(op, which, formula, kernels, type)                                        \
  Partial {                                                                                        \
    probe::op##_##which, &formula, kernels<float>(type::op).which, kernels<double>(type::op).which \
  }
#define TAPESTRY_UNARY_PARTIAL(op) \
  TAPESTRY_PARTIAL(op, vjp, (UnaryFormula<Unary::op, Tensor>::partial), unary_kernels, Unary)
#define TAPESTRY_BINARY_PARTIAL(op, by)                                             \
  TAPESTRY_PARTIAL(op, vjp_##by, (BinaryFormula<Binary::op, Tensor>::partial_##by), \
                   binary_kernels, Binary)
#define TAPESTRY_UNARY(op, value, rule, kind, domain, ulps, doc)                \
  struct op##_op {                                                              \
    static constexpr std::string_view name = #op;                               \
    static constexpr int arity = 1;                                             \
    static constexpr std::int64_t cost = cost_of(!probe::is_cheap(name));       \
    static constexpr bool elementwise = true;                                   \
    static Tensor forward(Inputs in) {                                          \
      return execute<1>(name, in, unary_kernels<float>(Unary::op).forward,      \
                        unary_kernels<double>(Unary::op).forward,               \
                        &integers::op##_loop<std::int64_t>, cost);              \
    }                                                                           \
    static void vjp(Pullback& p) { pull(p, 0, TAPESTRY_UNARY_PARTIAL(op)); }    \
    static void jvp(Pushforward& p) { push(p, {TAPESTRY_UNARY_PARTIAL(op)}); }  \
    static constexpr SaveMask saves(int) { return saves_for(probe::op##_vjp); } \
  };
#define TAPESTRY_BINARY(op, value, rule_x, rule_z, kind, domain_x, domain_z, ulps, doc) \
  struct op##_op {                                                                      \
    static constexpr std::string_view name = #op;                                       \
    static constexpr int arity = 2;                                                     \
    static constexpr std::int64_t cost = cost_of(!probe::is_cheap(name));               \
    static constexpr bool elementwise = true;                                           \
    static Tensor forward(Inputs in) {                                                  \
      if constexpr (Kind::kind == Kind::modular) refuse_zeros(name, in[1]);             \
      return execute<2>(name, in, binary_kernels<float>(Binary::op).forward,            \
                        binary_kernels<double>(Binary::op).forward,                     \
                        &integers::op##_loop<std::int64_t>, cost);                      \
    }                                                                                   \
    static void vjp(Pullback& p) {                                                      \
      pull(p, 0, TAPESTRY_BINARY_PARTIAL(op, x));                                       \
      pull(p, 1, TAPESTRY_BINARY_PARTIAL(op, z));                                       \
    }                                                                                   \
    static void jvp(Pushforward& p) {                                                   \
      push(p, {TAPESTRY_BINARY_PARTIAL(op, x), TAPESTRY_BINARY_PARTIAL(op, z)});        \
    }                                                                                   \
    static constexpr SaveMask saves(int operand) {                                      \
      return saves_for(operand == 0 ? probe::op##_vjp_x : probe::op##_vjp_z);           \
    }                                                                                   \
  };
#include "ops/page/elementwise.def"

template <class D>
Tensor unary(Kind kind, const Tensor& x) {
  const DType dtype = working_dtype(kind, x.dtype());
  if (dtype == x.dtype()) return apply<D>({&x});
  const Tensor cast = x.to(dtype);
  return apply<D>({&cast});
}

template <class D>
Tensor binary(Kind kind, const Tensor& x, const Tensor& z) {
  if (x.dtype() == DType::boolean && z.dtype() == DType::boolean) {
    if constexpr (D::name == "mul" || D::name == "minimum") return logical_and(x, z);
    if constexpr (D::name == "maximum") return logical_or(x, z);
  }
  const DType dtype = working_dtype(kind, promote(x.dtype(), z.dtype()));
  if (dtype == x.dtype() && dtype == z.dtype()) return apply<D>({&x, &z});
  const Tensor cast_x = x.to(dtype), cast_z = z.to(dtype);
  return apply<D>({&cast_x, &cast_z});
}

}  // namespace

#define TAPESTRY_CALL(name, left, right, call) \
  Tensor name(left, right, Site site) {        \
    const CallSite here(site);                 \
    return call;                               \
  }
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  Tensor name(const Tensor& x, Site site) {                       \
    const CallSite here(site);                                    \
    return unary<name##_op>(Kind::kind, x);                       \
  }
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)        \
  TAPESTRY_CALL(name, const Tensor& x, const Tensor& z, (binary<name##_op>(Kind::kind, x, z))) \
  TAPESTRY_CALL(name, const Tensor& x, const Beside& z, name(x, number_beside(x, z)))          \
  TAPESTRY_CALL(name, const Beside& x, const Tensor& z, name(number_beside(z, x), z))
#include "ops/page/elementwise.def"
#undef TAPESTRY_CALL

}  // namespace tapestry
