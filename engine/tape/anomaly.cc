#include "engine/tape/anomaly.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/tape/apply.h"
#include "engine/tape/provenance.h"
#include "engine/tape/pushforward.h"
#include "engine/tape/steps.h"
#include "engine/tensor/escapes.h"
#include "engine/tensor/rows.h"

namespace tapestry {
using namespace detail;
namespace {

// What is in a tensor: counts of what is not finite, and the range of what is.
struct Census {
  std::int64_t nan = 0, above = 0, below = 0;  // NaN, inf, -inf
  double low = std::numeric_limits<double>::infinity(), high = -low;

  std::int64_t infinite() const { return above + below; }
  void count(double x) {
    if (std::isnan(x)) {
      ++nan;
    } else if (std::isinf(x)) {
      ++(x > 0 ? above : below);
    } else {
      low = std::min(low, x);
      high = std::max(high, x);
    }
  }
};

Census census(const Tensor& x) {
  const detail::UnwatchedReading own;
  Census found;
  const Rows<1> rows(x.shape(), {&x.strides()});
  visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    rows.for_each([&](const std::array<std::int64_t, 1>& at) {
      const T* p = x.data<T>() + at[0];
      for (std::int64_t i = 0; i < rows.length; ++i)
        found.count(static_cast<double>(p[i * rows.inner[0]]));
    });
  });
  return found;
}

Census census(double x) {
  Census found;
  found.count(x);
  return found;
}

// (2, 3) f64 from -1 to 4, 1 NaN
std::string described(const Tensor& x) {
  const Census found = census(x);
  std::string text = fmt::format("{} {}", x.shape(), x.dtype());
  if (found.low <= found.high) text += fmt::format(" from {} to {}", found.low, found.high);
  if (found.nan) text += fmt::format(", {} NaN", found.nan);
  if (found.infinite()) text += fmt::format(", {} infinite", found.infinite());
  return text;
}

std::string_view kind(const Census& found) {
  if (found.nan > 0) return "NaN";
  return found.below == 0 ? "inf" : found.above == 0 ? "-inf" : "inf and -inf";
}

std::string amount(const Census& found, std::int64_t size) {
  return fmt::format("{} ({} of {} elements)", kind(found),
                     found.nan > 0 ? found.nan : found.infinite(), size);
}

// Counts that the watcher asks for.
bool is_bad(const Census& found) {
  return found.nan > 0 || (context.anomaly_watch->infinities && found.infinite() > 0);
}

// What an operation read.
struct Origin {
  explicit Origin(Inputs inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Census one = census(inputs[i]);
      all.nan += one.nan;
      all.above += one.above;
      all.below += one.below;
      nan_entered |= one.nan > 0 && !inputs[i].is_tracked();
      operands += fmt::format("{}operand {} {}", i ? "; " : "", i, described(inputs[i]));
    }
  }
  bool is_sound() const { return !is_bad(all); }

  Census all;
  bool nan_entered = false;  // with a tensor that no tape has seen
  std::string operands;
};

void refuse_nan(std::string_view who, std::string_view what, const Tensor& value) {
  if (!is_floating(value.dtype())) return;
  if (const Census found = census(value); found.nan > 0)
    refuse(who, "{} with {}: {}", what, amount(found, value.size()), described(value));
}

}  // namespace

namespace detail {

void watch_forward(const Op& op, Inputs inputs, const void* attributes, std::span<Tensor> outputs) {
  if (context.escapes) note_operands(op, inputs);
  {
    const StepsOfOp steps;
    const UnwatchedReading own;
    op.forward(inputs, attributes, outputs);
  }
  if (context.within_op) return;
  for (const Tensor& output : outputs) {
    if (!is_floating(output.dtype())) continue;
    const Census found = census(output);
    if (!is_bad(found)) continue;
    const Origin origin(inputs);
    const bool born = found.nan ? origin.all.nan == 0 : origin.all.nan + origin.all.infinite() == 0;
    if (!born && !(found.nan && origin.nan_entered)) continue;
    refuse(op.name, "made {} from {}", amount(found, output.size()), origin.operands);
  }
}

void watch_leaf(const Tensor& value, std::string_view name) {
  if (context.within_op) return;
  const std::string who = name.empty() ? "a tensor" : fmt::format("\"{}\"", name);
  refuse_nan("DetectAnomaly", who + " comes to the tape", value);
}

void watch_cotangent(const Tensor& cotangent) {
  if (!context.within_op) refuse_nan("gradient", "the cotangent comes", cotangent);
}

void watch_tangents(const Pushforward& pushforward) {
  if (context.within_op) return;
  std::string read;
  for (int i = 0; i < pushforward.input_count(); ++i) {
    const Tensor& tangent = pushforward.tangent(i);
    if (!tangent.defined()) continue;
    if (is_bad(census(tangent))) return;
    read += fmt::format("{} the tangent {} and operand {} {}", read.empty() ? "" : ";",
                        described(tangent), i, described(pushforward.input(i)));
  }
  for (int k = 0; k < pushforward.output_count(); ++k)
    if (const Tensor& made = pushforward.result(static_cast<std::size_t>(k)); made.defined())
      if (const Census found = census(made); is_bad(found))
        refuse(pushforward.op().name, "its jvp made {} from{}", amount(found, made.size()), read);
}

void watch_statement(std::string_view op, double value, std::span<const double> numbers) {
  if (context.within_op) return;
  const Census found = census(value);
  if (!is_bad(found)) return;
  std::string operands;
  for (double number : numbers) {
    if (!std::isfinite(number)) return;
    operands += fmt::format("{}{}", operands.empty() ? "" : ", ", number);
  }
  refuse(op, "made {} from {}", kind(found), operands.empty() ? "nothing" : operands);
}

void Births::contributed(const TensorNode& node, int operand, const Tensor& contribution,
                         std::span<const Tensor> adjoints) {
  const Census found = census(contribution);
  if (!is_bad(found)) return;
  const NodeId to = node.operands[operand];
  std::string read;
  const auto add = [&](std::string_view what, const Tensor& x) {
    read += fmt::format("{} {} {}", read.empty() ? " from" : ";", what, described(x));
  };
  bool inherited = false;
  for (std::size_t k = 0; k < adjoints.size(); ++k) {
    if (!adjoints[k].defined()) continue;
    add("the adjoint", adjoints[k]);
    if (!is_bad(census(adjoints[k]))) continue;
    inherited = true;
    const NodeId from = node.id + static_cast<NodeId>(k);
    reach(to, first_in({&from, 1}));
  }
  if (inherited) return;
  for (std::uint32_t k = 0; k < node.saved_count; ++k)
    if (node.saved[k].defined()) add("saved", node.saved[k]);
  births_.push_back(
      error_here(node.op->name, fmt::format("its vjp made {} for operand {}{}",
                                            amount(found, contribution.size()), operand, read)));
  reach(to, births_.size() - 1);
}

namespace {

// The step of a statement that makes a number which is not finite of the finite adjoint of its
// value.
std::string_view steep_step(const Run& statement, const double* values, double adjoint) {
  const StatementKernel& kernel = *statement.kernel;
  std::vector<double> results(kernel.steps.size()), adjoints(kernel.steps.size());
  const auto operand = [&](std::size_t i) { return values[statement.operands[i]]; };
  execute_steps(
      kernel.steps, statement.payload, results.data(), operand,
      [&](std::size_t k, double x, double z) { return kernel.steps[k].function->value(x, z); });
  std::string_view found;
  if (!results.empty()) adjoints.back() = adjoint;
  reverse_steps(
      kernel.steps, adjoints.data(), [](const StepOperand&) { return true; },
      [&](std::size_t k, int slot, double g) {
        const Step& step = kernel.steps[k];
        const auto read = [&](int which) {
          return step_read(step, which, statement.payload, results.data(), operand);
        };
        const double given = step.function->vjp[slot](read(0), read(1), results[k], g);
        if (found.empty() && !std::isfinite(given)) found = step.function->name;
        return given;
      },
      [](std::size_t, double) {});
  return found.empty() ? kernel.name : found;
}

}  // namespace

void Births::contributed(const Run& statement, const double* values, double adjoint,
                         std::span<const double> given) const {
  for (double x : given) {
    const Census found = census(x);
    if (!is_bad(found)) continue;
    if (!births_.empty()) throw births_[0];
    refuse(steep_step(statement, values, adjoint), "its vjp made {}", kind(found));
  }
}

void Births::stepped(const TensorNode& node, Inputs inputs, std::span<const Tensor> outputs) {
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const Census found = census(outputs[k]);
    if (!is_bad(found)) continue;
    const Origin origin(inputs);
    if (origin.is_sound())
      births_.push_back(error_here(
          node.op->name, fmt::format("its rule made {} from {}", amount(found, outputs[k].size()),
                                     origin.operands)));
    reach(node.id + static_cast<NodeId>(k),
          origin.is_sound() ? births_.size() - 1 : first_in(node.operand_ids()));
  }
}

std::size_t Births::first_in(std::span<const NodeId> nodes) const {
  std::size_t first = births_.size();
  for (NodeId id : nodes)
    if (const auto known = reached_.find(id); known != reached_.end())
      first = std::min(first, known->second);
  return first;
}

void Births::reach(NodeId node, std::size_t birth) {
  if (birth == births_.size()) return;
  std::size_t& first = reached_.try_emplace(node, birth).first->second;
  first = std::min(first, birth);
}

void Births::tell(std::span<const NodeId> results) const {
  const std::size_t first = first_in(results);
  if (first < births_.size()) throw births_[first];
}

}  // namespace detail
}  // namespace tapestry
