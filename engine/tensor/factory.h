// Making tensors of plain numbers. The default dtype is f32.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/tensor/random.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

namespace detail {

template <std::integral I>
constexpr bool fits_i64(I number) {
  return number <= I{0} || static_cast<std::uint64_t>(number) <= std::uint64_t{INT64_MAX};
}

// A nested list of numbers, as in {{1, 2}, {3, 4}}.
class NestedList {
 public:
  template <class N>
  requires std::is_arithmetic_v<N> NestedList(N number)  // NOLINT: numbers convert
      : number_(static_cast<double>(number)), integer_(integer_of(number)) {}
  NestedList(std::initializer_list<NestedList> items) : items_(items), is_list_(true) {}
  template <class X>
  requires(std::derived_from<X, Tensor> || requires { typename X::Number; })
      NestedList(const X&) {  // NOLINT
    static_assert(std::is_arithmetic_v<X>,
                  "tensor({...}) takes plain numbers; stack({x, y}) joins tensors or scalars");
  }

  bool is_list() const { return is_list_; }
  double number() const { return number_; }
  // The same, exact where it was an integer; Error where it is none of an i64's.
  std::int64_t integer() const;
  const std::vector<NestedList>& items() const { return items_; }

 private:
  template <class N>
  static std::optional<std::int64_t> integer_of(N number) {
    if constexpr (std::is_integral_v<N>)
      if (fits_i64(number)) return static_cast<std::int64_t>(number);
    return std::nullopt;
  }

  double number_ = 0;
  std::optional<std::int64_t> integer_;
  std::vector<NestedList> items_;
  bool is_list_ = false;
};

// Vectors, arrays and spans of numbers, or of such.
template <class R>
concept List = requires(const R& list) {
  std::begin(list) != std::end(list);
}
&&!std::convertible_to<const R&, std::string_view>;
template <class R>
using ItemOf = std::remove_cvref_t<decltype(*std::begin(std::declval<const R&>()))>;
template <class R>
inline constexpr bool holds_numbers = std::is_arithmetic_v<R>;
template <List R>
inline constexpr bool holds_numbers<R> = holds_numbers<ItemOf<R>>;

// The numbers of such a list one after the other, as doubles or, where they are integers, as these.
struct FlatList {
  Shape shape;
  std::vector<double> numbers;
  std::vector<std::int64_t> integers;
  bool all_fit = true;  // else the integers stand among the numbers, too, and some not here

  template <class R>
  void add(const R& list, int depth = 0) {
    if constexpr (std::is_floating_point_v<R>) {
      numbers.push_back(static_cast<double>(list));
    } else if constexpr (std::is_integral_v<R>) {
      if constexpr (!fits_i64(std::numeric_limits<R>::max())) {
        numbers.push_back(static_cast<double>(list));
        all_fit = all_fit && fits_i64(list);
      }
      integers.push_back(static_cast<std::int64_t>(list));
    } else {
      enter(depth, std::distance(std::begin(list), std::end(list)));
      for (const auto& item : list) add<ItemOf<R>>(item, depth + 1);
    }
  }
  void enter(int depth, std::int64_t extent);  // Error when rows differ in length
  Tensor as(DType dtype) const;
};

}  // namespace detail

// Numbers of any arithmetic type in nested braces, or in a vector, an array, a span, or a vector of
// such; f32 unless a dtype is given. Error when rows differ in length.
//   tensor({{1, 2}, {3, 4}})   tensor(std::vector<double>{0.5, 1}, DType::f64)
Tensor tensor(const detail::NestedList& values, DType dtype = DType::f32, detail::Site site = {});
template <detail::List R>
requires detail::holds_numbers<R> Tensor tensor(const R& values, DType dtype = DType::f32,
                                                detail::Site site = {}) {
  const detail::CallSite call(site);
  detail::FlatList flat;
  flat.add(values);
  return flat.as(dtype);
}

// dtype f32, f64 or i64 after the vector's element type. Error when the size does not fit the
// shape.
Tensor from_vector(const std::vector<float>& values, const Shape& shape, detail::Site site = {});
Tensor from_vector(const std::vector<double>& values, const Shape& shape, detail::Site site = {});
Tensor from_vector(const std::vector<std::int64_t>& values, const Shape& shape,
                   detail::Site site = {});

Tensor zeros(const Shape& shape, DType dtype = DType::f32, detail::Site site = {});
Tensor ones(const Shape& shape, DType dtype = DType::f32, detail::Site site = {});
Tensor full(const Shape& shape, double value, DType dtype = DType::f32, detail::Site site = {});
// 0, 1, ... count - 1
Tensor arange(std::int64_t count, DType dtype = DType::f32, detail::Site site = {});
Tensor arange(double start, double stop, double step, DType dtype = DType::f32,
              detail::Site site = {});
Tensor eye(std::int64_t n, DType dtype = DType::f32, detail::Site site = {});

// Shape and dtype of x.
Tensor zeros_like(const Tensor& x, detail::Site site = {});
Tensor ones_like(const Tensor& x, detail::Site site = {});

}  // namespace tapestry
