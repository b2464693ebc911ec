// says: Sequential holds layers
#include "nn/nn.h"
using namespace tapestry;

void make(Rng& rng) { nn::Sequential net(std::make_shared<nn::Linear>(2, 2, rng)); }
