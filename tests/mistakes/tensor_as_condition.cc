// says: a tensor is no condition
#include "nn/nn.h"
using namespace tapestry;

bool positive(const Tensor& x) {
  if (x > 0) return true;
  return false;
}
