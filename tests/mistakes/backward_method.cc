// says: has no member named
#include "nn/nn.h"
using namespace tapestry;

void learn(Tensor& loss) { loss.backward(); }
