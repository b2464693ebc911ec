#include "engine/tensor/factory.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/parallel.h"

namespace tapestry {
using namespace detail;
namespace {

// A fresh tensor of f(index).
template <class F>
Tensor generate(const Shape& shape, DType dtype, F&& f) {
  Tensor result = Tensor::uninitialized(shape, dtype);
  visit(dtype, [&]<class T>(std::type_identity<T>) {
    T* out = result.mutable_data<T>();
    parallel_for(result.size(), 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) out[i] = static_cast<T>(f(i));
    });
  });
  return result;
}

void flatten(const NestedList& list, int depth, bool integers, FlatList& flat) {
  if (depth == flat.shape.rank() || !list.is_list()) {
    if (list.is_list() || depth != flat.shape.rank())
      refuse("tensor", "the nested list is deeper in some places than in others");
    if (integers)
      flat.integers.push_back(list.integer());
    else
      flat.numbers.push_back(list.number());
    return;
  }
  flat.enter(depth, static_cast<std::int64_t>(list.items().size()));
  for (const NestedList& item : list.items()) flatten(item, depth + 1, integers, flat);
}

// Integers are made of numbers that they can hold.
void check_number(std::string_view who, double number, DType dtype) {
  if (dtype == DType::i64 && !(number >= -0x1p63 && number < 0x1p63))
    refuse(who, "{} is no i64, which reaches from -2^63 to 2^63 - 1", number);
}

template <class T>
Tensor from_typed(const std::vector<T>& values, const Shape& shape) {
  Tensor result = Tensor::uninitialized(shape, dtype_of<T>());
  if (static_cast<std::int64_t>(values.size()) != result.size())
    refuse("from_vector", "{} numbers do not fill shape {}", values.size(), shape);
  std::copy(values.begin(), values.end(), result.mutable_data<T>());
  return result;
}

}  // namespace

std::int64_t NestedList::integer() const {
  if (integer_) return *integer_;
  check_number("tensor", number_, DType::i64);
  return static_cast<std::int64_t>(number_);
}

void FlatList::enter(int depth, std::int64_t extent) {
  if (depth == shape.rank()) shape.push_back(extent);
  if (shape[depth] != extent)
    refuse("tensor", "rows differ in length: {} and {}", shape[depth], extent);
}

Tensor FlatList::as(DType dtype) const {
  const auto filled_from = [&](const auto& items) {
    return generate(shape, dtype,
                    [&](std::int64_t i) { return items[static_cast<std::size_t>(i)]; });
  };
  if (all_fit && !integers.empty()) return filled_from(integers);
  for (double number : numbers) check_number("tensor", number, dtype);
  return filled_from(numbers);
}

Tensor tensor(const NestedList& values, DType dtype, Site site) {
  const CallSite call(site);
  FlatList flat;
  for (const NestedList* level = &values; level->is_list(); level = level->items().data()) {
    flat.shape.push_back(static_cast<std::int64_t>(level->items().size()));
    if (level->items().empty()) break;
  }
  flatten(values, 0, dtype == DType::i64, flat);
  return flat.as(dtype);
}

Tensor from_vector(const std::vector<float>& values, const Shape& shape, Site site) {
  const CallSite call(site);
  return from_typed(values, shape);
}
Tensor from_vector(const std::vector<double>& values, const Shape& shape, Site site) {
  const CallSite call(site);
  return from_typed(values, shape);
}
Tensor from_vector(const std::vector<std::int64_t>& values, const Shape& shape, Site site) {
  const CallSite call(site);
  return from_typed(values, shape);
}

Tensor zeros(const Shape& shape, DType dtype, Site site) { return full(shape, 0, dtype, site); }
Tensor ones(const Shape& shape, DType dtype, Site site) { return full(shape, 1, dtype, site); }

Tensor full(const Shape& shape, double value, DType dtype, Site site) {
  const CallSite call(site);
  check_number("full", value, dtype);
  return generate(shape, dtype, [&](std::int64_t) { return value; });
}

Tensor arange(std::int64_t count, DType dtype, Site site) {
  const CallSite call(site);
  if (count < 0) refuse("arange", "the count {} is negative", count);
  return generate({count}, dtype, [](std::int64_t i) { return static_cast<double>(i); });
}

Tensor arange(double start, double stop, double step, DType dtype, Site site) {
  const CallSite call(site);
  if (step == 0 || !std::isfinite(start) || !std::isfinite(stop) || !std::isfinite(step))
    refuse("arange", "from {} to {} there is no finite number of steps of {}", start, stop, step);
  const double steps = std::ceil((stop - start) / step);
  if (steps > static_cast<double>(kMostElements))
    refuse("arange", "from {} to {} in steps of {} there are too many elements", start, stop, step);
  for (double number : {start, stop}) check_number("arange", number, dtype);
  const auto count = static_cast<std::int64_t>(std::max(0.0, steps));
  return generate({count}, dtype,
                  [&](std::int64_t i) { return start + static_cast<double>(i) * step; });
}

Tensor eye(std::int64_t n, DType dtype, Site site) {
  const CallSite call(site);
  return generate({n, n}, dtype, [&](std::int64_t i) { return i / n == i % n ? 1.0 : 0.0; });
}

Tensor zeros_like(const Tensor& x, Site site) {
  const CallSite call(site);
  return zeros(x.shape(), x.dtype());
}
Tensor ones_like(const Tensor& x, Site site) {
  const CallSite call(site);
  return ones(x.shape(), x.dtype());
}

}  // namespace tapestry
