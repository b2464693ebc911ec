#include "ops/reduce/categorical.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/tape/apply.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/factory.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// From the logits of a row to sums of unnormalised probabilities; the last is NaN where one of the
// logits is.
void accumulate_row(double* row, std::int64_t classes, std::int64_t index) {
  double largest = -kInfinity, sum = 0;
  for (std::int64_t k = 0; k < classes; ++k) largest = std::fmax(largest, row[k]);
  for (std::int64_t k = 0; k < classes; ++k) {
    sum += row[k] == largest ? 1 : std::exp(row[k] - largest);
    row[k] = sum;
  }
  if (largest == -kInfinity && !std::isnan(sum))
    refuse("categorical", "row {} of the logits is all -inf; one class must be possible", index);
}

struct Categorical {
  static constexpr std::string_view name = "categorical";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  static constexpr std::string_view example_by_example = "every example takes the same draws";
  struct Attributes {
    std::uint64_t seed, start;
    std::int64_t draws;  // for each row
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor& logits = in[0];
    const std::int64_t classes = logits.shape().back();
    Shape shape = without_last(logits.shape());
    const std::int64_t rows = shape.size();
    shape.insert(0, a.draws);
    Tensor result = Tensor::uninitialized(shape, DType::i64);
    std::vector<double> sums(static_cast<std::size_t>(logits.size()));
    copy_elements(logits, sums.data());
    parallel_for(rows, 16 * classes, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t row = first; row < last; ++row)
        accumulate_row(sums.data() + row * classes, classes, row);
    });
    const Rng rng(a.seed);
    auto* out = result.mutable_data<std::int64_t>();
    parallel_for(result.size(), 32, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        const double* row = sums.data() + i % rows * classes;
        const double total = row[classes - 1],
                     u = unit_interval(rng.at(a.start + static_cast<std::uint64_t>(i))[0]);
        // The first sum above: a class of no probability adds nothing, so is never the first.
        out[i] = std::isnan(total) ? -1 : std::upper_bound(row, row + classes, u * total) - row;
      }
    });
    return result;
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("draws={}, seed={}, position={}", a.draws, a.seed, a.start);
  }
};

}  // namespace

Tensor categorical(const Tensor& logits, const Shape& shape, Rng& rng, Site site) {
  const CallSite call(site);
  require_floating(Categorical::name, logits, "the tensor of logits");
  if (logits.rank() == 0 || logits.shape().back() == 0)
    refuse(Categorical::name, "logits have shape {}; their last axis must hold a class",
           logits.shape());
  const std::int64_t count = shape.size() * (logits.size() / logits.shape().back());
  const std::uint64_t start = rng.claim(static_cast<std::uint64_t>(count));
  Shape result_shape = shape;
  for (int axis = 0; axis + 1 < logits.rank(); ++axis) result_shape.push_back(logits.shape()[axis]);
  return reshape(apply<Categorical>({&logits}, {rng.seed(), start, shape.size()}), result_shape);
}

}  // namespace tapestry
