// says: zeros({2, 3})
#include "nn/nn.h"
using namespace tapestry;

Tensor start() { return zeros(2, 3); }
