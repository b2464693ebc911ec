// says: where(mask, a, b) of two numbers
#include "nn/nn.h"
using namespace tapestry;

Tensor step(const Tensor& x) { return where(x > 0, 1.0, 0.0); }
