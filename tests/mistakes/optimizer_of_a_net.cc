// says: net.parameters()
#include "nn/nn.h"
using namespace tapestry;

void learn(nn::Sequential& net) { nn::SGD sgd(net, {.lr = 0.1}); }
