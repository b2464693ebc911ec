#include "ops/product/blas_kernels.h"

#include <cblas.h>

#include <cstdlib>
#include <string_view>

// Of an OpenBLAS that has kernels for several processors; null in others.
extern "C" {
[[gnu::weak]] void gotoblas_dynamic_init();
[[gnu::weak]] void gotoblas_dynamic_quit();
}

namespace tapestry {
namespace {

enum Level { kOlder, kAvx2, kAvx512 };

Level level_of_kernels(std::string_view core) {
  for (const std::string_view name : {"SkylakeX", "Cooperlake", "Sapphirerapids"})
    if (core == name) return kAvx512;
  for (const std::string_view name : {"Haswell", "Zen"})
    if (core == name) return kAvx2;
  return kOlder;
}

Level level_of_processor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    return kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kAvx2;
#endif
  return kOlder;
}

}  // namespace

const char* detail::choose_blas_kernels() {
  constexpr const char* kVariable = "OPENBLAS_CORETYPE";
  const char* const asked = std::getenv(kVariable);
  if ((asked && *asked) || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return nullptr;
  const Level level = level_of_processor();
  if (level <= level_of_kernels(openblas_get_corename())) return nullptr;
  const char* const core = level == kAvx512 ? "SkylakeX" : "Haswell";
  setenv(kVariable, core, 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv(kVariable);
  return core;
}

}  // namespace tapestry
