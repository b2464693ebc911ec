// Empty axes: a sample with an axis of no elements gives a result of the right shape and gradients of no elements,
// or is refused. The right extents come from the same sample at its own and at twice its extents: they are linear in
// the extent that vanishes, and never negative.
#include <algorithm>
#include <set>

#include "tests/ops/properties/walk.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
namespace {

// The inputs with some axes `times` as long, their numbers repeated; none for 0. `vanishes(i, axis)` says which.
template <class F>
Tensors stretched(const Tensors& inputs, std::int64_t times, F&& vanishes) {
  Tensors result;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& x = inputs[i];
    Shape shape = x.shape();
    for (int axis = 0; axis < x.rank(); ++axis)
      if (vanishes(i, axis)) shape[axis] *= times;
    Tensor longer = Tensor::uninitialized(shape, x.dtype());
    const Tensor rows = x.contiguous();
    visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      for (std::int64_t at = 0; at < longer.size(); ++at) {
        std::int64_t from = 0, step = 1;
        for (std::int64_t axis = x.rank() - 1, rest = at; axis >= 0; --axis) {
          const int a = static_cast<int>(axis);
          from += rest % shape[a] % x.shape()[a] * step;
          rest /= shape[a];
          step *= x.shape()[a];
        }
        longer.mutable_data<T>()[at] = rows.data<T>()[from];
      }
    });
    result.push_back(longer);
  }
  return result;
}

// An axis whose extent grows with the input's vanishes as the line through both says. One whose extent is constant
// keeps it, but for a window that finds nothing to cut.
void check_shape(const Shape& empty, const Shape& once, const Shape& twice, Findings& findings) {
  findings.check(empty.rank() == once.rank(), "the result has shape {}, with elements {}", empty, once);
  for (int axis = 0; axis < std::min(empty.rank(), once.rank()); ++axis) {
    const std::int64_t expected = std::max<std::int64_t>(0, 2 * once[axis] - twice[axis]);
    const bool grows = twice[axis] != once[axis];
    findings.check(grows ? empty[axis] == expected : empty[axis] <= expected,
                   "the result has shape {}, with elements {}, with twice as many {}", empty, once, twice);
  }
}

template <class F>
void without(const Sample& sample, F&& vanishes, Findings& findings) {
  const Tensors empty = stretched(sample.inputs, 0, vanishes);
  Walk got;
  const std::string refused = refusal([&] { got = walk(sample, empty); });
  if (!refused.empty()) {
    findings.check(refused.starts_with("[") && !refused.starts_with("[gradient]"), "refused as {}", refused);
    return;
  }
  Tensor twice;
  if (refusal([&] { twice = sample.call(stretched(sample.inputs, 2, vanishes)); }).empty())
    check_shape(got.y.shape(), sample.call(sample.inputs).shape(), twice.shape(), findings);
  const auto which = floating(empty);
  for (std::size_t k = 0; k < got.gradients.size(); ++k)
    findings.check(got.gradients[k].shape() == empty[which[k]].shape(), "gradient {} has shape {}, the input {}", k,
                   got.gradients[k].shape(), empty[which[k]].shape());
}

void zero_size(const Record& record, Findings& findings) {
  findings.not_applicable("its samples have no axes");
  for_samples(record, findings, [&](const Sample& sample) {
    const Tensors& inputs = sample.inputs;
    std::set<std::int64_t> extents;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      for (int axis = 0; axis < inputs[i].rank(); ++axis) {
        extents.insert(inputs[i].shape()[axis]);
        findings.at(fmt::format("axis {} of input {} empty", axis, i), [&] {
          without(sample, [&](std::size_t k, int a) { return k == i && a == axis; }, findings);
        });
      }
    for (std::int64_t extent : extents)  // axes that must agree vanish together
      findings.at(fmt::format("all axes of extent {} empty", extent), [&] {
        without(sample, [&](std::size_t k, int a) { return inputs[k].shape()[a] == extent; }, findings);
      });
  });
}

}  // namespace

std::vector<Property> extent_properties() { return {{"zero_size", zero_size}}; }

}  // namespace tapestry::test
