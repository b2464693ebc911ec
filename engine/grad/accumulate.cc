#include "engine/grad/accumulate.h"

#include <array>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/grad/pullback.h"
#include "engine/grad/sweep.h"
#include "engine/tape/apply.h"
#include "engine/tape/leaf.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/rows.h"

namespace tapestry::detail {
namespace {

void add_in_place(Tensor& into, const Tensor& contribution) {
  const Rows<2> rows(into.shape(), {&into.strides(), &contribution.strides()});
  visit(into.dtype(), [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_same_v<T, bool>) {
      refuse("add", "adjoints are never boolean");
    } else {
      T* sum = into.mutable_data<T>();
      const T* term = contribution.data<T>();
      const auto [to, from] = rows.inner;
      const auto add = [&](T* __restrict p, const T* __restrict q, std::int64_t n) {
        if (to == 1 && from == 1)
          for (std::int64_t i = 0; i < n; ++i) p[i] += q[i];
        else
          for (std::int64_t i = 0; i < n; ++i) p[i * to] += q[i * from];
      };
      if (rows.count == 1)
        return parallel_for(rows.length, 1, [&](std::int64_t first, std::int64_t last) {
          add(sum + first * to, term + first * from, last - first);
        });
      parallel_for(rows.count, rows.length, [&](std::int64_t first, std::int64_t last) {
        rows.for_each(first, last, [&](const std::array<std::int64_t, 2>& offset) {
          add(sum + offset[0], term + offset[1], rows.length);
        });
      });
    }
  });
}

struct Accumulate {
  static constexpr std::string_view name = "add";
  static constexpr int arity = 2;
  static constexpr bool elementwise = true;
  static constexpr bool linear = true;
  static Tensor forward(Inputs in) {
    // Of one shape, but for a batch that only one of them has.
    const Shape shape = broadcast_shapes(name, in[0].shape(), in[1].shape());
    const auto stretched = [&](const Tensor& x) {
      return x.view(shape, broadcast_strides(x.shape(), x.strides(), shape));
    };
    Tensor sum = copy_of(stretched(in[0]));
    add_in_place(sum, stretched(in[1]));
    return sum;
  }
  static void vjp(Pullback& p) {
    for (int operand : {0, 1})
      if (p.wants(operand)) p.give(operand, p.cotangent());
  }
};

// As the page has it, on which it is the first function of two operands.
constexpr double add(double x, double z) { return x + z; }
constexpr double give(double, double, double, double g) { return g; }
constexpr StepFunction kAddFunction{{&add, {&give, &give}}, "add", 0};
constexpr Step kAddStep{&kAddFunction,
                        {{StepOperand::Kind::operand, 0}, {StepOperand::Kind::operand, 1}}};

constexpr KernelOf<double> kAdd{
    {"add", 2, 0, {&kAddStep, 1}},
    [](NodeId first, NodeId end, const NodeId* operands, const double*, const double*,
       double* adjoints) {
      while (end-- > first) {
        operands -= 2;
        adjoints[operands[0]] += adjoints[end];
        adjoints[operands[1]] += adjoints[end];
      }
    },
    [](NodeId first, NodeId end, const NodeId* operands, double*, double* values) {
      for (; first < end; ++first, operands += 2)
        values[first] = values[operands[0]] + values[operands[1]];
    },
    [](const Run& run, Sweep& sweep) {
      for (std::uint32_t i = run.count; i-- > 0;) {
        const Scalar adjoint = sweep.number<Scalar>(run.first + i);
        sweep.add(run.operands[2 * i], adjoint);
        sweep.add(run.operands[2 * i + 1], adjoint);
      }
    }};

}  // namespace

void accumulate(Tensor& into, Tensor contribution) {
  if (!into.defined()) {
    into = std::move(contribution);
    return;
  }
  const bool tracked = recording_tape() && (into.is_tracked() || contribution.is_tracked());
  if (!tracked && into.is_unique())
    add_in_place(into, contribution);
  else
    into = apply<Accumulate>({&into, &contribution});
}

Scalar accumulate(Scalar into, Scalar contribution) {
  if (!into.is_tracked() && into.value() == 0) return contribution;
  if (!contribution.is_tracked() && contribution.value() == 0) return into;
  const double sum = into.value() + contribution.value();
  Tape* tape = recording_tape();
  if (!tape || (!tape->owns(into) && !tape->owns(contribution))) return sum;
  const auto operand = [&](Scalar x) {
    return tape->owns(x) ? x.id() : tape->scalar_constant(x.value()).id();
  };
  const NodeId operands[] = {operand(into), operand(contribution)};
  return tape->record_statement(kAdd, operands, {}, sum);
}

}  // namespace tapestry::detail
