#include "engine/tape/tape.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/tape/anomaly.h"
#include "engine/tape/apply.h"
#include "engine/tape/leaf.h"
#include "engine/tape/traverse.h"

namespace tapestry {
using namespace detail;

Tape::Tape(TapeOptions options) : options_(options) { join(epoch()); }
Tape::~Tape() = default;

void Tape::write_to(Tape* tape) {
  const bool plainly =
      tape && !detail::context.anomaly_watch && !tape->carries_tangents() && !tape->storage().moved;
  StatementTape::write_to(plainly ? tape : nullptr);
}

void detail::refuse_stale(std::string_view who, std::string_view what, Epoch epoch) {
  if (!find_tape(epoch) && Tape::find_anywhere(epoch))
    refuse(who,
           "{} was recorded on a tape that belongs to another thread; a Tape::Resume of that tape "
           "lets this thread record on it, and detach() gives the numbers alone",
           what);
  refuse(who,
         "{} was recorded on a tape that no longer lives or was cleared; use its numbers through "
         "detach(), or put it on the new tape with tape.variable()",
         what);
}

void Tape::check_node(std::string_view who, NodeId id) const {
  if (id > size()) detail::refuse_forgotten(who, id, size());
  if (id < storage_->first_id()) detail::refuse_stale(who, "a handle", 0);
}

// ---- reading ----

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
  return detail::run_of(*storage_, storage_->runs[span_of(id)], id, id);
}
bool Tape::is_scalar(NodeId id) const {
  return has_scalars() && storage_->runs[span_of(id)].kernel;
}
const TensorNode& Tape::tensor_node(NodeId id) const { return *storage_->node(id); }
double Tape::scalar_value(NodeId id) const { return storage_->values[id]; }

std::span<const NodeId> Tape::operands(NodeId id) const {
  if (!is_scalar(id)) return tensor_node(id).operand_ids();
  const Run run = statement(id);
  return {run.operands, static_cast<std::size_t>(run.kernel->arity)};
}

std::string_view Tape::op_name(NodeId id) const {
  return is_scalar(id) ? statement(id).kernel->name : tensor_node(id).op->name;
}

std::string_view Tape::name(NodeId id) const {
  const auto found = storage_->names.find(id);
  return found == storage_->names.end() ? std::string_view{} : found->second;
}

bool Tape::is_variable(NodeId id) const {
  return is_scalar(id) ? statement(id).kernel == &detail::kVariableStatement<double>
                       : tensor_node(id).op == &op_of<detail::Variable>;
}

bool Tape::is_constant(NodeId id) const {
  return is_scalar(id) ? statement(id).kernel == &detail::kConstantStatement<double>
                       : tensor_node(id).op == &op_of<detail::Constant>;
}

Shape Tape::shape(NodeId id) const {
  return is_scalar(id) ? Shape{} : tensor_node(id).type(id).shape();
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
  return run.kernel->print ? run.kernel->print(run) : std::string{};
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

}  // namespace tapestry
