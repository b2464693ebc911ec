// Extents and strides: short lists of integers with a fixed capacity, so that they are copied like
// numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/formatter.h"
#include "engine/base/position.h"

namespace tapestry {

namespace detail {

inline constexpr int kMaxRank = 12;
inline constexpr std::int64_t kMostElements = std::int64_t{1} << 43;  // of a tensor

class Dims {
 public:
  Dims() = default;
  Dims(std::initializer_list<std::int64_t> values)
      : Dims(std::span(values.begin(), values.size())) {}
  explicit Dims(std::span<const std::int64_t> values);  // Error past kMaxRank
  Dims(int rank, std::int64_t value) : rank_(rank) {    // rank times the same value
    if (rank > kMaxRank) [[unlikely]]
      refuse_rank();
    std::fill_n(values_, rank, value);
  }

  int rank() const { return rank_; }
  std::int64_t operator[](int i) const { return values_[i]; }
  std::int64_t& operator[](int i) { return values_[i]; }
  const std::int64_t* begin() const { return values_; }
  const std::int64_t* end() const { return values_ + rank_; }
  std::int64_t back() const { return values_[rank_ - 1]; }

  void push_back(std::int64_t value) {
    if (rank_ == kMaxRank) [[unlikely]]
      refuse_rank();
    values_[rank_++] = value;
  }
  void insert(int position, std::int64_t value);
  void erase(int position);

  friend bool operator==(const Dims& a, const Dims& b) {
    if (a.rank_ != b.rank_) return false;
    for (int i = 0; i < a.rank_; ++i)  // a few: a call would take longer
      if (a.values_[i] != b.values_[i]) return false;
    return true;
  }

 private:
  [[noreturn, gnu::cold]] static void refuse_rank();
  int rank_ = 0;
  std::int64_t values_[kMaxRank];
};

}  // namespace detail

// Extents of a tensor, slowest axis first. Printed as (2, 3); one axis as (3,); none as ().
class Shape : public detail::Dims {
 public:
  using detail::Dims::Dims;
  // The extent of an axis; a negative one counts from the end. Error when there is no such axis.
  std::int64_t operator[](detail::Position axis) const { return Dims::operator[](place_of(axis)); }
  std::int64_t& operator[](detail::Position axis) { return Dims::operator[](place_of(axis)); }
  std::int64_t back() const { return (*this)[-1]; }
  std::int64_t size() const;  // the number of elements; Error when it is past 2^63
  std::optional<std::int64_t> try_size() const;  // the same; none when it is past 2^63

 private:
  [[gnu::always_inline]] int place_of(detail::Position axis) const {
    const std::int64_t place = axis.value + (axis.value < 0 ? rank() : 0);
    if (place < 0 || place >= rank()) [[unlikely]]
      refuse_axis(axis);
    return static_cast<int>(place);
  }
  // By value: a reference would lay the site out in memory before each access.
  [[noreturn, gnu::cold]] void refuse_axis(detail::Position axis) const;
};

namespace detail {

// Distance in elements between neighbours along each axis; 0 repeats, negative goes backwards.
using Strides = Dims;

Strides row_major(const Shape& shape);

// Where element number `index` of a shape, counted in row-major order, lies by these strides.
std::int64_t offset_of(std::int64_t index, const Shape& shape, const Strides& strides);

// A shape or strides without the last `count` axes.
template <class D>
D without_last(const D& dims, int count = 1) {
  return D(std::span(dims.begin(), static_cast<std::size_t>(dims.rank() - count)));
}

// factor * extent; Error in the name of `who` when that is too many elements.
std::int64_t times(std::string_view who, std::int64_t extent, std::int64_t factor);

// -1 counts from the end. Error in the name of `who` when out of range.
int normalize_axis(std::string_view who, std::int64_t axis, int rank);

// NumPy's rule: axes are aligned at the right; an extent of 1 stretches. Error in the name of
// `who`.
Shape broadcast_shapes(std::string_view who, const Shape& a, const Shape& b);
bool broadcasts_to(const Shape& from, const Shape& to);

// The strides that make data of shape `from` look like `to`; requires broadcasts_to(from, to).
Strides broadcast_strides(const Shape& from, const Strides& strides, const Shape& to);

}  // namespace detail

std::string to_string(const detail::Dims& dims);

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::detail::Dims> : tapestry::detail::TextFormatter {
  auto format(const tapestry::detail::Dims& dims, format_context& context) const {
    return tapestry::detail::TextFormatter::format(tapestry::to_string(dims), context);
  }
};
template <>
struct fmt::formatter<tapestry::Shape> : fmt::formatter<tapestry::detail::Dims> {};
