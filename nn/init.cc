#include "nn/init.h"

#include "ops/ops.h"

namespace tapestry::nn {

void uniform_(Parameter& parameter, double low, double high, Rng& rng) {
  parameter.set(uniform(parameter.shape(), low, high, rng, parameter.value().dtype()));
}

void normal_(Parameter& parameter, double mean, double deviation, Rng& rng) {
  parameter.set(mean + deviation * randn(parameter.shape(), rng, parameter.value().dtype()));
}

}  // namespace tapestry::nn
