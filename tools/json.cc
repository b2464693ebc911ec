#include "tools/json.h"

#include <cmath>
#include <vector>

#include "engine/tensor/format.h"

namespace tapestry::tools {
using namespace detail;

Json json_of(double number) {
  return std::isfinite(number) ? Json(number) : Json(number_text(number));
}

Json json_of(const Tensor& x) {
  // From the innermost axis outwards: the lists of one level are the elements of the next.
  std::vector<Json> level;
  for (const double number : x.to_vector()) level.push_back(json_of(number));
  for (int axis = x.rank(); axis-- > 0;) {
    const auto extent = static_cast<std::size_t>(x.shape()[axis]);
    std::vector<Json> outer;
    for (std::size_t i = 0; i + extent <= level.size() && extent > 0; i += extent) {
      const auto first = level.begin() + static_cast<std::ptrdiff_t>(i);
      outer.push_back(std::vector<Json>(first, first + static_cast<std::ptrdiff_t>(extent)));
    }
    level = std::move(outer);
  }
  return level.empty() ? Json::array() : level.front();
}

}  // namespace tapestry::tools
