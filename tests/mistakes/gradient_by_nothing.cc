// says: gradient(y, x) wants to know by what
#include "nn/nn.h"
using namespace tapestry;

void slopes(const Tensor& loss) { gradient(loss); }
