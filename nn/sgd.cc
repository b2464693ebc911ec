#include "nn/sgd.h"

#include <algorithm>
#include <cmath>

#include "nn/update_rule.h"
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

template <bool decays, bool heavy, bool nesterov, bool begins>
struct Rule {
  Scalar lr, momentum, weight_decay;

  template <class N>
  N operator()(const N& p, const N& gradient, N* v) const {
    const N g = decays ? N(gradient + setting<N>(weight_decay) * p) : gradient;
    if constexpr (!heavy) return p - setting<N>(lr) * g;
    v[0] = begins ? g : N(setting<N>(momentum) * v[0] + g);
    return p - setting<N>(lr) * (nesterov ? N(g + setting<N>(momentum) * v[0]) : v[0]);
  }
};

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
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const bool heavy = !is_zero(momentum);
    with_flags(
        [&]<bool decays, bool is_heavy, bool nesterov, bool begins>() {
          const Rule<decays, is_heavy, nesterov, begins> rule{lr, momentum, decay};
          if constexpr (is_heavy)
            update<1>(parameters_[i], gradients[i], {&velocity_[i]}, rule, followed);
          else
            update<0>(parameters_[i], gradients[i], {}, rule, followed);
        },
        !is_zero(decay), heavy, options_.nesterov, !velocity_[i].defined());
  }
}

}  // namespace tapestry::nn
