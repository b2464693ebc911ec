// JSON as text, made from the innermost values outwards.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

struct Json {
  std::string text;
};
using JsonMember = std::pair<std::string_view, Json>;

// Reads back as the same bits. JSON has no nan and inf: they become the strings "nan", "inf",
// "-inf".
Json json_of(double number);
Json json_of(std::string_view text);
Json json_of(const Tensor& x);  // nested lists as deep as the tensor

template <std::integral T>
Json json_of(T number) {
  if constexpr (std::is_same_v<T, bool>) return {number ? "true" : "false"};
  return {std::to_string(number)};
}

Json list_of(std::span<const Json> elements);
Json object_of(const std::vector<JsonMember>& members);

// A list of what json_of takes.
template <class T>
Json json_of(const std::vector<T>& values) {
  std::vector<Json> elements;
  elements.reserve(values.size());
  for (const auto& value : values) elements.push_back(json_of(value));
  return list_of(elements);
}

}  // namespace tapestry::detail
