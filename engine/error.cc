#include "engine/error.h"

namespace tapestry::detail {

void raise_error(std::string_view who, const std::string& what) {
  throw Error(fmt::format("[{}] {}", who, what));
}

}  // namespace tapestry::detail
