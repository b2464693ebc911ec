#include "nn/init.h"

#include "ops/ops.h"

namespace tapestry::nn {
using namespace detail;

void uniform_(Parameter& parameter, double low, double high, Rng& rng, Site site) {
  const CallSite call(site);
  parameter.set(uniform(parameter.shape(), low, high, rng, parameter.value().dtype()));
}

void normal_(Parameter& parameter, double mean, double deviation, Rng& rng, Site site) {
  const CallSite call(site);
  parameter.set(mean + deviation * randn(parameter.shape(), rng, parameter.value().dtype()));
}

}  // namespace tapestry::nn
