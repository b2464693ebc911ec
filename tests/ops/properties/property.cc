#include "tests/ops/properties/property.h"

#include <exception>

namespace tapestry::test {

void Findings::at(std::string_view place, const std::function<void()>& f) {
  const std::string outer = place_;
  place_ += fmt::format("[{}] ", place);
  try {
    f();
  } catch (const std::exception& error) {
    check(false, "threw: {}", error.what());
  }
  place_ = outer;
}

}  // namespace tapestry::test
