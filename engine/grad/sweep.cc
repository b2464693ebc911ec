#include "engine/grad/sweep.h"

#include <algorithm>

#include "engine/grad/bridge.h"
#include "engine/grad/pullback.h"
#include "engine/tape/anomaly.h"
#include "engine/tape/op_clock.h"
#include "engine/tape/provenance.h"
#include "engine/tape/traverse.h"
#include "engine/tensor/factory.h"

namespace tapestry::detail {

Sweep::Sweep(Tape& tape, NodeId y, std::span<const NodeId> targets, bool recorded)
    : use_("gradient", TapeUse::Role::sweeps, tape.epoch()),
      tape_(tape),
      recorded_(recorded),
      wanted_(targets),
      part_(reach_of(tape, {&y, 1}, targets)),
      targets_(part_.first(), part_.last()) {
  for (NodeId id : targets)
    if (active(id)) targets_.insert(id);
  TapeStorage& storage = tape.storage();
  if (storage.has_tensors) tensors_.resize(part_.size());
  if (!tape.has_scalars()) return;
  if (recorded) {
    scalars_.resize(part_.size());
  } else {
    adjoints_ = std::move(storage.adjoints);
    adjoints_.make_room(y, storage.values.capacity());
    part_.for_stretches_down([&](NodeId from, NodeId to) { adjoints_.clear(from, to); });
  }
}

Sweep::~Sweep() {
  if (adjoints_.has_room() && !use_.is_destroyed()) tape_.storage().adjoints = std::move(adjoints_);
}

// By value: a run whose address is taken does not stay in registers from one statement to
// the next.
void Sweep::reverse(Run run) {
  if (run.kernel->reverse && !recorded_)
    reverse_run(run, values(), adjoints());
  else if (run.kernel->record_reverse)
    run.kernel->record_reverse(run, *this);
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
    for (int k = 0; k < run.kernel->arity; ++k)
      if (active(one.operands[k]) && tape_.is_scalar(one.operands[k]))
        given.push_back(adjoint_of(one.operands[k]));
    births_.contributed(one, values(), adjoint_of(one.first), given);
  }
}

double Sweep::adjoint_of(NodeId scalar) const {
  return recorded_ ? number<Scalar>(scalar).value() : number<double>(scalar);
}

void Sweep::run(bool release) {
  // Recorded here, or only by the other tapes that record now.
  Tape* const now = recording_tape();
  Tape* const recorder = recorded_ ? &tape_ : now == &tape_ ? tape_.outer() : now;
  const Tape::Resume resume(recorder);
  tape_.storage().runs.settle();
  const NodeId before = tape_.size();
  recorded_ || context.anomaly_watch ? run_one_by_one(release) : run_plainly(release);
  if (recorded_ && tape_.size() > before)
    tape_.storage().recorded_sweeps.emplace_back(before + 1, tape_.size());
  if (context.anomaly_watch) births_.tell(wanted_);
}

void Sweep::run_plainly(bool release) {
  part_.for_stretches_down([&](NodeId first, NodeId last) {
    runs_down(tape_, first, last, [&](const Run& run) {
      if (run.kernel) return reverse(run);
      for (NodeId id = run.first + run.count; id-- > run.first;)
        if (active(id)) reverse(id, release);
    });
  });
}

void Sweep::run_one_by_one(bool release) {
  Cursor<double> cursor(tape_.storage());
  part_.for_each_down([&](NodeId id) {
    const Run node = cursor.at(id);
    if (!node.kernel)
      reverse(id, release);
    else if (context.anomaly_watch)
      watch_reverse(node);
    else
      reverse(node);
    return true;
  });
}

void Sweep::release() {
  part_.for_each_up([&](NodeId id) {
    if (tape_.is_scalar(id)) return;
    const TensorNode& node = tape_.tensor_node(id);
    if (node.op->vjp && !node.released()) tape_.release(node);
  });
}

void Sweep::reverse(NodeId id, bool release) {
  const TensorNode& node = tape_.tensor_node(id);
  if (reversed_ == &node) return;  // at a later output
  reversed_ = &node;
  bool reached = false;
  for (NodeId output = node.id; output < node.id + node.output_count; ++output) {
    give_elements(output);
    reached |= tensor(output).defined();
  }
  if (!node.op->vjp || !reached) return;
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
    Timing timing(node.op->name, true);
    timing.at(tape_.epoch(), node.id);
    Pullback pullback(*this, node);
    node.op->vjp(pullback);
  }
  if (release) tape_.release(node);
  for (NodeId output = node.id; output < node.id + node.output_count; ++output)
    if (active(output) && !is_target(output)) tensors_[part_.index(output)] = Tensor();
}

void Sweep::give(NodeId id, Tensor contribution) {
  if (active(id)) accumulate(tensors_[part_.index(id)], std::move(contribution));
}

namespace {

template <class Number>
std::vector<Number>& elements_of(std::map<NodeId, std::vector<Number>>& elements, const Tape& tape,
                                 NodeId id) {
  std::vector<Number>& found = elements[id];
  if (found.empty()) found.resize(static_cast<std::size_t>(tape.shape(id).size()));
  return found;
}

}  // namespace

void Sweep::add_element(NodeId tensor, std::size_t position, double contribution) {
  if (active(tensor)) elements_of(elements_, tape_, tensor)[position] += contribution;
}

void Sweep::add_element(NodeId tensor, std::size_t position, const Scalar& contribution) {
  if (!active(tensor)) return;
  Scalar& sum = elements_of(active_elements_, tape_, tensor)[position];
  sum = accumulate(sum, contribution);
}

void Sweep::give_elements(NodeId id) {
  if (const auto plain = elements_.extract(id))
    give(id, from_vector(plain.mapped(), tape_.shape(id)).to(tape_.dtype(id)));
  if (const auto recorded = active_elements_.extract(id))
    give(id, stack(recorded.mapped(), tape_.shape(id), tape_.dtype(id)));
}

}  // namespace tapestry::detail
