#include "nn/sgd.h"

#include <algorithm>
#include <cmath>

#include "ops/elementwise/update.h"
#include "ops/ops.h"

namespace tapestry::nn {
using namespace detail;
namespace {

void check_lr(Scalar lr) {
  if (!(lr.value() >= 0) || !std::isfinite(lr.value()))
    refuse("SGD", "lr is {}; it must be finite and not negative", lr.value());
}

bool is_zero(Scalar x) { return !x.is_tracked() && x.value() == 0; }

// The name in quotes; empty where there is none.
std::string quoted(const Parameter& parameter) {
  return parameter.name().empty() ? "" : fmt::format(" \"{}\"", parameter.name());
}

// What the recording tape does not know any more is plain numbers.
Tensor current(const Tensor& x) {
  const Tape* tape = recording_tape();
  return tape && tape->owns(x) ? x : detach(x);
}
Scalar current(Scalar x) {
  const Tape* tape = recording_tape();
  return tape && tape->owns(x) ? x : detach(x);
}

// The update of one parameter as SGD::step records it, in the same order of operations.
template <bool decays, bool nesterov>
Tensor step_in_one_pass(const Tensor& p, const Tensor& g, Tensor& velocity,
                        const SGDOptions& options) {
  const double lr = options.lr.value(), momentum = options.momentum.value(),
               decay = options.weight_decay.value();
  const auto gradient = [=]<class T>(T x, T d) {
    return decays ? d + static_cast<T>(decay) * x : d;
  };
  if (is_zero(options.momentum))
    return updated<0>(
        p, g, {}, [=]<class T>(T x, T d, T*) { return x - static_cast<T>(lr) * gradient(x, d); });
  if (!velocity.defined())
    return updated<1>(p, g, {&velocity}, [=]<class T>(T x, T d, T* v) {
      *v = gradient(x, d);
      return x - static_cast<T>(lr) * (nesterov ? *v + static_cast<T>(momentum) * *v : *v);
    });
  return updated<1>(p, g, {&velocity}, [=]<class T>(T x, T d, T* v) {
    const T of = gradient(x, d);
    *v = static_cast<T>(momentum) * *v + of;
    return x - static_cast<T>(lr) * (nesterov ? of + static_cast<T>(momentum) * *v : *v);
  });
}

Tensor step_in_one_pass(const Tensor& p, const Tensor& g, Tensor& velocity,
                        const SGDOptions& options) {
  const auto step =
      is_zero(options.weight_decay)
          ? (options.nesterov ? step_in_one_pass<false, true> : step_in_one_pass<false, false>)
          : (options.nesterov ? step_in_one_pass<true, true> : step_in_one_pass<true, false>);
  return step(p, g, velocity, options);
}

}  // namespace

void SGD::set_lr(Scalar lr, Site site) {
  const CallSite call(site);
  check_lr(lr);
  options_.lr = lr;
}

SGD::SGD(std::vector<Parameter> parameters, SGDOptions options, Site site)
    : parameters_(std::move(parameters)), options_(options), velocity_(parameters_.size()) {
  const CallSite call(site);
  if (parameters_.empty())
    refuse("SGD", "there are no parameters; a module of your own lists what it owns in members()");
  check_lr(options.lr);
  const double momentum = options.momentum.value(), decay = options.weight_decay.value();
  if (!(momentum >= 0)) refuse("SGD", "momentum is {}; it must not be negative", momentum);
  if (!(decay >= 0)) refuse("SGD", "weight_decay is {}; it must not be negative", decay);
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (std::find(parameters_.begin(), parameters_.begin() + static_cast<std::ptrdiff_t>(i),
                  parameters_[i]) != parameters_.begin() + static_cast<std::ptrdiff_t>(i))
      refuse("SGD", "parameter {}{} is given twice", i, quoted(parameters_[i]));
  if (options.nesterov && is_zero(options.momentum))
    refuse("SGD", "nesterov needs a momentum above 0");
}

void SGD::step(const std::vector<Tensor>& gradients, Site site) {
  const CallSite call(site);
  if (gradients.size() != parameters_.size())
    refuse("SGD", "{} gradients for {} parameters", gradients.size(), parameters_.size());
  const Scalar lr = current(options_.lr), momentum = current(options_.momentum),
               decay = current(options_.weight_decay);
  bool followed = lr.is_tracked() || momentum.is_tracked() || decay.is_tracked();
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (gradients[i].shape() != parameters_[i].shape())
      refuse("SGD", "gradient {} has shape {}, its parameter{} {}", i, gradients[i].shape(),
             quoted(parameters_[i]), parameters_[i].shape());
    followed |= current(gradients[i]).is_tracked();
  }
  for (std::size_t i = 0; i < gradients.size() && !followed; ++i) {
    const Tensor p = parameters_[i].value();
    const Tensor g = detach(gradients[i]).to(p.dtype());
    if (velocity_[i].defined()) velocity_[i] = detach(velocity_[i]).to(p.dtype());
    parameters_[i].set(step_in_one_pass(p, g, velocity_[i], options_));
  }
  for (std::size_t i = 0; i < gradients.size() && followed; ++i) {
    const Tensor p = parameters_[i].tensor();
    Tensor g = current(gradients[i]).to(p.dtype());
    if (!is_zero(decay)) g = g + decay * p;
    Tensor direction = g;
    if (!is_zero(momentum)) {
      Tensor& v = velocity_[i];
      v = v.defined() ? momentum * current(v).to(p.dtype()) + g : g;
      direction = options_.nesterov ? g + momentum * v : v;
    }
    parameters_[i].set(p - lr * direction);
  }
}

}  // namespace tapestry::nn
