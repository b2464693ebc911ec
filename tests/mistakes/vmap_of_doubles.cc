// says: vmap: f must take one const Tensor&
#include "nn/nn.h"
using namespace tapestry;

Tensor each(const Tensor& x) {
  auto f = [](double v) { return v * 2; };
  return vmap(f)(x);
}
