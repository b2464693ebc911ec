#include "engine/anomaly.h"

#include <cmath>
#include <limits>
#include <string>

#include "engine/node.h"
#include "engine/rows.h"
#include "engine/scope.h"
#include "engine/tape.h"

namespace tapestry {
namespace {

// What is in a tensor: counts of what is not finite, and the range of what is.
struct Census {
  std::int64_t nan = 0, infinite = 0;
  double low = std::numeric_limits<double>::infinity(), high = -low;

  void count(double x) {
    if (std::isnan(x)) {
      ++nan;
    } else if (std::isinf(x)) {
      ++infinite;
    } else {
      low = std::min(low, x);
      high = std::max(high, x);
    }
  }
};

Census census(const Tensor& x) {
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

// (2, 3) f64 from -1 to 4, 1 NaN
std::string described(const Tensor& x) {
  const Census found = census(x);
  std::string text = fmt::format("{} {}", x.shape(), x.dtype());
  if (found.low <= found.high) text += fmt::format(" from {} to {}", found.low, found.high);
  if (found.nan) text += fmt::format(", {} NaN", found.nan);
  if (found.infinite) text += fmt::format(", {} infinite", found.infinite);
  return text;
}

std::string amount(const Census& found, std::int64_t size) {
  const bool nan = found.nan > 0;
  return fmt::format("{} ({} of {} elements)", nan ? "NaN" : "inf",
                     nan ? found.nan : found.infinite, size);
}

std::string place() {
  std::string text = fmt::format("; called at {}", current_site());
  if (!current_scope().empty()) text += fmt::format(" in {}", current_scope());
  return text;
}

// Counts that the watcher asks for.
bool is_bad(const Census& found) {
  return found.nan > 0 || (detail::watch->infinities && found.infinite > 0);
}

std::string number_kind(double x) { return std::isnan(x) ? "NaN" : x > 0 ? "inf" : "-inf"; }
bool is_bad(double x) { return std::isnan(x) || (detail::watch->infinities && std::isinf(x)); }

}  // namespace

DetectAnomaly::DetectAnomaly(AnomalyOptions options) : options_(options), outer_(detail::watch) {
  detail::watch = &options_;
  detail::record_on(recording_tape());
}
DetectAnomaly::~DetectAnomaly() {
  detail::watch = outer_;
  detail::record_on(recording_tape());
}

namespace detail {

constinit thread_local const AnomalyOptions* watch = nullptr;
constinit thread_local const TensorNode* reversed = nullptr;

void watch_outputs(const Op& op, Inputs inputs, std::span<const Tensor> outputs) {
  for (const Tensor& output : outputs) {
    if (!is_floating(output.dtype())) continue;
    const Census found = census(output);
    if (!is_bad(found)) continue;
    Census before;
    bool entered = false;  // NaN comes with a tensor that no tape has seen
    std::string operands;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Census one = census(inputs[i]);
      before.nan += one.nan;
      before.infinite += one.infinite;
      entered |= one.nan > 0 && !inputs[i].is_tracked();
      operands += fmt::format("{}operand {} {}", i ? "; " : "", i, described(inputs[i]));
    }
    const bool born = found.nan ? before.nan == 0 : before.nan + before.infinite == 0;
    if (!born && !(found.nan && entered)) continue;
    refuse(op.name, "made {} from {}{}{}", amount(found, output.size()), operands,
           reversed ? fmt::format("; in the vjp of {}", reversed->op->name) : "", place());
  }
}

void watch_leaf(const Tensor& value, std::string_view name) {
  if (!is_floating(value.dtype())) return;
  const Census found = census(value);
  if (found.nan == 0) return;
  refuse("DetectAnomaly", "{} comes to the tape with {}: {}{}",
         name.empty() ? "a tensor" : fmt::format("\"{}\"", name), amount(found, value.size()),
         described(value), place());
}

void watch_contribution(const TensorNode& node, int operand, const Tensor& contribution,
                        std::span<const Tensor> adjoints) {
  const Census found = census(contribution);
  if (!is_bad(found)) return;
  std::string read;
  const auto add = [&](std::string_view what, const Tensor& x) {
    read += fmt::format("{} {} {}", read.empty() ? " from" : ";", what, described(x));
  };
  for (const Tensor& adjoint : adjoints) {
    if (!adjoint.defined()) continue;
    if (is_bad(census(adjoint))) return;  // it was so before
    add("the adjoint", adjoint);
  }
  for (std::uint32_t k = 0; k < node.saved_count; ++k)
    if (node.saved[k].defined()) add("saved", node.saved[k]);
  refuse(node.op->name, "its vjp made {} for operand {}{}{}", amount(found, contribution.size()),
         operand, read, place());
}

void watch_statement(std::string_view op, double value, std::span<const double> leaves) {
  if (!is_bad(value)) return;
  std::string operands;
  for (double leaf : leaves) {
    if (!std::isfinite(leaf)) return;
    operands += fmt::format("{}{}", operands.empty() ? "" : ", ", leaf);
  }
  refuse(op, "made {} from {}{}", number_kind(value), operands.empty() ? "nothing" : operands,
         place());
}

void watch_scalar_adjoint(std::string_view op, double adjoint) {
  if (is_bad(adjoint)) refuse(op, "its vjp made {}", number_kind(adjoint));
}

}  // namespace detail
}  // namespace tapestry
