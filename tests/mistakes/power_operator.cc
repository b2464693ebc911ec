// says: write pow(x, 2) or square(x)
#include "nn/nn.h"
using namespace tapestry;

Tensor square_of(const Tensor& x) { return x ^ 2; }
