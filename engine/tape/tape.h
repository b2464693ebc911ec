// The tape: operations in the order in which they were executed, which is a topological order of
// their graph. It only grows; a sweep over it is a loop. Destroying or clearing it ends the
// recording but keeps the pages for the next one on this thread. A handle that outlives its
// recording is refused by tapes, never followed; where none records it is a plain number.
//
// Ids count from 1 in recording order, tensors and scalars alike. The tape is a sequence of spans:
// tensor operations, and runs of scalar statements of one kernel.
#pragma once

#include <forward_list>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/tape/comparison.h"
#include "engine/tape/node.h"
#include "engine/tape/statement_tape.h"
#include "engine/tape/tape_storage.h"
#include "engine/tensor/basic_scalar.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

struct TapeOptions {
  // Keep every node's numbers, for drawing them; otherwise only what vjps read.
  bool keep_values = false;
  // What outer tapes track and a computation captured becomes a leaf here, see captured().
  bool adopt = false;
  // Adopt, but keep nothing for vjps and let no other tape record: see what a computation uses.
  bool observe_only = false;
  // Forward mode: every operation's tangent is computed with it, and nothing is kept for vjps.
  bool carry_tangents = false;
};

// Tapes nest on a thread, and the innermost records. Another thread may differentiate a tape, clear
// or destroy it, one thread at a time. What tapes have in common with those of other numbers,
// clear(), rewind() and stop() among it, is in engine/tape/statement_tape.h and
// engine/tape/living_tape.h.
class Tape : public detail::StatementTape<double> {
 public:
  Tape() : Tape(TapeOptions{}) {}
  explicit Tape(TapeOptions options);  // becomes this thread's innermost tape
  ~Tape();

  // A leaf to differentiate with respect to. The value is taken as plain numbers. Error for an
  // integer dtype.
  Tensor variable(const Tensor& value, std::string_view name = {}, detail::Site site = {});
  Scalar variable(double value, std::string_view name = {});
  // A leaf that stands in the graph but takes no gradient: an input, a target.
  Tensor constant(const Tensor& value, std::string_view name = {}, detail::Site site = {});
  // The variable that stands for `key` in this recording: made from `value` on first use, or when
  // the value changed; only then is it asked for its name.
  Tensor variable_for(const void* key, const Tensor& value,
                      const std::function<std::string()>& name);
  // Names a node for drawings and messages. Error when it is not of this tape.
  void set_name(const Tensor& x, std::string_view name, detail::Site site = {});
  void set_name(Scalar x, std::string_view name, detail::Site site = {});

  // Error for a node of this recording that was rewound past.
  void check_node(std::string_view who, NodeId id) const;

  using StatementTape::owns;
  bool owns(const Tensor& x) const { return owns(x.epoch(), x.id()); }
  bool keeps_values() const { return options_.keep_values; }
  bool keeps_saves() const { return !options_.observe_only && !options_.carry_tangents; }
  bool carries_tangents() const { return options_.carry_tangents; }
  bool observes() const { return options_.observe_only; }
  bool adopts() const { return options_.adopt || options_.observe_only; }

  // ---- nesting: a variable made of a value that an outer tape tracks is followed by both. Each
  // operation is recorded on every tape that tracks an operand. ----
  // The same value as the outer tape knows it: tracked there, or plain numbers.
  Tensor outer_value(const Tensor& x) const;
  // The same for a node; not defined() when no outer tape tracks it.
  const Tensor& outer_value(NodeId id) const;
  // Leaves whose value an outer tape tracks, in order: variables, and what a computation captured.
  std::vector<NodeId> captured() const;

  // ---- forward mode, on a tape that carries tangents ----
  void set_tangent(const Tensor& x, const Tensor& tangent);
  // Not defined() when it is zero; Error where the derivative does not exist.
  const Tensor& tangent(const Tensor& x) const;

  // ---- reading: the graph ----
  bool is_scalar(NodeId id) const;
  const detail::TensorNode& tensor_node(NodeId id) const;  // of a tensor id (any of its outputs)
  double scalar_value(NodeId id) const;
  NodeId run_end(
      NodeId id) const;  // nodes [id, run_end(id)) are of one run: the same kernel, one by one
  detail::Run statement(
      NodeId id) const;  // the single statement that made a scalar, as a run of one
  std::span<const NodeId> operands(NodeId id) const;  // in slot order, with repetitions
  std::string_view op_name(NodeId id) const;
  std::string_view name(NodeId id) const;  // empty when unnamed
  bool is_variable(NodeId id) const;
  bool is_constant(NodeId id) const;
  Shape shape(NodeId id) const;
  DType dtype(NodeId id) const;
  const Tensor* kept_value(NodeId id) const;  // null when not kept; scalars: see scalar_value
  std::string attributes_text(NodeId id) const;
  detail::Site site(NodeId id) const;       // where the user asked for it; scalars: nowhere
  std::string_view scope(NodeId id) const;  // the name scopes it stands in; scalars: none

  // What scalars were compared, in order, see engine/tape/comparison.h.
  std::span<const detail::Comparison> comparisons() const;

  // Leaves whose numbers came from another node of this tape without its history, as {leaf, node}:
  // they went through detach() or stop_gradient(), or a plain tensor was used in place of its
  // variable.
  std::span<const std::pair<NodeId, NodeId>> severed() const;
  // Numbers that operations keep for vjps and drawings: calls f(node, tensor), nodes in order.
  void for_each_saved(const std::function<void(const detail::TensorNode&, const Tensor&)>& f) const;

  // ---- reading: spans. Their runs come one by one through engine/tape/traverse.h ----
  std::size_t span_count() const;
  std::size_t span_of(NodeId id) const;
  bool has_scalars() const;

  // ---- recording: for ops ----
  void record(const detail::Op& op, detail::Inputs inputs, const void* attributes,
              std::span<Tensor> outputs);
  // An op whose operands are scalars of this tape or passive ones.
  Tensor record_bridge(const detail::Op& op, std::span<const Scalar> operands,
                       const void* attributes, Tensor output);
  Scalar record_statement(const detail::KernelOf<double>& kernel, std::span<const NodeId> operands,
                          std::span<const double> payload, double value);
  // A constant of this value; the same node for the same number where it was used lately.
  Scalar scalar_constant(double value);
  void refuse_tangents(std::string_view who) const;  // Error on a tape that carries them
  void keep(std::shared_ptr<const void> object);     // until this recording ends
  void release(
      const detail::TensorNode& node);  // lets go of what its vjp reads; no sweep passes it again
  NodeId id_of(std::string_view who, int operand, Scalar x);  // 0 when passive; Error when stale
  static void write_to(Tape* tape);

 private:
  NodeId new_scalar_constant(double value);
  NodeId record_leaf(const detail::Op& op, const Tensor& value, bool keep,
                     std::string_view name = {});
  NodeId push_node(const detail::Op& op, std::span<const NodeId> operands, const void* attributes,
                   std::span<Tensor> outputs, detail::SaveMask saves, const detail::Inputs* inputs,
                   bool keep_values);
  NodeId operand_id(const detail::Op& op, int slot, const Tensor& x);
  bool follows(const Tensor& x) const {
    return x.epoch() == epoch() || (adopts() && x.is_tracked());
  }
  void set_outer_value(NodeId id, const Tensor& x);
  void note_origin(detail::Inputs inputs, std::span<Tensor> outputs) const;
  void record_nested(const detail::Op& op, detail::Inputs inputs, const void* attributes,
                     std::span<Tensor> outputs);
  void record_here(const detail::Op& op, detail::Inputs inputs, const void* attributes,
                   std::span<Tensor> outputs, std::span<const Tensor> followed);
  void push_tangents(const detail::Op& op, detail::Inputs inputs, const void* attributes,
                     std::span<const Tensor> outputs);

  TapeOptions options_;
};

// The tape that records on this thread now, or null: none lives, or recording is paused.
inline Tape* recording_tape() { return Tape::recording(); }

namespace detail {

// This thread's living tape with that recording, or null. Handles of it are recorded.
inline Tape* find_tape(Epoch epoch) { return Tape::find(epoch); }
// The living tape of any thread that has a node, or an Error in the name of `who` that says that
// the handle is stale.
inline Tape& tape_of(std::string_view who, const Tensor& x) { return Tape::of(who, x); }
inline Tape& tape_of(std::string_view who, const Scalar& x) { return Tape::of(who, x); }

// Whether it is a node of a tape of this thread.
template <class Handle>
bool lives_here(const Handle& x) {
  const Tape* const tape = find_tape(x.epoch());
  return tape && tape->owns(x);
}
}  // namespace detail

// Of what converts to a Scalar, too.
inline Tape& tape_of(const Scalar& x, detail::Site site = {}) { return tape_of<double>(x, site); }

// While it lives nothing is recorded on this thread, by tapes of whatever numbers.
class PauseRecording {
 public:
  PauseRecording() {
    for (detail::TapeList* list = detail::tape_lists; list; list = list->next)
      paused_.emplace_front(*list, nullptr);
  }
  PauseRecording(const PauseRecording&) = delete;
  PauseRecording& operator=(const PauseRecording&) = delete;

 private:
  std::forward_list<detail::Recorder> paused_;
};

}  // namespace tapestry
