// says: write logical_and(x, z)
#include "nn/nn.h"
using namespace tapestry;

Tensor between(const Tensor& x) { return (x > 0) && (x < 1); }
