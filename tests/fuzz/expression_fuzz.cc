// The target for libFuzzer; tests/fuzz/run builds and runs it.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/expression_trial.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tapestry::test::try_expression({reinterpret_cast<const char*>(data), size});
  return 0;
}
