// says: Rng rng{1}
#include "nn/nn.h"
using namespace tapestry;

Tensor noise() { return randn({2, 3}); }
