// vmap is a loop over examples that differ: of the value, and of the gradients.
#include "ops/transform/vmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "engine/tensor/escapes.h"
#include "ops/layout/join.h"
#include "ops/transform/jacobian.h"
#include "tests/ops/properties/outcome.h"
#include "tests/support/differences.h"

namespace tapestry::test {
using namespace detail;
namespace {

constexpr std::int64_t kExamples = 3;

// Example i of an input: near it where it is floating; otherwise its elements in another order, but
// for ascending numbers, whose order an op may ask for.
Tensor example(const Tensor& x, std::int64_t i) {
  Tensor result = copy_of(x);
  const Tensor source = copy_of(x), w = weights(x.to(DType::f64));
  visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    const T* from = source.data<T>();
    T* to = result.mutable_data<T>();
    const std::int64_t n = x.size();
    for (std::int64_t k = 0; k < n; ++k) {
      if constexpr (std::is_floating_point_v<T>)
        to[k] = from[k] * static_cast<T>(1 + 0.01 * static_cast<double>(i) * w.data<double>()[k]);
      else
        to[k] = std::is_sorted(from, from + n) ? from[k] : from[(k + i) % n];
    }
  });
  return result;
}

// A choice of inputs that are mapped: each alone, and all.
std::vector<std::vector<std::size_t>> choices(std::size_t inputs) {
  std::vector<std::vector<std::size_t>> result;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < inputs; ++i) {
    all.push_back(i);
    if (inputs > 1) result.push_back({i});
  }
  result.push_back(all);
  return result;
}

// A BLAS cuts products of a larger batch otherwise, and some of its kernels ask how a matrix is
// aligned, so that sums have another order.
constexpr std::string_view kByBlas[] = {"matmul",  "triangular_solve", "solve", "inverse", "det",
                                        "slogdet", "cholesky",         "qr",    "eigh",    "svd"};

bool reorders(const Sample& sample) {
  Recording recording(sample, sample.inputs);
  if (recording.has_gradient()) recording.gradients(true);
  const Tape& tape = recording.tape();
  for (NodeId id = 1; id <= tape.size(); ++id)
    if (std::ranges::find(kByBlas, tape.op_name(id)) != std::end(kByBlas)) return true;
  return false;
}

// vmap of a function against a loop over the examples. Whether vmap had to look at numbers, and so
// went example by example.
bool compare(const FunctionOfMany& f, const FunctionOfMany& single, const Tensors& inputs,
             const std::vector<std::size_t>& which, bool exact, Findings& findings) {
  Tensors batch;
  std::vector<Tensors> looped;
  for (std::size_t i : which) {
    Tensors each;
    for (std::int64_t k = 0; k < kExamples; ++k) each.push_back(example(inputs[i], k));
    batch.push_back(stack(each));
  }
  for (std::int64_t k = 0; k < kExamples; ++k) {
    Tensors xs;
    for (std::size_t i : which) xs.push_back(example(inputs[i], k));
    looped.push_back(single(xs));
  }
  const detail::WatchEscapes watch;
  const Tensors got = vmap(f, InAxes(which.size(), 0))(batch);
  const bool looked = watch.numbers || watch.functions;
  for (std::size_t r = 0; r < got.size(); ++r) {
    Tensors each;
    for (const Tensors& results : looped) each.push_back(detach(results[r]));
    const Tensor expected = stack(each);
    const double error = distance(got[r], expected);
    const bool close = error <= (expected.dtype() == DType::f32 ? 1e-5 : 1e-14);
    findings.check(exact ? same_bits(got[r], expected) : close,
                   "{}: result {} with inputs {} mapped differs from the loop by {:.1e}",
                   inputs[0].dtype(), r, fmt::join(which, ", "), error);
  }
  return looked;
}

// Of f32 and of f64, for every choice of inputs.
void for_choices(const Sample& sample,
                 const std::function<void(const Tensors&, const std::vector<std::size_t>&)>& f) {
  for (const DType dtype : {DType::f32, DType::f64})
    for (const auto& which : choices(sample.inputs.size()))
      f(in_dtype(sample.inputs, dtype), which);
}

void value(const OpInfo& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    if (sample.inputs.empty()) return findings.not_applicable("it has no input");
    const bool exact = !reorders(sample);
    for_choices(sample, [&](const Tensors& inputs, const std::vector<std::size_t>& which) {
      const FunctionOfMany f = value_of(sample, inputs, which);
      const bool looked = compare(f, f, inputs, which, exact, findings);
      findings.check(!looked, "it looks at numbers, and goes example by example");
    });
  });
}

// vmap follows the rules op by op, as a recorded sweep does: `recorded_sweep` says how near the
// plain one is.
void gradients(const OpInfo& record, Findings& findings) {
  for_differentiable_samples(record, findings, [&](const Sample& sample) {
    const bool exact = !reorders(sample);
    for_choices(sample, [&](const Tensors& inputs, const std::vector<std::size_t>& which) {
      const bool looked =
          compare(gradients_of(sample, inputs, which), gradients_of(sample, inputs, which, true),
                  inputs, which, exact, findings);
      findings.check(!looked || record.name == "det",  // whose rule is another where it is 0
                     "its rule looks at numbers, and goes example by example");
    });
  });
}

}  // namespace

std::vector<Property> vmap_properties() { return {{"vmap", value}, {"vmap_of_grad", gradients}}; }

}  // namespace tapestry::test
