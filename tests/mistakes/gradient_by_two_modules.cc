// says: gradient(loss, model.parameters())
#include "nn/nn.h"
using namespace tapestry;

void slopes(const Tensor& loss, nn::Linear& a, nn::Linear& b) { gradient(loss, a, b); }
