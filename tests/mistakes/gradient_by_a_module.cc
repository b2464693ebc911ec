// says: gradient(loss, model.parameters())
#include "nn/nn.h"
using namespace tapestry;

void slopes(const Tensor& loss, nn::Linear& layer) { gradient(loss, layer); }
