// says: SGD(model.parameters(), options)
#include "nn/nn.h"
using namespace tapestry;

void train(nn::Linear& layer) { nn::SGD sgd(layer, {.lr = 0.1}); }
