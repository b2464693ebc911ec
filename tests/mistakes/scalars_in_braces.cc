// says: stack({x, y}) joins
#include "nn/nn.h"
using namespace tapestry;

Tensor pair(const Scalar& x, const Scalar& z) { return tensor({x, z}); }
