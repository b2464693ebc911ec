#include "nn/activation.h"

#include "ops/ops.h"

namespace tapestry::nn {
using namespace detail;

Tensor ReLU::forward(const Tensor& x) const { return relu(x); }
Tensor Sigmoid::forward(const Tensor& x) const { return sigmoid(x); }
Tensor Tanh::forward(const Tensor& x) const { return tanh(x); }

Tensor Softmax::forward(const Tensor& x) const { return softmax(x, axis_); }
std::string Softmax::type() const { return fmt::format("Softmax(axis={})", axis_); }

Tensor Flatten::forward(const Tensor& x) const {
  if (x.rank() == 0) refuse("Flatten", "the input has no axes; the first one is kept");
  std::int64_t rest = 1;
  for (int axis = 1; axis < x.rank(); ++axis) rest *= x.shape()[axis];
  return reshape(x, {x.shape()[0], rest});
}

namespace {

// Seeds of fresh streams: the same in each run, and far from the small seeds that programs choose.
Rng& fresh_seeds() {
  thread_local Rng seeds(0x64726f706f7574);
  return seeds;
}

}  // namespace

Dropout::Dropout(double p, Site site) : Dropout(p, fresh_seeds(), site) {}

Dropout::Dropout(double p, Rng& rng, Site site) : Dropout(p, Rng(rng.next()), site) {}

Dropout::Dropout(double p, Rng&& stream, Site site) : p_(p), rng_(std::make_shared<Rng>(stream)) {
  const CallSite call(site);
  if (!(p >= 0 && p < 1)) refuse("Dropout", "the probability is {}; it must lie in [0, 1)", p);
}

Tensor Dropout::forward(const Tensor& x) const {
  if (!is_training() || p_ == 0) return x;
  return where(bernoulli(x.shape(), 1 - p_, *rng_), x / (1 - p_), 0);
}

std::string Dropout::type() const { return fmt::format("Dropout({})", p_); }

}  // namespace tapestry::nn
