#include "ops/product/blas_kernels.h"

#include <cblas.h>

#include <cstdlib>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

extern "C" {
void gotoblas_dynamic_init();
void gotoblas_dynamic_quit();
}

namespace {

void use_kernels(const char* core) {
  setenv("OPENBLAS_CORETYPE", core, 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv("OPENBLAS_CORETYPE");
}

}  // namespace

// As OpenBLAS does on a processor that is newer than it.
BOOST_AUTO_TEST_CASE(a_processor_that_openblas_does_not_know_is_asked_what_it_can_do) {
  const std::string_view best = openblas_get_corename();
  if (best != "SkylakeX" && best != "Cooperlake" && best != "Haswell" && best != "Zen") return;
  const Tensor a = numbers({150, 150}), b = numbers({150, 150}, 2);
  const auto results = [&] {
    return std::vector{matmul(a, b), inverse(a), eigvalsh(a + transpose(a))};
  };
  const std::vector<Tensor> before = results();
  use_kernels("Prescott");
  BOOST_TEST(openblas_get_corename() == std::string("Prescott"));
  const std::vector<Tensor> old = results();
  const char* const core = choose_blas_kernels();
  BOOST_TEST(core == std::string(openblas_get_corename()));
  BOOST_TEST(openblas_get_corename() != std::string("Prescott"));
  const std::vector<Tensor> after = results();
  for (std::size_t i = 0; i < before.size(); ++i) {
    BOOST_TEST(distance(old[i], before[i]) < 1e-9);
    BOOST_TEST(distance(after[i], before[i]) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(what_the_environment_asks_for_stays) {
  setenv("OPENBLAS_CORETYPE", "Prescott", 1);
  BOOST_TEST(choose_blas_kernels() == nullptr);
  unsetenv("OPENBLAS_CORETYPE");
}
