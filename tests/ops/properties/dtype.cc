// Dtypes: single precision gives the numbers of double precision, rounded; different dtypes meet in
// the larger; integers work or are refused.
#include <algorithm>
#include <cmath>

#include "tests/ops/properties/outcome.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
using namespace detail;
namespace {

constexpr std::string_view kNoFloating = "it has no floating input";

// At the same points, those that f32 holds.
void single_precision(const OpInfo& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    if (floating(sample.inputs).empty()) return findings.not_applicable(std::string(kNoFloating));
    const Tensors rounded = in_dtype(sample.inputs, DType::f32);
    const Outcome narrow = run(sample, rounded), wide = run(sample, in_dtype(rounded, DType::f64));
    findings.check(narrow.y.dtype() == DType::f32 || narrow.y.dtype() == wide.y.dtype(),
                   "f32 gives {}", narrow.y.dtype());
    findings.check(narrow.y.shape() == wide.y.shape(), "f32 gives shape {}, f64 {}",
                   narrow.y.shape(), wide.y.shape());
    const double error = distance(narrow.y, wide.y);
    findings.check(error < 1e-6, "the f32 value is off by {:.1e}", error);
    for (std::size_t k = 0; k < narrow.gradients.size(); ++k) {
      findings.check(narrow.gradients[k].dtype() == DType::f32, "f32 gradient {} is {}", k,
                     narrow.gradients[k].dtype());
      const double slope_error = distance(narrow.gradients[k], wide.gradients[k]);
      findings.check(slope_error < 1e-5, "f32 gradient {} is off by {:.1e}", k, slope_error);
    }
  });
}

// One input in f32, the others in f64: the numbers of f64, and a gradient in the dtype of each
// input.
void mixed_precision(const OpInfo& record, Findings& findings) {
  findings.not_applicable("it has fewer than two floating inputs");
  for_samples(record, findings, [&](const Sample& sample) {
    const auto which = floating(sample.inputs);
    if (which.size() < 2) return;
    const Tensors rounded = in_dtype(in_dtype(sample.inputs, DType::f32), DType::f64);
    const Outcome wide = run(sample, rounded);
    for (std::size_t i : which) {
      Tensors mixed = rounded;
      mixed[i] = mixed[i].to(DType::f32);
      const Outcome got = run(sample, mixed);
      findings.check(same_bits(got.y, wide.y), "with f32 for input {} the value is not that of f64",
                     i);
      for (std::size_t k = 0; k < got.gradients.size(); ++k) {
        findings.check(got.gradients[k].dtype() == mixed[which[k]].dtype(), "gradient {} is {}", k,
                       got.gradients[k].dtype());
        const double error = distance(got.gradients[k], wide.gradients[k]);
        findings.check(error <= (which[k] == i ? 1e-6 : 0),
                       "with f32 for input {} gradient {} is off by {:.1e}", i, k, error);
      }
    }
  });
}

// Whole numbers: as floats, as i64 and as booleans the result has one shape, or the dtype is
// refused.
void integers(const OpInfo& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    if (floating(sample.inputs).empty()) return findings.not_applicable(std::string(kNoFloating));
    for (const DType dtype : {DType::i64, DType::boolean}) {
      const Tensors whole = in_dtype(sample.inputs, dtype);
      Tensors plain = whole;
      for (std::size_t i : floating(sample.inputs)) plain[i] = whole[i].to(DType::f64);
      Tensor y;
      const std::string refused = refusal([&] { y = run(sample, whole).y; });
      if (!refused.empty()) {
        findings.check(refused.find(name_of(dtype)) != refused.npos,
                       "the refusal does not name {}: {}", dtype, refused);
        continue;
      }
      const Tensor expected = run(sample, plain).y;
      findings.check(y.shape() == expected.shape(), "{} gives shape {}, f64 {}", dtype, y.shape(),
                     expected.shape());
      if (!is_floating(y.dtype()) &&
          std::ranges::all_of(expected.to_vector(), [](double v) { return std::isfinite(v); }))
        findings.check(distance(y, expected) == 0, "{} gives other numbers than f64", dtype);
    }
  });
}

}  // namespace

std::vector<Property> dtype_properties() {
  return {{"single_precision", single_precision},
          {"mixed_precision", mixed_precision},
          {"integers", integers}};
}

}  // namespace tapestry::test
