#include "ops/reduce/layer_norm.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/view.h"
#include "ops/reduce/centered.h"
#include "ops/reduce/norm_rows.h"
#include "ops/reduce/reduce.h"

namespace tapestry {
using namespace detail;
namespace {

struct NormAttributes {
  int axes;  // the last so many
  double eps;
};

std::vector<int> last_axes(int count) {
  std::vector<int> axes;
  for (int axis = -count; axis < 0; ++axis) axes.push_back(axis);
  return axes;
}

std::int64_t row_length(const Shape& shape, int axes) {
  std::int64_t n = 1;
  for (int axis = -axes; axis < 0; ++axis) n *= shape[axis];
  return n;
}

// Rows are cut into chunks, each with sums of its own for the gradients of weight and bias. The
// shape alone decides, so bits do not depend on threads; the sums take less memory than x.
std::int64_t chunks_of(std::int64_t rows) { return std::clamp<std::int64_t>(rows / 8, 1, 16); }

// The sums of the chunks, added up in order.
template <class T>
Tensor folded(const std::vector<double>& sums, std::int64_t chunks, Tensor result) {
  T* const out = result.mutable_data<T>();
  const std::int64_t n = result.size();
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
      sum += sums[static_cast<std::size_t>(chunk * n + i)];
    out[i] = static_cast<T>(sum);
  }
  return result;
}

// Of x; of x and weight; of x, weight and bias.
template <bool centers, int operands>
struct Norm {
  static constexpr std::string_view name = centers ? "layer_norm" : "rms_norm";
  static constexpr int arity = operands;
  using Attributes = NormAttributes;
  static constexpr SaveMask saves(int operand) {
    if (operand == 0) return save_input(0) | (operands > 1 ? save_input(1) : 0);
    return operand == 1 ? save_input(0) : 0;
  }

  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor x = in[0].contiguous(), weight = operands > 1 ? in[1].contiguous() : Tensor(),
                 bias = operands > 2 ? in[2].contiguous() : Tensor();
    Tensor y = Tensor::uninitialized_like(x);
    if (x.size() == 0) return y;
    const std::int64_t n = row_length(x.shape(), a.axes);
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      parallel_for(x.size() / n, 4 * n, [&](std::int64_t first, std::int64_t last) {
        norm_rows({centers, a.eps}, x.data<T>() + first * n,
                  operands > 1 ? weight.data<T>() : nullptr,
                  operands > 2 ? bias.data<T>() : nullptr, y.mutable_data<T>() + first * n,
                  last - first, n);
      });
    });
    return y;
  }

  static void vjp(Pullback& p) {
    if (p.followed() || p.input_shape(0).size() == 0) return composed_vjp(p);
    const auto& a = p.attributes<Attributes>();
    const bool for_x = p.wants(0), for_weight = operands > 1 && p.wants(1 % operands),
               for_bias = operands > 2 && p.wants(2 % operands);
    if (!for_x && !for_weight) return p.give(2, p.cotangent());
    const Tensor x = p.input(0).contiguous(),
                 weight = operands > 1 && for_x ? p.input(1).contiguous() : Tensor();
    Tensor g = p.take_cotangent().contiguous();
    const std::int64_t n = row_length(x.shape(), a.axes), rows = x.size() / n,
                       chunks = chunks_of(rows);
    Tensor gx = !for_x          ? Tensor()
                : g.is_unique() ? detach(g)
                                : Tensor::uninitialized_like(x);
    const auto sums = [&](bool wanted) {
      return std::vector<double>(wanted ? static_cast<std::size_t>(chunks * n) : 0);
    };
    std::vector<double> of_weight = sums(for_weight), of_bias = sums(for_bias);
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      T* const out = for_x ? gx.mutable_data<T>() : nullptr;
      parallel_for(chunks, rows / chunks * 8 * n, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t chunk = first; chunk < last; ++chunk) {
          const std::int64_t begin = chunk * rows / chunks, end = (chunk + 1) * rows / chunks;
          norm_rows_vjp({centers, a.eps}, x.data<T>() + begin * n,
                        weight.defined() ? weight.data<T>() : nullptr, g.data<T>() + begin * n,
                        for_x ? out + begin * n : nullptr,
                        for_weight ? of_weight.data() + chunk * n : nullptr,
                        for_bias ? of_bias.data() + chunk * n : nullptr, end - begin, n);
        }
      });
      const auto like = [&](int operand) {
        return Tensor::uninitialized(p.input_shape(operand), x.dtype());
      };
      if (for_weight) p.give(1, folded<T>(of_weight, chunks, like(1)));
      if (for_bias) p.give(2, folded<T>(of_bias, chunks, like(2)));
    });
    if (for_x) p.give(0, gx);
  }

  // The same in differentiable ops.
  static void composed_vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    const std::vector<int> axes = last_axes(a.axes);
    const auto average = [&](const Tensor& x) { return mean(x, {.axis = axes, .keepdims = true}); };
    const Tensor& g = p.cotangent();
    if (operands > 2 && p.wants(2 % operands)) p.give(2, g);
    const bool for_weight = operands > 1 && p.wants(1 % operands);
    if (!p.wants(0) && !for_weight) return;
    const Tensor deviations = centers ? centered(p.input(0), axes) : p.input(0);
    const Tensor scale = rsqrt(average(square(deviations)) + a.eps), z = deviations * scale;
    if (for_weight) p.give(1, g * z);
    if (!p.wants(0)) return;
    const Tensor u = operands > 1 ? g * p.input(1) : g;
    p.give(0, scale * ((centers ? centered(u, axes) : u) - z * average(u * z)));
  }

  // A weight that each example has of its own follows the normalization as a factor.
  static void batch(Batching& b) {
    bool of_each = false;
    for (int i = 1; i < operands; ++i) of_each |= b.is_batched(i);
    std::vector<Tensor> in{b.expanded(0)};
    for (int i = 1; i < operands; ++i) in.push_back(b.operand(i));
    if (!of_each) return b.execute(in);
    Tensor y = apply<Norm<centers, 1>>({&in[0]}, b.attributes<Attributes>());
    for (int i = 1; i < operands; ++i) {
      Shape shape = b.operand(i).shape();
      if (b.is_batched(i))
        while (shape.rank() < y.rank()) shape.insert(1, 1);
      const Tensor aligned = reshape(b.operand(i), shape);
      y = i == 1 ? y * aligned : y + aligned;
    }
    b.give({y});
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("axes={}, eps={}", a.axes, a.eps);
  }
};

template <bool centers>
Tensor normalize(const Tensor& x, const Shape& normalized, const Tensor& weight, const Tensor& bias,
                 double eps) {
  constexpr std::string_view who = Norm<centers, 1>::name;
  require_floating(who, x);
  const int axes = normalized.rank();
  bool fits = axes > 0 && axes <= x.rank();
  for (int axis = -axes; fits && axis < 0; ++axis) fits = normalized[axis] == x.shape()[axis];
  if (!fits)
    refuse(who, "x has shape {}; its last axes must be those that are normalized, {}", x.shape(),
           normalized);
  if (!(eps >= 0)) refuse(who, "eps is {}; it must not be negative", eps);
  const auto check = [&](const Tensor& scale, std::string_view role) {
    if (scale.defined() && scale.shape() != normalized)
      refuse(who, "{} has shape {}; it must be {}, that of the normalized axes", role,
             scale.shape(), normalized);
  };
  check(weight, "weight");
  check(bias, "bias");
  const NormAttributes a{axes, eps};
  if (!weight.defined() && !bias.defined()) return apply<Norm<centers, 1>>({&x}, a);
  DType dtype = x.dtype();
  for (const Tensor* operand : {&weight, &bias})
    if (operand->defined()) dtype = promote(dtype, operand->dtype());
  const Tensor in = x.to(dtype),
               factor = weight.defined() ? weight.to(dtype) : ones(normalized, dtype);
  if (!bias.defined()) return apply<Norm<centers, 2>>({&in, &factor}, a);
  const Tensor shift = bias.to(dtype);
  return apply<Norm<centers, 3>>({&in, &factor, &shift}, a);
}

}  // namespace

Tensor layer_norm(const Tensor& x, const Shape& normalized, const Tensor& weight,
                  const Tensor& bias, double eps, Site site) {
  const CallSite call(site);
  return normalize<true>(x, normalized, weight, bias, eps);
}

Tensor rms_norm(const Tensor& x, const Shape& normalized, const Tensor& weight,
                std::optional<double> eps, Site site) {
  const CallSite call(site);
  const double least = x.dtype() == DType::f32
                           ? static_cast<double>(std::numeric_limits<float>::epsilon())
                           : std::numeric_limits<double>::epsilon();
  return normalize<false>(x, normalized, weight, {}, eps.value_or(least));
}

}  // namespace tapestry
