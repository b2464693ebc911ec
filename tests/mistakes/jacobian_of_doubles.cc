// says: jacobian(ys, xs) is of recorded scalars, jacobian(f, x) of a function of a tensor
#include "nn/nn.h"
using namespace tapestry;

Tensor slopes(const std::vector<double>& x) {
  return jacobian([](const std::vector<Scalar>& at) { return at; }, x);
}
