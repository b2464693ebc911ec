#include "ops/reduce/recurrence.h"

#include <cmath>
#include <limits>

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/pad.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/reduce/lines.h"

namespace tapestry {
using namespace detail;
namespace {

Tensor recurrence(const Tensor& a, const Tensor& b, int axis, bool transposed);

Widths widths_at(int rank, int axis, std::int64_t before, std::int64_t after) {
  Widths widths(static_cast<std::size_t>(rank));
  widths[static_cast<std::size_t>(axis)] = {before, after};
  return widths;
}

// Neighbours along an axis: all but the last, and all but the first.
Tensor earlier(const Tensor& x, int axis) { return slice(x, axis, 0, x.shape()[axis] - 1); }
Tensor later(const Tensor& x, int axis) { return slice(x, axis, 1, x.shape()[axis]); }

struct Recurrence {
  static constexpr std::string_view name = "linear_recurrence";
  static constexpr int arity = 2;
  struct Attributes {
    int axis;
    bool transposed;
  };
  static constexpr SaveMask saves(int operand) {
    return save_input(0) | (operand == 0 ? save_output() : 0);
  }
  static Tensor forward(Inputs in, const Attributes& at) {
    Tensor y = Tensor::uninitialized(in[1].shape(), in[1].dtype());
    const Tensor &a = in[0], &b = in[1];
    const std::int64_t extent = y.shape()[at.axis], a_step = a.strides()[at.axis],
                       b_step = b.strides()[at.axis], y_step = y.strides()[at.axis];
    visit(y.dtype(), [&]<class T>(std::type_identity<T>) {
      using Wide = std::conditional_t<std::is_same_v<T, float>, double, T>;
      for_lines<3>(
          y.shape(), at.axis, {a.strides(), b.strides(), y.strides()}, [&](const auto& start) {
            const T* p = a.data<T>() + start[0];
            const T* q = b.data<T>() + start[1];
            T* out = y.mutable_data<T>() + start[2];
            const std::int64_t first = at.transposed ? extent - 1 : 0;
            auto held = static_cast<Wide>(q[first * b_step]);
            out[first * y_step] = static_cast<T>(held);
            for (std::int64_t k = 1; k < extent; ++k) {
              const std::int64_t i = at.transposed ? first - k : k;
              const Wide factor = static_cast<Wide>(p[(at.transposed ? i + 1 : i) * a_step]);
              held = static_cast<Wide>(factor * held + static_cast<Wide>(q[i * b_step]));
              out[i * y_step] = static_cast<T>(held);
            }
          });
    });
    return y;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  // With adjoint u of b, that of a[i] is u[i] y[i - 1], or u[i - 1] y[i] when transposed.
  static void vjp(Pullback& p) {
    const auto [axis, transposed] = p.attributes<Attributes>();
    const Tensor u = recurrence(p.input(0), p.cotangent(), axis, !transposed);
    if (p.wants(1)) p.give(1, u);
    if (!p.wants(0)) return;
    if (u.shape()[axis] < 2) {
      p.give(0, zeros(u.shape(), u.dtype()));
      return;
    }
    const Tensor& y = p.output();
    const Tensor partials =
        transposed ? earlier(u, axis) * later(y, axis) : later(u, axis) * earlier(y, axis);
    p.give(0, pad(partials, widths_at(u.rank(), axis, 1, 0)));
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("axis={}{}", a.axis, a.transposed ? ", transposed" : "");
  }
};

Tensor recurrence(const Tensor& a, const Tensor& b, int axis, bool transposed) {
  return apply<Recurrence>({&a, &b}, {axis, transposed});
}

// log(sum(exp)) so far as y[i] = log(exp(y[i - 1]) + exp(x[i])).
struct Logcumsumexp {
  static constexpr std::string_view name = "logcumsumexp";
  static constexpr int arity = 1;
  struct Attributes {
    int axis;
  };
  static constexpr SaveMask saves(int) { return save_input(0) | save_output(); }
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor& x = in[0];
    Tensor y = Tensor::uninitialized_like(x);
    const std::int64_t extent = x.shape()[a.axis], step = x.strides()[a.axis],
                       y_step = y.strides()[a.axis];
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      for_lines<2>(x.shape(), a.axis, {x.strides(), y.strides()}, [&](const auto& at) {
        double held = -std::numeric_limits<double>::infinity();
        for (std::int64_t i = 0; i < extent; ++i) {
          const auto next = static_cast<double>(x.data<T>()[at[0] + i * step]);
          const double apart = std::abs(held - next), top = held < next ? next : held;
          if (held != held || next != next)
            held = held + next;
          else
            held = held == next && std::isinf(held) ? held : top + std::log1p(std::exp(-apart));
          y.mutable_data<T>()[at[1] + i * y_step] = static_cast<T>(held);
        }
      });
    });
    return y;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  // dx[i] = sum over j >= i of g[j] exp(x[i] - y[j]) = exp(x[i] - y[i]) s[i], where s[i] = g[i] +
  // exp(y[i] - y[i + 1]) s[i + 1]: no exponent is positive, since y grows.
  static void vjp(Pullback& p) {
    const int axis = p.attributes<Attributes>().axis;
    const Tensor &x = p.input(0), &y = p.output();
    Tensor steps = zeros_like(y);
    if (x.size() > 0)
      steps = pad(share(earlier(y, axis), later(y, axis)), widths_at(x.rank(), axis, 1, 0));
    p.give(0, share(x, y) * recurrence(steps, p.cotangent(), axis, true));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }

 private:
  // exp(part - whole), 0 where the part is nothing, however small the whole.
  static Tensor share(const Tensor& part, const Tensor& whole) {
    const Tensor nothing = part == -std::numeric_limits<double>::infinity();
    return where(nothing, 0, exp(where(nothing, 0, part) - where(nothing, 0, whole)));
  }
};

}  // namespace

Tensor linear_recurrence(const Tensor& a, const Tensor& b, int axis, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = Recurrence::name;
  const Shape shape = broadcast_shapes(kWho, a.shape(), b.shape());
  axis = normalize_axis(kWho, axis, shape.rank());
  const DType dtype = promote(promote(a.dtype(), b.dtype()), DType::i64);
  return recurrence(broadcast_to(a, shape).to(dtype), broadcast_to(b, shape).to(dtype), axis,
                    false);
}

Tensor cumprod(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  axis = normalize_axis("cumprod", axis, x.rank());
  const Tensor factors = x.to(promote(x.dtype(), DType::i64));
  const std::int64_t extent = x.shape()[axis];
  if (extent < 2) return factors;
  const Tensor first = pad(slice(factors, axis, 0, 1), widths_at(x.rank(), axis, 0, extent - 1));
  return recurrence(factors, first, axis, false);
}

Tensor logcumsumexp(const Tensor& x, int axis, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = Logcumsumexp::name;
  require_floating(kWho, x);
  return apply<Logcumsumexp>({&x}, {normalize_axis(kWho, axis, x.rank())});
}

}  // namespace tapestry
