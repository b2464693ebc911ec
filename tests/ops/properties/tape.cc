// What a call leaves behind: a tape that keeps its rules and can be read by others, and, for any
// number of threads, the same bits.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/parallel.h"
#include "tests/ops/properties/outcome.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
using namespace detail;
namespace {

nlohmann::json written(const Tape& tape) {
  std::ostringstream text;
  write_json(text, tape, {.values = true});
  return nlohmann::json::parse(text.str());
}

bool in_catalogue(std::string_view name) {
  for (const OpInfo& record : catalogue())
    if (record.name == name) return true;
  return false;
}

// The nodes that a call makes are of ops of the catalogue: the record's own, or those that it is
// composed of.
std::size_t check_ops(const Tape& tape, Findings& findings) {
  std::size_t nodes = 0;
  for (NodeId id = 1; id <= tape.size(); ++id) {
    if (tape.is_variable(id) || tape.is_constant(id)) continue;
    ++nodes;
    findings.check(in_catalogue(tape.op_name(id)), "node {} is of {}, which has no record", id,
                   tape.op_name(id));
  }
  return nodes;
}

void check_json(const Tape& tape, Findings& findings) {
  const nlohmann::json json = written(tape);
  std::size_t operands = 0;
  for (NodeId id = 1; id <= tape.size(); ++id) operands += tape.operands(id).size();
  findings.check(json["nodes"].size() == tape.size(), "JSON has {} nodes, the tape {}",
                 json["nodes"].size(), tape.size());
  findings.check(json["edges"].size() == operands, "JSON has {} edges, the tape {}",
                 json["edges"].size(), operands);
}

void graph(const OpInfo& record, Findings& findings) {
  std::size_t nodes = 0, variables = 0;
  for_samples(record, findings, [&](const Sample& sample) {
    for (const DType dtype : {DType::f32, DType::f64}) {
      Recording recording(sample, in_dtype(sample.inputs, dtype),
                          {.keep_values = dtype == DType::f64});
      const Tape& tape = recording.tape();
      verify(tape);
      nodes += check_ops(tape, findings);
      variables += recording.variables().size();
      if (recording.has_gradient()) recording.gradients(true);
      verify(tape);
      check_json(tape, findings);
    }
  });
  findings.check(nodes > 0 || variables == 0, "no call leaves a node on the tape");
}

// Every node names the line of the user's call, here the sample's, whatever the op is composed of;
// so do the nodes of its recorded sweep.
void site(const OpInfo& record, Findings& findings) {
  findings.not_applicable("its operands carry no gradient, so no call leaves a node");
  for_samples(record, findings, [&](const Sample& sample) {
    Recording recording(sample, sample.inputs);
    if (recording.has_gradient()) recording.gradients(true);
    const Tape& tape = recording.tape();
    for (NodeId id = 1; id <= tape.size(); ++id) {
      if (tape.is_variable(id) || tape.is_constant(id)) continue;
      const Site site = tape.site(id);
      // A sample of the page is written in the page.
      findings.check(site.is_known() && (site.file().find("ops/catalogue/") != site.file().npos ||
                                         site.function().find("_cases") != site.function().npos),
                     "node {} ({}) names {} in {}", id, tape.op_name(id), site, site.function());
    }
  });
}

constexpr std::int64_t kEnough = 1 << 16;  // elements that several threads share

// Inputs long enough for threads to share the work, where the sample takes longer ones.
Tensors long_inputs(const Sample& sample) {
  const auto longer_than_1 = [&](std::size_t input, int axis) {
    return sample.inputs[input].shape()[axis] > 1;
  };
  Tensors longest = sample.inputs;
  std::int64_t most = 0;
  for (std::int64_t times = 2; most < kEnough && times <= kEnough; times *= 2) {
    Tensors inputs = lengthened(sample.inputs, times, longer_than_1);
    if (!refusal([&] { most = sample.call(inputs).size(); }).empty()) break;
    for (const Tensor& x : inputs) most = std::max(most, x.size());
    longest = std::move(inputs);
  }
  return longest;
}

class Threads {
 public:
  explicit Threads(int count) {
    omp_set_num_threads(count);
    parallel_grain = 1 << 13;
  }
  ~Threads() {
    omp_set_num_threads(before_);
    parallel_grain = grain_;
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_ = omp_get_max_threads();
  const std::int64_t grain_ = parallel_grain;
};

Outcome run_with(int threads, const Sample& sample, const Tensors& inputs) {
  const Threads set(threads);
  return run(sample, inputs);
}

void threads(const OpInfo& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    const Tensors inputs_f64 = long_inputs(sample);
    for (const DType dtype : {DType::f32, DType::f64}) {
      const Tensors inputs = in_dtype(inputs_f64, dtype);
      findings.check(same_bits(run_with(2, sample, inputs), run_with(1, sample, inputs)),
                     "{} with two threads differs from one", dtype);
    }
  });
}

bool is_finite(const Tensor& x) {
  return !is_floating(x.dtype()) ||
         std::ranges::all_of(x.to_vector(), [](double v) { return std::isfinite(v); });
}

// Who watches for anomalies is told of none where value and gradients are finite.
void watched(const OpInfo& record, Findings& findings) {
  findings.not_applicable("its values or gradients are not finite");
  for_samples(record, findings, [&](const Sample& sample) {
    const Outcome plain = run(sample, sample.inputs);
    if (!is_finite(plain.y) || !std::ranges::all_of(plain.gradients, is_finite)) return;
    const DetectAnomaly watch;
    const std::string told = refusal([&] {
      const Recording recording(sample, sample.inputs);
      for (const bool recorded : {false, true})
        if (recording.has_gradient()) recording.gradients(recorded);
    });
    findings.check(told.empty(), "an anomaly is told: {}", told);
  });
}

}  // namespace

std::vector<Property> tape_properties() {
  return {{"graph", graph}, {"site", site}, {"threads", threads}, {"watched", watched}};
}

}  // namespace tapestry::test
