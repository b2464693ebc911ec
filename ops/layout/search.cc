#include "ops/layout/search.h"

#include <algorithm>

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/tape/apply.h"
#include "engine/tensor/rows.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

struct Nonzero {
  static constexpr std::string_view name = "nonzero";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  static constexpr std::string_view example_by_example = "the shape of its result is counted";
  static Tensor forward(Inputs in) {
    const Tensor x = in[0].contiguous();
    Tensor result;
    visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      const T* numbers = x.data<T>();
      std::vector<std::int64_t> found;
      for (std::int64_t i = 0; i < x.size(); ++i)
        if (numbers[i] != T(0)) found.push_back(i);
      const auto count = static_cast<std::int64_t>(found.size());
      result = Tensor::uninitialized({count, x.rank()}, DType::i64);
      auto* row = result.mutable_data<std::int64_t>();
      for (std::int64_t place : found) {
        for (int axis = x.rank() - 1; axis >= 0; --axis) {
          row[axis] = place % x.shape()[axis];
          place /= x.shape()[axis];
        }
        row += x.rank();
      }
    });
    return result;
  }
};

// NaN is above all numbers.
template <class T>
bool below(T a, T b) {
  return a < b || (b != b && a == a);
}

struct Searchsorted {
  static constexpr std::string_view name = "searchsorted";
  static constexpr int arity = 2;
  static constexpr bool not_differentiable = true;
  struct Attributes {
    bool right;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor sorted = in[0].contiguous(), values = in[1].contiguous();
    Tensor result = Tensor::uninitialized(values.shape(), DType::i64);
    const std::int64_t extent = sorted.shape().back();
    const std::int64_t each = sorted.rank() > 1 ? values.shape().back() : 0;
    visit(sorted.dtype(), [&]<class T>(std::type_identity<T>) {
      parallel_for(values.size(), 16, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
          const T* row = sorted.data<T>() + (each ? i / each * extent : 0);
          const T value = values.data<T>()[i];
          const T* place = a.right ? std::upper_bound(row, row + extent, value, below<T>)
                                   : std::lower_bound(row, row + extent, value, below<T>);
          result.mutable_data<std::int64_t>()[i] = place - row;
        }
      });
    });
    return result;
  }
  // Rows of numbers have as many rows of values; a vector of each example's own meets all of its.
  static void batch(Batching& b) {
    const int rank = b.operand(0).rank() - b.is_batched(0);
    if (rank > 1) return b.execute(b.expanded());
    if (!b.is_batched(0)) return b.execute({b.operand(0), b.operand(1)});
    const Tensor values = b.expanded(1);
    b.execute({b.operand(0), reshape(values, {b.size(), values.size() / b.size()})});
    b.give({reshape(b.results()[0], values.shape())});
  }
  static std::string describe(const Attributes& a) { return a.right ? "right" : ""; }
};

}  // namespace

Tensor nonzero(const Tensor& x, Site site) {
  const CallSite call(site);
  return apply<Nonzero>({&x});
}

Tensor detail::positions_in(const Tensor& mask) {
  const Tensor found = nonzero(reshape(mask, {mask.size()}));
  return reshape(found, {found.size()});
}

Tensor searchsorted(const Tensor& sorted, const Tensor& values, const SearchOptions& options,
                    Site site) {
  const CallSite call(site);
  bool fits = sorted.rank() == 1 || (sorted.rank() > 1 && sorted.rank() == values.rank());
  for (int axis = 0; fits && axis < sorted.rank() - 1; ++axis)
    fits = sorted.shape()[axis] == values.shape()[axis];
  if (!fits)
    refuse("searchsorted",
           "sorted of shape {} does not fit values of shape {}: it must be a vector, or have the "
           "same leading axes",
           sorted.shape(), values.shape());
  const DType dtype = promote(sorted.dtype(), values.dtype());
  const Tensor in = sorted.to(dtype), wanted = values.to(dtype);
  return apply<Searchsorted>({&in, &wanted}, {options.right});
}

}  // namespace tapestry
