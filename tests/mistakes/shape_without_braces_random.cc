// says: randn({2, 3}, rng)
#include "nn/nn.h"
using namespace tapestry;

Tensor start(Rng& rng) { return randn(64, 32, rng); }
