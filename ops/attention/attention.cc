#include "ops/attention/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/attention/heads.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/product/matmul.h"
#include "ops/product/stored_matrix.h"
#include "ops/reduce/reduce.h"
#include "ops/reduce/softmax.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::string_view kWho = "scaled_dot_product_attention";
constexpr double kNever = -std::numeric_limits<double>::infinity();

// The axes before the last two, of q, k and v.
Shape batch_of(const Tensor& q, const Tensor& k, const Tensor& v) {
  const Shape batch =
      broadcast_shapes(kWho, without_last(q.shape(), 2), without_last(k.shape(), 2));
  return broadcast_shapes(kWho, batch, without_last(v.shape(), 2));
}
// Of these and of the mask.
Shape batch_of(const HeadOperands& in) {
  const Shape batch = batch_of(in.q, in.k, in.v);
  if (!in.mask.defined() || in.mask.rank() <= 2) return batch;
  return broadcast_shapes(kWho, batch, without_last(in.mask.shape(), 2));
}

// Where query i comes no earlier than key j.
Tensor causal_mask(std::int64_t queries, std::int64_t keys) {
  return unsqueeze(arange(queries, DType::i64), 1) >= unsqueeze(arange(keys, DType::i64), 0);
}

// The weights in differentiable ops. The mask is boolean, floating, or not defined().
Tensor weights_of(const Tensor& q, const Tensor& k, const Tensor& mask, const HeadOptions& a) {
  Tensor scores = matmul(q, transpose(k)) * a.scale;
  if (a.causal) scores = where(causal_mask(scores.shape()[-2], scores.shape()[-1]), scores, kNever);
  if (mask.defined())
    scores = mask.dtype() == DType::boolean ? where(mask, scores, kNever) : scores + mask;
  return softmax_or_zeros(scores, -1);
}

// Of q, k and v; of these and a boolean mask.
template <int operands>
struct Attention {
  static constexpr std::string_view name = kWho;
  static constexpr int arity = operands;
  using Attributes = HeadOptions;
  static constexpr SaveMask saves(int operand) {
    const SaveMask of_weights =
        save_input(0) | save_input(1) | (operands > 3 ? save_input(operands - 1) : 0);
    return operand < 2 ? of_weights | save_input(2) : operand == 2 ? of_weights : 0;
  }

  static Tensor mask_of(Inputs in) { return operands > 3 ? detach(in[operands - 1]) : Tensor(); }

  static Tensor forward(Inputs in, const Attributes& a) {
    const HeadOperands all{usable(in[0]), usable(in[1]), usable(in[2]), mask_of(in)};
    return attend(all, batch_of(all), a);
  }
  static double flops(Inputs in, std::span<const Tensor> outputs) {
    const double keys = static_cast<double>(in[1].shape()[-2]);
    const Shape& out = outputs[0].shape();
    const double rows = static_cast<double>(outputs[0].size()) /
                        static_cast<double>(std::max<std::int64_t>(1, out.back()));
    return 2 * rows * keys * static_cast<double>(in[0].shape().back() + out.back());
  }

  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    const HeadWants wants{p.wants(0), p.wants(1), p.wants(2)};
    bool empty = false;
    for (int i = 0; i < 3; ++i) empty |= p.input_shape(i).size() == 0;
    const Tensor mask = operands > 3 ? p.input(operands - 1) : Tensor();
    if (p.followed() || empty) return composed_vjp(p, mask);
    // Only the gradients of queries and keys read the values.
    const Tensor v = wants.q || wants.k
                         ? usable(p.input(2))
                         : Tensor::uninitialized(p.input_shape(2), p.cotangent().dtype());
    const HeadOperands all{usable(p.input(0)), usable(p.input(1)), v,
                           mask.defined() ? detach(mask) : Tensor()};
    const HeadGradients g = attend_vjp(all, batch_of(all), a, usable(p.cotangent()), wants);
    if (wants.q) p.give(0, g.q);
    if (wants.k) p.give(1, g.k);
    if (wants.v) p.give(2, g.v);
  }

  // The same in differentiable ops.
  static void composed_vjp(Pullback& p, const Tensor& mask) {
    const auto& a = p.attributes<Attributes>();
    const Tensor &g = p.cotangent(), &q = p.input(0), &k = p.input(1);
    const Tensor weights = weights_of(q, k, mask, a);
    if (p.wants(2)) p.give(2, matmul(transpose(weights), g));
    if (!p.wants(0) && !p.wants(1)) return;
    const Tensor of_weights = matmul(g, transpose(p.input(2)));
    const Tensor mean = sum(weights * of_weights, {.axis = -1, .keepdims = true});
    const Tensor of_scores = weights * (of_weights - mean) * a.scale;
    if (p.wants(0)) p.give(0, matmul(of_scores, k));
    if (p.wants(1)) p.give(1, matmul(transpose(of_scores), q));
  }

  static void batch(Batching& b) { map_aligned(b); }
  static std::string describe(const Attributes& a) {
    return fmt::format("{}scale={}", a.causal ? "causal, " : "", a.scale);
  }
};

void check(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options) {
  for (const Tensor* x : {&q, &k, &v})
    if (x->rank() < 2)
      refuse(kWho, "q, k and v have shapes {}, {} and {}; each needs two axes or more", q.shape(),
             k.shape(), v.shape());
  if (q.shape().back() != k.shape().back())
    refuse(kWho, "queries {} and keys {} differ in the last axis; it must be equal", q.shape(),
           k.shape());
  if (k.shape()[-2] != v.shape()[-2])
    refuse(kWho, "keys {} and values {} differ in the last axis but one; it must be equal",
           k.shape(), v.shape());
  const Tensor& mask = options.mask;
  if (mask.defined() && mask.dtype() == DType::i64)
    refuse(kWho, "the mask is i64; it must be boolean, or floating to be added to the scores");
  const Shape scores{q.shape()[-2], k.shape()[-2]};
  if (mask.defined() &&
      !broadcasts_to(mask.rank() > 2 ? Shape{mask.shape()[-2], mask.shape()[-1]} : mask.shape(),
                     scores))
    refuse(kWho, "the mask has shape {}; its last axes must broadcast to {}, queries and keys",
           mask.shape(), scores);
  const Shape batch = batch_of(q, k, v);
  for (int axis = -1; mask.defined() && axis >= -std::min(batch.rank(), mask.rank() - 2); --axis) {
    const std::int64_t extent = batch[axis], of_mask = mask.shape()[axis - 2];
    if (extent != of_mask && extent != 1 && of_mask != 1)
      refuse(
          kWho,
          "the mask has shape {}; its axes before the last two must broadcast with those of q, k "
          "and v, {}",
          mask.shape(), batch);
  }
  if (options.scale && !std::isfinite(*options.scale))
    refuse(kWho, "scale is {}; it must be finite", *options.scale);
}

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                                    const AttentionOptions& options, Site site) {
  const CallSite call(site);
  check(q, k, v, options);
  const Tensor& mask = options.mask;
  const bool added = mask.defined() && is_floating(mask.dtype());
  DType dtype = promote(promote(q.dtype(), k.dtype()), v.dtype());
  if (added) dtype = promote(dtype, mask.dtype());
  if (!is_floating(dtype))
    refuse(kWho, "q, k and v are {}; they must be f32 or f64: convert with .to()", dtype);
  const Tensor queries = q.to(dtype), keys = k.to(dtype), values = v.to(dtype);
  const double width = static_cast<double>(q.shape().back());
  const HeadOptions a{options.scale.value_or(width > 0 ? 1 / std::sqrt(width) : 1), options.causal};
  if (added) return matmul(weights_of(queries, keys, mask, a), values);
  if (!mask.defined()) return apply<Attention<3>>({&queries, &keys, &values}, a);
  return apply<Attention<4>>({&queries, &keys, &values, &mask}, a);
}

}  // namespace tapestry
