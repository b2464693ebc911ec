// Empty axes: a sample with an axis of no elements gives a result of the right shape and gradients
// of no elements, or is refused. The right extents follow from the same sample with two and
// with four times the elements: they are linear in the extent that vanishes, and never negative.
#include <algorithm>
#include <set>

#include "tests/ops/properties/outcome.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
using namespace detail;
namespace {

// An axis that grows with the input's vanishes as the line through both says. One of constant
// extent keeps it, but for a window that finds nothing to cut.
void check_shape(const Shape& empty, const Shape& twice, const Shape& fourfold,
                 Findings& findings) {
  bool fits = empty.rank() == twice.rank();
  for (int axis = 0; fits && axis < empty.rank(); ++axis) {
    const std::int64_t expected = std::max<std::int64_t>(0, 2 * twice[axis] - fourfold[axis]);
    fits = twice[axis] == fourfold[axis] ? empty[axis] <= expected : empty[axis] == expected;
  }
  findings.check(fits, "the result has shape {}, with twice the elements {}, with four times {}",
                 empty, twice, fourfold);
}

using Chosen = std::function<bool(std::size_t input, int axis)>;

void without(const Sample& sample, const Chosen& chosen, Findings& findings) {
  const Tensors empty = lengthened(sample.inputs, 0, chosen);
  Outcome got;
  const std::string refused = refusal([&] { got = run(sample, empty); });
  if (!refused.empty()) {
    findings.check(refused.starts_with("[") && !refused.starts_with("[gradient]"), "refused as {}",
                   refused);
    return;
  }
  Shape twice, fourfold;
  const auto shape_of = [&](std::int64_t times) {
    return sample.call(lengthened(sample.inputs, times, chosen)).shape();
  };
  if (refusal([&] { twice = shape_of(2), fourfold = shape_of(4); }).empty())
    check_shape(got.y.shape(), twice, fourfold, findings);
  const auto which = floating(empty);
  for (std::size_t k = 0; k < got.gradients.size(); ++k) {
    findings.check(got.gradients[k].shape() == empty[which[k]].shape(),
                   "gradient {} has shape {}, the input {}", k, got.gradients[k].shape(),
                   empty[which[k]].shape());
  }
}

void zero_size(const OpInfo& record, Findings& findings) {
  findings.not_applicable("its samples have no axes");
  for_samples(record, findings, [&](const Sample& sample) {
    const Tensors& inputs = sample.inputs;
    std::set<std::int64_t> extents;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      for (int axis = 0; axis < inputs[i].rank(); ++axis) {
        extents.insert(inputs[i].shape()[axis]);
        findings.at(fmt::format("axis {} of input {} empty", axis, i), [&] {
          without(
              sample, [&](std::size_t k, int a) { return k == i && a == axis; }, findings);
        });
      }
    }
    for (std::int64_t extent : extents) {  // axes that must agree vanish together
      findings.at(fmt::format("all axes of extent {} empty", extent), [&] {
        without(
            sample, [&](std::size_t k, int a) { return inputs[k].shape()[a] == extent; }, findings);
      });
    }
  });
}

}  // namespace

std::vector<Property> extent_properties() { return {{"zero_size", zero_size}}; }

}  // namespace tapestry::test
