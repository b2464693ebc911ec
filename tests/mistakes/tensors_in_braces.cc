// says: stack({x, y}) joins
#include "nn/nn.h"
using namespace tapestry;

Tensor pair(const Tensor& x, const Tensor& z) { return tensor({x, z}); }
