#include "engine/base/simd.h"

#include <hwy/targets.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tapestry {

bool detail::limit_simd() {
  const char* const asked = std::getenv("TAPESTRY_MAX_SIMD");
  if (!asked || !*asked) return false;
  const std::string_view most(asked);
  // A better target is a lower bit.
  for (const auto& [name, target] : {std::pair<std::string_view, std::int64_t>{"SSE4", HWY_SSE4},
                                     {"AVX2", HWY_AVX2},
                                     {"AVX3", HWY_AVX3}})
    if (most == name) {
      hwy::DisableTargets(target - 1);
      return true;
    }
  std::fprintf(stderr, "[tapestry] TAPESTRY_MAX_SIMD is %s; it must be SSE4, AVX2 or AVX3\n",
               asked);
  return false;
}

}  // namespace tapestry
