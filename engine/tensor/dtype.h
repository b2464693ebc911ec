// The element types of tensors, and the bridge from their run-time name to their C++ type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/base/formatter.h"

namespace tapestry {

enum class DType : std::uint8_t { boolean, i64, f32, f64 };  // in order of promotion

namespace detail {

constexpr std::string_view name_of(DType dtype) {
  constexpr std::string_view names[] = {"boolean", "i64", "f32", "f64"};
  return names[static_cast<int>(dtype)];
}

constexpr std::size_t size_of(DType dtype) {
  constexpr std::size_t sizes[] = {1, 8, 4, 8};
  return sizes[static_cast<int>(dtype)];
}

constexpr bool is_floating(DType dtype) { return dtype >= DType::f32; }

// The dtype that holds the result of an operation on both.
constexpr DType promote(DType a, DType b) { return a < b ? b : a; }

template <class T>
constexpr DType dtype_of() {
  constexpr bool is_integer = std::is_same_v<T, std::int64_t>, is_f32 = std::is_same_v<T, float>;
  static_assert(std::is_same_v<T, bool> || is_integer || is_f32 || std::is_same_v<T, double>,
                "numbers of tensors are bool, std::int64_t, float or double");
  return std::is_same_v<T, bool> ? DType::boolean
         : is_integer            ? DType::i64
         : is_f32                ? DType::f32
                                 : DType::f64;
}

// Calls f(std::type_identity<T>) with the C++ type of the dtype.
template <class F>
decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {
    case DType::boolean:
      return std::forward<F>(f)(std::type_identity<bool>{});
    case DType::i64:
      return std::forward<F>(f)(std::type_identity<std::int64_t>{});
    case DType::f32:
      return std::forward<F>(f)(std::type_identity<float>{});
    case DType::f64:
      break;
  }
  return std::forward<F>(f)(std::type_identity<double>{});
}

// The same for a dtype already known to be f32 or f64.
template <class F>
decltype(auto) visit_floating(DType dtype, F&& f) {
  if (dtype == DType::f32) return std::forward<F>(f)(std::type_identity<float>{});
  return std::forward<F>(f)(std::type_identity<double>{});
}

}  // namespace detail

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::DType> : tapestry::detail::TextFormatter {
  auto format(tapestry::DType dtype, format_context& context) const {
    return tapestry::detail::TextFormatter::format(tapestry::detail::name_of(dtype), context);
  }
};
