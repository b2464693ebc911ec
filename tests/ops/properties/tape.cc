// What a call leaves behind: a tape that keeps its rules and can be read by others, and, for any number of threads,
// the same bits.
#include <omp.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/ops/properties/walk.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
namespace {

nlohmann::json written(const Tape& tape) {
  std::ostringstream text;
  write_json(text, tape, {.values = true});
  return nlohmann::json::parse(text.str());
}

bool in_catalogue(std::string_view name) {
  for (const Record& record : catalogue())
    if (record.name == name) return true;
  return false;
}

// The nodes that a call makes are of ops of the catalogue: the record's own, or those that it is composed of.
void check_ops(const Record& record, const Tape& tape, Findings& findings) {
  bool own = false, any = false;
  for (NodeId id = 1; id <= tape.size(); ++id) {
    if (tape.is_variable(id) || tape.is_constant(id)) continue;
    any = true;
    own |= tape.op_name(id) == record.name;
    findings.check(in_catalogue(tape.op_name(id)), "node {} is of {}, which has no record", id, tape.op_name(id));
  }
  findings.check(own || any, "the call left no node on the tape");
}

void graph(const Record& record, Findings& findings) {
  findings.not_applicable("it has no floating input, so nothing is recorded");
  for_samples(record, findings, [&](const Sample& sample) {
    if (floating(sample.inputs).empty()) return;
    for (const bool keep : {false, true}) {
      Recording recording(sample, sample.inputs, {.keep_values = keep});
      Tape& tape = recording.tape();
      verify(tape);
      check_ops(record, tape, findings);
      if (recording.has_gradient()) recording.gradients(true);
      verify(tape);
      const nlohmann::json json = written(tape);
      findings.check(json["nodes"].size() == tape.size(), "JSON has {} nodes, the tape {}", json["nodes"].size(),
                     tape.size());
      std::size_t operands = 0;
      for (NodeId id = 1; id <= tape.size(); ++id) operands += tape.operands(id).size();
      findings.check(json["edges"].size() == operands, "JSON has {} edges, the tape {}", json["edges"].size(), operands);
    }
  });
}

constexpr std::int64_t kEnough = 1 << 17;  // elements that several threads share

// The sample with every axis longer than 1 `times` as long, its numbers repeated.
Tensors enlarged(const Tensors& inputs, std::int64_t times) {
  Tensors result;
  for (const Tensor& x : inputs) {
    Shape shape = x.shape();
    std::int64_t steps = 1;
    for (int axis = 0; axis < x.rank(); ++axis)
      if (shape[axis] > 1) {
        shape[axis] *= times;
        steps *= times;
      }
    Tensor larger = Tensor::uninitialized(shape, x.dtype());
    const Tensor rows = x.contiguous();
    visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      for (std::int64_t i = 0; i < larger.size(); ++i)
        larger.mutable_data<T>()[i] = rows.data<T>()[x.size() ? i % x.size() : 0];
    });
    result.push_back(larger);
  }
  return result;
}

// Inputs large enough for threads to share the work, where the sample takes other extents than its own.
Tensors large_inputs(const Sample& sample) {
  PauseRecording pause;
  Tensors best = sample.inputs;
  for (std::int64_t times = 2; times <= kEnough; times *= 2) {
    Tensors inputs = enlarged(sample.inputs, times);
    std::int64_t most = 0, least = best[0].size();
    if (!refusal([&] { most = sample.call(inputs).size(); }).empty()) break;
    bool grew = false;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      grew |= inputs[i].size() > best[i].size();
      most = std::max(most, inputs[i].size());
    }
    (void)least;
    if (!grew) break;
    best = std::move(inputs);
    if (most >= kEnough) break;
  }
  return best;
}

class Threads {
 public:
  explicit Threads(int count) { omp_set_num_threads(count); }
  ~Threads() { omp_set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_ = omp_get_max_threads();
};

Walk walk_with(int threads, const Sample& sample, const Tensors& inputs) {
  const Threads set(threads);
  return walk(sample, inputs);
}

void threads(const Record& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    const Tensors large = large_inputs(sample);
    for (const DType dtype : {DType::f32, DType::f64}) {
      const Tensors inputs = in_dtype(large, dtype);
      const Walk alone = walk_with(1, sample, inputs);
      for (const int count : {2, 3})
        findings.check(same_bits(walk_with(count, sample, inputs), alone), "{} with {} threads differs from 1", dtype,
                       count);
    }
  });
}

}  // namespace

std::vector<Property> tape_properties() { return {{"graph", graph}, {"threads", threads}}; }

}  // namespace tapestry::test
