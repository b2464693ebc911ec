#include "engine/tensor/shape.h"

#include "engine/base/error.h"

namespace tapestry {
using namespace detail;

Dims::Dims(std::span<const std::int64_t> values) {
  for (std::int64_t value : values) push_back(value);
}

void Dims::refuse_rank() { refuse("shape", "a tensor has at most {} axes", kMaxRank); }

void Dims::insert(int position, std::int64_t value) {
  push_back(value);
  std::rotate(values_ + position, values_ + rank_ - 1, values_ + rank_);
}

void Dims::erase(int position) {
  std::copy(values_ + position + 1, values_ + rank_, values_ + position);
  --rank_;
}

namespace {

[[noreturn]] void refuse_no_axis(std::string_view who, std::int64_t axis, int rank) {
  if (rank == 0) refuse(who, "axis {} is out of range: a tensor of rank 0 has no axes", axis);
  refuse(who, "axis {} is out of range for rank {}; it must lie in [{}, {}]", axis, rank, -rank,
         rank - 1);
}

}  // namespace

void Shape::refuse_axis(Position axis) const {
  const CallSite call(axis.site);
  refuse_no_axis("shape", axis.value, rank());
}

std::optional<std::int64_t> Shape::try_size() const {
  std::int64_t product = 1;
  bool too_large = false;
  for (std::int64_t extent : *this) too_large |= __builtin_mul_overflow(product, extent, &product);
  if (!too_large) return product;
  if (std::find(begin(), end(), 0) != end()) return 0;
  return std::nullopt;
}

std::int64_t Shape::size() const {
  const std::optional<std::int64_t> size = try_size();
  if (!size) refuse("shape", "{} has too many elements", *this);
  return *size;
}

Strides detail::row_major(const Shape& shape) {
  Strides strides(shape.rank(), 1);
  // An empty tensor may have large extents beside the one of 0, and no element at any distance.
  for (int i = shape.rank() - 2; i >= 0; --i)
    if (__builtin_mul_overflow(strides[i + 1], shape[i + 1], &strides[i])) strides[i] = 0;
  return strides;
}

std::int64_t detail::offset_of(std::int64_t index, const Shape& shape, const Strides& strides) {
  std::int64_t offset = 0;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    offset += index % shape[axis] * strides[axis];
    index /= shape[axis];
  }
  return offset;
}

std::int64_t detail::times(std::string_view who, std::int64_t extent, std::int64_t factor) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(extent, factor, &product))
    refuse(who, "{} times {} are too many elements", factor, extent);
  return product;
}

int detail::normalize_axis(std::string_view who, std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) refuse_no_axis(who, axis, rank);
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Shape detail::broadcast_shapes(std::string_view who, const Shape& a, const Shape& b) {
  if (a == b) return a;
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  Shape result = longer;
  const int lead = longer.rank() - shorter.rank();
  for (int i = 0; i < shorter.rank(); ++i) {
    const std::int64_t p = longer[lead + i], q = shorter[i];
    if (p != q && p != 1 && q != 1)
      refuse(who,
             "shapes {} and {} do not broadcast: the {} and the {} must be equal, or one of them 1",
             a, b, &longer == &a ? p : q, &longer == &a ? q : p);
    result[lead + i] = p == 1 ? q : p;
  }
  return result;
}

bool detail::broadcasts_to(const Shape& from, const Shape& to) {
  const int lead = to.rank() - from.rank();
  if (lead < 0) return false;
  for (int i = 0; i < from.rank(); ++i)
    if (from[i] != to[lead + i] && from[i] != 1) return false;
  return true;
}

Strides detail::broadcast_strides(const Shape& from, const Strides& strides, const Shape& to) {
  const int lead = to.rank() - from.rank();
  Strides result(to.rank(), 0);
  for (int i = 0; i < from.rank(); ++i)
    if (from[i] == to[lead + i]) result[lead + i] = strides[i];
  return result;
}

std::string to_string(const Dims& dims) {
  std::string text = "(";
  for (int i = 0; i < dims.rank(); ++i) text += fmt::format("{}{}", i ? ", " : "", dims[i]);
  return text + (dims.rank() == 1 ? ",)" : ")");
}

}  // namespace tapestry
