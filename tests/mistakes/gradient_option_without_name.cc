// says: {.create_graph = true}
#include "nn/nn.h"
using namespace tapestry;

Tensor slope(const Tensor& y, const Tensor& x) { return gradient(y, x, true); }
