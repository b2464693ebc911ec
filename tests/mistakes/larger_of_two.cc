// says: maximum(x, z)
#include "nn/nn.h"
using namespace tapestry;

Tensor rectified(const Tensor& x) { return max(x, 0.0); }
