#include "engine/tape.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "engine/anomaly.h"
#include "engine/apply.h"
#include "engine/leaf.h"
#include "engine/tape_storage.h"

namespace tapestry {
using namespace detail;

void Tape::write_to(Tape* tape) {
  const bool plainly =
      tape && !detail::watch && !tape->carries_tangents() && !tape->storage().moved;
  detail::statement_storage<double> = plainly ? &tape->storage() : &detail::no_storage<double>;
}

void detail::refuse_stale(std::string_view who, std::string_view what) {
  refuse(who,
         "{} was recorded on a tape that no longer lives on this thread; use its numbers through "
         "detach(), or put it "
         "on the new tape with tape.variable()",
         what);
}

Epoch detail::fresh_epoch() {
  // A thread takes many at once: an atomic increment takes as long as the rest of a tape's birth.
  constexpr Epoch many = 256;
  static std::atomic<Epoch> untaken{0};
  static constinit thread_local Epoch next = 0;
  if (next % many == 0) next = untaken.fetch_add(many, std::memory_order_relaxed);
  if (next == 0) ++next;
  return next++;
}

Tape& detail::tape_of(std::string_view who, Epoch epoch) {
  Tape* tape = find_tape(epoch);
  if (!tape) detail::refuse_stale(who, "a handle");
  return *tape;
}

Tape::Tape(TapeOptions options)
    : options_(options), storage_(detail::StoragePool<detail::TapeStorage>::take()) {
  begin();
  join();
}

Tape::~Tape() {
  leave();
  if (!detail::TapeUse::keep(epoch_, storage_))
    detail::StoragePool<detail::TapeStorage>::give_back(std::move(storage_));
}

void Tape::begin() {
  epoch_ = fresh_epoch();
  storage_->begin(epoch_);
}

void Tape::clear() {
  detail::TapeUse::check_clear(epoch_);
  storage_->reset();
  begin();
  record_on(recording());
}

TapeMark Tape::mark() const {
  const detail::TapeStorage& s = *storage_;
  return {s.mark(),         s.owners.size(),      s.kept.size(),
          s.severed.size(), s.comparisons.size(), s.arena.place()};
}

void Tape::check_mark(std::string_view who, const TapeMark& mark) const {
  const detail::TapeStorage& s = *storage_;
  s.check(who, mark);
  const bool owners_fit =
      mark.owners <= s.owners.size() &&
      (mark.owners == 0 || s.owners[mark.owners - 1]->id < mark.next) &&
      (mark.owners == s.owners.size() || s.owners[mark.owners]->id >= mark.next);
  if (!owners_fit) detail::refuse_mark(who, mark.next);
}

void Tape::rewind(const TapeMark& mark) {
  check_mark("rewind", mark);
  detail::TapeUse::check_rewind("rewind", *this, mark.callbacks, true);
  storage_->rewind(mark);
}

void Tape::check_node(std::string_view who, NodeId id) const {
  if (id > size()) detail::refuse_forgotten(who, id, size());
}

// ---- reading ----

NodeId Tape::size() const { return storage_->size(); }
bool Tape::has_scalars() const { return storage_->runs.has_statements(); }
std::size_t Tape::span_count() const { return storage_->runs.size(); }

std::size_t Tape::span_of(NodeId id) const {
  if (id == 0 || id > size())
    refuse("tape", "there is no node {}; the tape holds 1 to {}", id, size());
  return storage_->runs.find(id);
}

NodeId Tape::run_end(NodeId id) const {
  const std::size_t span = span_of(id);
  if (storage_->runs[span].period > 1) return id + 1;
  return span + 1 < storage_->runs.size() ? storage_->runs[span + 1].first : size() + 1;
}

Run Tape::statement(NodeId id) const {
  const detail::Runs::Place place = detail::Runs::place(storage_->runs[span_of(id)], id);
  return {place.kernel, id, 1, storage_->leaves.begin() + place.leaves,
          storage_->constants.begin() + place.constants};
}
bool Tape::is_scalar(NodeId id) const {
  return has_scalars() && storage_->runs[span_of(id)].kernel;
}
const TensorNode& Tape::tensor_node(NodeId id) const { return *storage_->node(id); }
double Tape::scalar_value(NodeId id) const { return storage_->values[id]; }

std::span<const NodeId> Tape::operands(NodeId id) const {
  if (!is_scalar(id)) return tensor_node(id).operand_ids();
  const Run run = statement(id);
  return {run.leaves, static_cast<std::size_t>(run.kernel->leaves)};
}

std::string_view Tape::op_name(NodeId id) const {
  return is_scalar(id) ? statement(id).kernel->name : tensor_node(id).op->name;
}

std::string_view Tape::name(NodeId id) const {
  const auto found = storage_->names.find(id);
  return found == storage_->names.end() ? std::string_view{} : found->second;
}

bool Tape::is_variable(NodeId id) const {
  return is_scalar(id) ? statement(id).kernel == &detail::kVariableStatement
                       : tensor_node(id).op == &op_of<detail::Variable>;
}

bool Tape::is_constant(NodeId id) const {
  return is_scalar(id) ? statement(id).kernel == &detail::kConstantStatement
                       : tensor_node(id).op == &op_of<detail::Constant>;
}

Shape Tape::shape(NodeId id) const {
  return is_scalar(id) ? Shape{} : tensor_node(id).type(id).shape;
}
DType Tape::dtype(NodeId id) const {
  return is_scalar(id) ? DType::f64 : tensor_node(id).type(id).dtype;
}

const Tensor* Tape::kept_value(NodeId id) const {
  if (is_scalar(id)) return nullptr;
  const TensorNode& node = tensor_node(id);
  return node.values ? node.values + (id - node.id) : nullptr;
}

std::string Tape::attributes_text(NodeId id) const {
  if (!is_scalar(id)) return tensor_node(id).op->describe(tensor_node(id).attributes);
  const Run run = statement(id);
  return run.kernel->print
             ? run.kernel->print({run.constants, static_cast<std::size_t>(run.kernel->constants)})
             : std::string{};
}

Site Tape::site(NodeId id) const { return is_scalar(id) ? Site::nowhere() : tensor_node(id).site; }

std::string_view Tape::scope(NodeId id) const {
  const std::string* path = is_scalar(id) ? nullptr : tensor_node(id).scope;
  return path ? std::string_view(*path) : std::string_view();
}

std::span<const Comparison> Tape::comparisons() const { return storage_->comparisons; }
std::span<const std::pair<NodeId, NodeId>> Tape::severed() const { return storage_->severed; }

void Tape::for_each_saved(const std::function<void(const TensorNode&, const Tensor&)>& f) const {
  for (const TensorNode* node : storage_->owners) {
    if (node->op == &op_of<detail::Variable> || node->op == &op_of<detail::Constant>) continue;
    for (std::uint32_t k = 0; k < node->saved_count; ++k) f(*node, node->saved[k]);
    if (node->values)
      for (std::uint32_t k = 0; k < node->output_count; ++k) f(*node, node->values[k]);
  }
}

// ---- pausing ----

PauseRecording::PauseRecording() {
  for (detail::TapeType* type = detail::tape_types; type; type = type->next)
    paused_.emplace_back(type, nullptr);
  for (auto& [type, tape] : paused_) tape = type->record_on(nullptr);
}
PauseRecording::~PauseRecording() {
  for (const auto& [type, tape] : paused_) type->record_on(type->living(tape));
}

ResumeRecording::ResumeRecording(Tape* tape) : previous_(Tape::record_on(tape)) {}
ResumeRecording::~ResumeRecording() { Tape::record_on(Tape::living(previous_)); }

}  // namespace tapestry
