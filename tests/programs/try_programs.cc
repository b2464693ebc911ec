// try_programs TENSOR_PROGRAMS SCALAR_PROGRAMS [SEED]: exit status 1 when a program disagrees with
// itself.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/programs/trial.h"

namespace {

template <class Program>
std::uint64_t try_all(const char* what, std::uint64_t count, std::uint64_t seed) {
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < count; ++i)
    if (const std::string found = tapestry::test::trial<Program>(seed, i); !found.empty()) {
      ++wrong;
      fmt::print("{} {}\n", what, found);
    }
  fmt::print("{} {} programs, {} disagree\n", count, what, wrong);
  return wrong;
}

}  // namespace

int main(int count, char** words) {
  const auto number = [&](int i, std::uint64_t otherwise) {
    return i < count ? std::strtoull(words[i], nullptr, 10) : otherwise;
  };
  const std::uint64_t seed = number(3, 1);
  const std::uint64_t wrong =
      try_all<tapestry::test::TensorProgram>("tensor", number(1, 20'000), seed) +
      try_all<tapestry::test::ScalarProgram>("scalar", number(2, 5'000), seed);
  return wrong ? 1 : 0;
}
