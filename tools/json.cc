#include "tools/json.h"

#include <vector>

namespace tapestry::tools {

Json json_of(const Tensor& x) {
  // From the innermost axis outwards: the lists of one level are the elements of the next.
  std::vector<Json> level;
  for (const double number : x.to_vector()) level.emplace_back(number);
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
