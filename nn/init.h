// New numbers for a parameter.
#pragma once

#include "nn/parameter.h"

namespace tapestry::nn {

void uniform_(Parameter& parameter, double low, double high, Rng& rng,
              detail::Site site = {});  // in [low, high)
void normal_(Parameter& parameter, double mean, double deviation, Rng& rng, detail::Site site = {});

}  // namespace tapestry::nn
