#include "engine/sweep.h"

#include <algorithm>

#include "engine/anomaly.h"
#include "engine/broadcast.h"
#include "engine/pullback.h"
#include "engine/standing.h"
#include "engine/walk.h"

namespace tapestry::detail {
Sweep::Sweep(Tape& tape, NodeId first, NodeId last, std::span<const NodeId> targets, bool recorded)
    : tape_(tape), first_(first), last_(last), recorded_(recorded), targets_(targets) {
  const std::size_t count = last - first + 1;
  if (tape.storage().has_tensors) {
    tensors_.resize(count);
    mark();
  }
  if (!tape.has_scalars()) return;
  if (recorded) {
    scalars_.resize(count);
  } else {
    adjoints_ = std::move(tape.storage().adjoints);
    adjoints_.reset(first, last, tape.storage().values.capacity());
  }
}

Sweep::~Sweep() {
  if (adjoints_.has_room()) tape_.storage().adjoints = std::move(adjoints_);
}

bool Sweep::is_linked() {
  if (marks_.empty()) mark();
  return active(last_);
}

void Sweep::mark() {
  marks_.resize(last_ - first_ + 1);
  for (NodeId id : targets_) marks_[id - first_] = kActive | kTarget;
  const auto any_active = [&](const NodeId* operands, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (active(operands[i])) return true;
    return false;
  };
  runs_up(tape_, first_, last_, [&](const Run& run) {
    for (NodeId id = run.first; id < run.first + run.count; ++id) {
      if (run.kernel) {
        if (any_active(run.leaves_of(id - run.first), static_cast<std::size_t>(run.kernel->leaves)))
          marks_[id - first_] |= kActive;
      } else {
        const TensorNode& node = tape_.tensor_node(id);
        if (is_floating(node.type(id).dtype) && node.op->differentiable &&
            any_active(node.operands, node.operand_count)) {
          marks_[id - first_] |= kActive;
          may_be_recorded_ |= node.op->differentiates_adjoints;
        }
      }
    }
  });
}

namespace {

inline void walk(const Run& run, const double* values, double* adjoints) {
  run.kernel->walk(run.first, run.first + run.count, run.leaves_of(run.count),
                   run.constants_of(run.count), values, adjoints);
}

}  // namespace

void walk_scalars(const TapeStorage& storage, NodeId first, NodeId last, double* adjoints) {
  runs_down<double>(storage, first, last, [&](const Run& run) {
    if (run.kernel->walk) walk(run, storage.values.begin(), adjoints);
  });
}

// By value: a run whose address somebody takes does not stay in registers from one statement to
// the next.
void Sweep::reverse(Run run) {
  if (run.kernel->walk && !recorded_)
    walk(run, values(), adjoints());
  else if (run.kernel->reverse)
    run.kernel->reverse(run, *this);
}

// Statement by statement, each looked at.
void Sweep::watch_reverse(Run run) {
  for (std::uint32_t i = run.count; i-- > 0;) {
    const Run one = run.statement(i);
    {
      const StepsOfOp steps;
      reverse(one);
    }
    std::vector<double> given;
    for (int k = 0; k < run.kernel->leaves; ++k)
      if (active(one.leaves[k]) && tape_.is_scalar(one.leaves[k]))
        given.push_back(adjoint_of(one.leaves[k]));
    births_.contributed(one, values(), adjoint_of(one.first), given);
  }
}

double Sweep::adjoint_of(NodeId scalar) const {
  return recorded_ ? number<Scalar>(scalar).value() : number<double>(scalar);
}

void Sweep::run(bool release) {
  const bool straight = !recorded_ && !watch;
  if (straight && !tape_.storage().has_tensors)
    return walk_scalars(tape_.storage(), first_, last_, adjoints());
  // Recorded here, or only by the other tapes that record now.
  Tape* const now = recording_tape();
  Tape* const recorder = recorded_ ? &tape_ : now == &tape_ ? tape_.around() : now;
  const ResumeRecording resume(recorder);
  tape_.storage().runs.settle();
  runs_down(tape_, first_, last_, [&](const Run& run) {
    if (!run.kernel)
      for (NodeId id = run.first + run.count; id-- > run.first;) reverse(id, release);
    else if (run.kernel->walk && straight)
      walk(run, values(), adjoints());
    else if (watch)
      watch_reverse(run);
    else
      reverse(run);
  });
  if (watch) births_.tell(targets_);
}

void Sweep::release() {
  runs_down(tape_, first_, last_, [&](const Run& run) {
    if (run.kernel) return;
    for (NodeId id = run.first; id < run.first + run.count; ++id) {
      const TensorNode& node = tape_.tensor_node(id);
      if (id == node.id && active(id) && !node.released()) tape_.release(node);
    }
  });
}

void Sweep::reverse(NodeId id, bool release) {
  const TensorNode& node = tape_.tensor_node(id);
  if (id != node.id && node.id >= first_)
    return;  // a later output; its node is reversed at its first
  if (!node.op->vjp) return;
  bool reached = false;
  for (NodeId output = node.id; output < node.id + node.output_count; ++output)
    reached |= active(output) && tensor(output).defined();
  if (!reached) return;
  const auto operands = node.operand_ids();
  if (std::none_of(operands.begin(), operands.end(), [&](NodeId of) { return active(of); }))
    return;  // a target, beyond which nothing is asked for
  if (node.released())
    refuse("gradient",
           "{} (node {}) was passed by an earlier gradient with retain_graph = false, which let go "
           "of what its derivative reads; only the last gradient of a graph may release it",
           node.op->name, node.id);
  {
    const AtNode place(node);
    const StepsOfOp steps;
    Pullback pullback(*this, node);
    node.op->vjp(pullback);
  }
  if (release) tape_.release(node);
  for (NodeId output = id; output < node.id + node.output_count && output <= last_; ++output)
    if (!(marks_[output - first_] & kTarget)) tensors_[output - first_] = Tensor();
}

void Sweep::give(NodeId id, Tensor contribution) {
  if (!active(id)) return;
  const OutputType& type = tape_.tensor_node(id).type(id);
  if (contribution.shape() != type.shape) contribution = sum_to(contribution, type.shape);
  accumulate(tensors_[id - first_], std::move(contribution));
}

// ---- what a rule sees ----

const Tensor& Pullback::adjoint(int output) const {
  static const Tensor none;
  const NodeId id = node_.id + static_cast<NodeId>(output);
  return sweep_.active(id) ? sweep_.tensor(id) : none;
}

Tensor Pullback::take_adjoint(int output) {
  const NodeId id = node_.id + static_cast<NodeId>(output);
  if (watch) return adjoint(output);  // it will be looked at afterwards
  return sweep_.active(id) ? sweep_.take(id) : Tensor();
}

bool Pullback::wants(int operand) const { return sweep_.active(node_.operands[operand]); }
Shape Pullback::input_shape(int operand) const {
  return sweep_.tape().shape(node_.operands[operand]);
}
DType Pullback::input_dtype(int operand) const {
  return sweep_.tape().dtype(node_.operands[operand]);
}
void Pullback::give(int operand, Tensor contribution) {
  if (watch && wants(operand)) {
    std::vector<Tensor> adjoints;
    for (std::uint32_t k = 0; k < node_.output_count; ++k)
      adjoints.push_back(adjoint(static_cast<int>(k)));
    sweep_.births().contributed(node_, operand, contribution, adjoints);
  }
  sweep_.give(node_.operands[operand], std::move(contribution));
}

const Tensor& Pullback::saved(SaveMask bit) const {
  const Tensor* found = node_.find_saved(bit);
  if (!found) refuse(node_.op->name, "its vjp reads a tensor that it did not declare in saves()");
  if (sweep_.recorded() || !followed() || !sweep_.tape().owns(*found)) return *found;
  lent_.push_back(sweep_.tape().outward(*found));
  return lent_.back();
}

}  // namespace tapestry::detail
