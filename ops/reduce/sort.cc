#include "ops/reduce/sort.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/grad/batching.h"
#include "engine/grad/broadcast.h"
#include "engine/grad/fold.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/index.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/reduce/lines.h"

namespace tapestry {
using namespace detail;
namespace {

template <class T>
struct Entry {
  T value;
  std::int64_t index;
};

// An order of all entries, in which equals follow their places: any sort is then stable.
template <class T, bool descending>
struct ComesFirst {
  bool operator()(const Entry<T>& a, const Entry<T>& b) const {
    if (descending ? a.value > b.value : a.value < b.value) return true;
    if (descending ? b.value > a.value : b.value < a.value) return false;
    const bool a_nan = a.value != a.value, b_nan = b.value != b.value;
    return a_nan == b_nan ? a.index < b.index : (descending ? a_nan : b_nan);
  }
};

// Puts in their places the entries of [first, first + count).
template <class T, class Before>
void arrange(std::vector<Entry<T>>& line, std::int64_t first, std::int64_t count, Before before) {
  if (count == 0) return;
  const auto begin = line.begin() + first, end = begin + count;
  if (first == 0 && count < std::ssize(line) / 32)  // few: a heap of them hardly changes
    return std::partial_sort(begin, end, line.end(), before);
  if (first > 0) std::nth_element(line.begin(), begin, line.end(), before);
  if (end < line.end()) std::nth_element(begin, end, line.end(), before);
  std::sort(begin, end, before);
}

// Where the elements lie whose places in the order are [first, first + count).
struct Argsort {
  static constexpr std::string_view name = "argsort";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  struct Attributes {
    int axis;
    bool descending;
    std::int64_t first, count;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor& x = in[0];
    Shape shape = x.shape();
    shape[a.axis] = a.count;
    Tensor result = Tensor::uninitialized(shape, DType::i64);
    visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      const std::int64_t extent = x.shape()[a.axis], step = x.strides()[a.axis];
      const std::int64_t to = result.strides()[a.axis];
      for_lines<2>(x.shape(), a.axis, {x.strides(), result.strides()}, [&](const auto& at) {
        std::vector<Entry<T>> line(static_cast<std::size_t>(extent));
        std::int64_t i = 0;
        for (Entry<T>& entry : line) {
          entry = {x.data<T>()[at[0] + i * step], i};
          ++i;
        }
        if (a.descending)
          arrange(line, a.first, a.count, ComesFirst<T, true>{});
        else
          arrange(line, a.first, a.count, ComesFirst<T, false>{});
        auto* place = result.mutable_data<std::int64_t>() + at[1];
        for (i = 0; i < a.count; ++i)
          place[i * to] = line[static_cast<std::size_t>(a.first + i)].index;
      });
    });
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static std::string describe(const Attributes& a) {
    return fmt::format("axis={}{}, count={}{}", a.axis,
                       a.first > 0 ? fmt::format(", first={}", a.first) : "", a.count,
                       a.descending ? ", descending" : "");
  }
};

Sorted in_order(const Tensor& x, const Argsort::Attributes& order) {
  const Tensor indices = apply<Argsort>({&x}, order);
  return {gather(x, order.axis, indices), indices};
}

// The folded axes as one, the last.
Tensor folded_last(const Tensor& x, AxisSet axes) {
  Dims order;
  for (const bool folded : {false, true})
    for (int axis = 0; axis < x.rank(); ++axis)
      if (folded == static_cast<bool>(axes & axis_bit(axis))) order.push_back(axis);
  Shape lines = reduced_shape(x.shape(), axes, axes);
  lines.push_back(x.size() / lines.size());
  return reshape(permute(x, order), lines);
}

Tensor between_neighbours(std::string_view who, const Tensor& x, double q,
                          const ReduceOptions& options) {
  require_floating(who, x);
  const AxisSet axes = options.axis.resolve(who, x.rank());
  if (x.size() == 0) {
    for (int axis = 0; axis < x.rank(); ++axis)
      if ((axes & axis_bit(axis)) && x.shape()[axis] == 0)
        refuse(who, "x of shape {} has no elements; at least one is needed to choose from",
               x.shape());
    return sum_axes(x, axes, options.keepdims ? 0 : axes);  // as empty
  }
  const Tensor lines = folded_last(x, axes);
  const int axis = lines.rank() - 1;
  const double place = q * static_cast<double>(lines.shape()[axis] - 1);
  const auto low = static_cast<std::int64_t>(std::floor(place));
  const double share = place - static_cast<double>(low);
  const Tensor neighbours = in_order(lines, {axis, false, low, share > 0 ? 2 : 1}).values;
  Tensor result = slice(neighbours, axis, 0, 1);
  if (share > 0) result = result * (1 - share) + slice(neighbours, axis, 1, 2) * share;
  const Tensor spoilt = any(lines != lines, {.axis = axis, .keepdims = true});
  return reshape(where(spoilt, std::numeric_limits<double>::quiet_NaN(), result),
                 reduced_shape(x.shape(), axes, options.keepdims ? 0 : axes));
}

}  // namespace

Sorted sort(const Tensor& x, int axis, bool descending, Site site) {
  const CallSite call(site);
  axis = normalize_axis("sort", axis, x.rank());
  return in_order(x, {axis, descending, 0, x.shape()[axis]});
}

Tensor argsort(const Tensor& x, int axis, bool descending, Site site) {
  const CallSite call(site);
  axis = normalize_axis("argsort", axis, x.rank());
  return apply<Argsort>({&x}, {axis, descending, 0, x.shape()[axis]});
}

Sorted topk(const Tensor& x, std::int64_t k, int axis, bool largest, Site site) {
  const CallSite call(site);
  axis = normalize_axis("topk", axis, x.rank());
  if (k < 0 || k > x.shape()[axis])
    refuse("topk", "{} elements of axis {} of shape {}, which holds {}", k, axis, x.shape(),
           x.shape()[axis]);
  return in_order(x, {axis, largest, 0, k});
}

Tensor quantile(const Tensor& x, double q, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  if (!(q >= 0 && q <= 1)) refuse("quantile", "the share is {}; it must lie in [0, 1]", q);
  return between_neighbours("quantile", x, q, options);
}

Tensor median(const Tensor& x, const ReduceOptions& options, Site site) {
  const CallSite call(site);
  return between_neighbours("median", x, 0.5, options);
}

}  // namespace tapestry
