// New numbers for a parameter.
#pragma once

#include "nn/parameter.h"

namespace tapestry::nn {

void uniform_(Parameter& parameter, double low, double high, Rng& rng);  // in [low, high)
void normal_(Parameter& parameter, double mean, double deviation, Rng& rng);

}  // namespace tapestry::nn
