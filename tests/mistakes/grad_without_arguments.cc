// says: write grad(f)(x)
#include "nn/nn.h"
using namespace tapestry;

Tensor slope(const Tensor& x) {
  auto f = [](const Tensor& v) { return sum(v * v); };
  return grad(f, x);
}
