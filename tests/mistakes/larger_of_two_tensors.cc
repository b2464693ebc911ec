// says: maximum(x, z)
#include "nn/nn.h"
using namespace tapestry;

Tensor larger(const Tensor& x, const Tensor& z) { return max(x, z); }
