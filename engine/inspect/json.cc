#include "engine/inspect/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace tapestry::detail {
namespace {

template <class T>
nlohmann::json element(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    return static_cast<double>(value);
  } else {
    return value;
  }
}

// The numbers from `next` on that fill the axes from `axis` on.
template <class T>
nlohmann::json nested(const Shape& shape, int axis, const T*& next) {
  if (axis == shape.rank()) return element(*next++);
  nlohmann::json list = nlohmann::json::array();
  for (std::int64_t i = 0; i < shape[axis]; ++i) list.push_back(nested(shape, axis + 1, next));
  return list;
}

}  // namespace

Json json_of(double number) { return {element(number).dump()}; }
Json json_of(std::string_view text) { return {nlohmann::json(text).dump()}; }

Json json_of(const Tensor& x) {
  const Tensor rows = x.contiguous();
  return visit(rows.dtype(), [&]<class T>(std::type_identity<T>) -> Json {
    const T* next = rows.data<T>();
    return {nested(rows.shape(), 0, next).dump()};
  });
}

Json list_of(std::span<const Json> elements) {
  std::string text = "[";
  for (const Json& element : elements) (text += text.size() > 1 ? "," : "") += element.text;
  return {text + ']'};
}

Json object_of(const std::vector<JsonMember>& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ',';
    text += json_of(name).text + ':' + value.text;
  }
  return {text + '}'};
}

}  // namespace tapestry::detail
