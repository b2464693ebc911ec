// says: hessian(f, x)
#include "nn/nn.h"
using namespace tapestry;

Tensor curvature(const Tensor& x) {
  auto f = [](const Tensor& v) { return sum(v * v); };
  return hessian(f)(x);
}
