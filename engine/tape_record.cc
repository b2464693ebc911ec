// How operations and leaves get onto a tape.
#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "engine/apply.h"
#include "engine/departures.h"
#include "engine/leaf.h"
#include "engine/nesting.h"
#include "engine/pushforward.h"
#include "engine/standing.h"
#include "engine/tape.h"
#include "engine/tape_storage.h"

namespace tapestry {

using detail::refuse_stale;

void detail::forward_watched(const Op& op, Inputs inputs, const void* attributes,
                             std::span<Tensor> outputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (!inputs[i].is_tracked()) note_reading(inputs[i]);
  const UnwatchedReading kernel;
  op.forward(inputs, attributes, outputs);
}

NodeId Tape::operand_id(const Op& op, int slot, const Tensor& x) {
  if (x.epoch() == epoch_) {
    check_node(op.name, x.id());
    return x.id();
  }
  if (x.is_tracked() && !find_tape(x.epoch()))
    refuse_stale(op.name, fmt::format("operand {}", slot));
  return record_leaf(op_of<detail::Constant>, x, options_.keep_values || x.size() <= 1);
}

namespace {

// The operands as that tape knows them; none where it knows them as they are.
std::vector<Tensor> as_known_to(const Tape& tape, Inputs inputs) {
  std::vector<Tensor> operands;
  bool changed = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    operands.push_back(detail::known_to(tape, inputs[i]));
    changed |= operands[i].epoch() != inputs[i].epoch();
  }
  if (!changed) operands.clear();
  return operands;
}

}  // namespace

void Tape::record(const Op& op, Inputs inputs, const void* attributes, std::span<Tensor> outputs) {
  bool tracked = false, foreign = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tracked |= follows(inputs[i]);
    foreign |= inputs[i].is_tracked() && !follows(inputs[i]);
  }
  if (foreign) {
    const std::vector<Tensor> operands = as_known_to(*this, inputs);
    std::vector<const Tensor*> pointers;
    for (const Tensor& operand : operands) pointers.push_back(&operand);
    if (!operands.empty()) return record(op, Inputs(pointers), attributes, outputs);
  }
  if (!tracked) {
    note_origin(inputs, outputs);
    if (around()) return around()->record(op, inputs, attributes, outputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].is_tracked() && !find_tape(inputs[i].epoch()))
        refuse_stale(op.name, fmt::format("operand {}", i));
    return;
  }
  const std::vector<Tensor> followed = record_around(op, inputs, attributes, outputs);
  SaveMask saves = 0;
  NodeId few[8];
  std::vector<NodeId> many;
  NodeId* operands = few;
  if (inputs.size() > std::size(few)) {
    many.resize(inputs.size());
    operands = many.data();
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    operands[i] = operand_id(op, static_cast<int>(i), inputs[i]);
    if (op.differentiable && keeps_saves() && follows(inputs[i]))
      saves |= op.saves(static_cast<int>(i));
  }
  const NodeId id = push_node(op, {operands, inputs.size()}, attributes, outputs, saves, &inputs,
                              options_.keep_values);
  for (std::size_t k = 0; k < followed.size(); ++k)
    set_outward(id + static_cast<NodeId>(k), followed[k]);
  if (options_.carry_tangents) push_tangents(op, inputs, attributes, outputs);
}

// What is computed from numbers without history comes from where they came from.
void Tape::note_origin(Inputs inputs, std::span<Tensor> outputs) const {
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (const NodeId origin = inputs[i].origin_in(epoch_))
      for (Tensor& output : outputs) output.set_origin(epoch_, origin);
}

// The same operation on the tape around, for whose eyes the operands are what they are there.
std::vector<Tensor> Tape::record_around(const Op& op, Inputs inputs, const void* attributes,
                                        std::span<const Tensor> outputs) {
  if (!around() || options_.observe_only) return {};
  std::vector<Tensor> operands;
  std::vector<const Tensor*> pointers;
  bool tracked = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    operands.push_back(outward(inputs[i]));
    tracked |= operands.back().is_tracked();
  }
  if (!tracked) return {};
  for (const Tensor& operand : operands) pointers.push_back(&operand);
  std::vector<Tensor> followed(outputs.begin(), outputs.end());
  around()->record(op, Inputs(pointers), attributes, followed);
  return followed;
}

void Tape::push_tangents(const Op& op, Inputs inputs, const void* attributes,
                         std::span<const Tensor> outputs) {
  if (!op.jvp) return;
  bool moving = false;
  std::vector<Tensor> operands, results, tangents(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (owns(inputs[i])) tangents[i] = tangent(inputs[i]);
    moving |= tangents[i].defined();
    operands.push_back(outward(inputs[i]));
  }
  if (!moving) return;
  for (const Tensor& output : outputs) results.push_back(outward(output));
  const ResumeRecording resume(around());
  // Numbers of this tape are plain ones out there.
  std::optional<detail::WatchDepartures> outside;
  if (detail::departures) outside.emplace();
  Pushforward pushforward(op, attributes, operands, results, tangents);
  op.jvp(pushforward);
  if (detail::watch) detail::watch_tangents(pushforward);
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (pushforward.result(k).defined()) set_tangent(outputs[k], pushforward.result(k));
  for (std::size_t k = 0; k < pushforward.refusals().size(); ++k)
    if (const std::string& why = pushforward.refusals()[k]; !why.empty())
      storage_->no_tangents[outputs[k].id()] = {op.name, why};
}

NodeId Tape::push_node(const Op& op, std::span<const NodeId> operands, const void* attributes,
                       std::span<Tensor> outputs, SaveMask saves, const Inputs* inputs,
                       bool keep_values) {
  const auto padded = [](std::size_t bytes) { return (bytes + 15) & ~std::size_t{15}; };
  const bool save_all = saves == kSaveAll, save_inputs = save_all || saves == kSaveInputs;
  const auto saved_count =
      static_cast<std::uint32_t>(save_inputs ? inputs->size() + (save_all ? outputs.size() : 0)
                                             : static_cast<std::size_t>(std::popcount(saves)));
  const std::size_t types_at = padded(sizeof(TensorNode));
  const std::size_t operands_at = types_at + padded(outputs.size() * sizeof(OutputType));
  const std::size_t attributes_at = operands_at + padded(operands.size_bytes());
  const std::size_t saved_at = attributes_at + padded(op.attribute_bytes);
  const std::size_t values_at = saved_at + saved_count * sizeof(Tensor);
  const std::size_t total = values_at + (keep_values ? outputs.size() * sizeof(Tensor) : 0);

  auto& store = *storage_;
  auto* block = static_cast<std::byte*>(store.arena.allocate(total));
  const NodeId id = store.next_id();
  auto* types = reinterpret_cast<OutputType*>(block + types_at);
  for (std::size_t k = 0; k < outputs.size(); ++k)
    new (types + k) OutputType{outputs[k].shape(), outputs[k].dtype()};
  std::copy(operands.begin(), operands.end(), reinterpret_cast<NodeId*>(block + operands_at));
  if (attributes) std::memcpy(block + attributes_at, attributes, op.attribute_bytes);
  auto* saved = reinterpret_cast<Tensor*>(block + saved_at);
  auto* values = keep_values ? reinterpret_cast<Tensor*>(block + values_at) : nullptr;

  auto* node = new (block) TensorNode{&op,
                                      id,
                                      static_cast<std::uint32_t>(operands.size()),
                                      static_cast<std::uint32_t>(outputs.size()),
                                      saved_count,
                                      saves,
                                      reinterpret_cast<const NodeId*>(block + operands_at),
                                      types,
                                      block + attributes_at,
                                      saved,
                                      values,
                                      current_site(),
                                      detail::name_scope,
                                      detail::within_op};
  store.has_tensors = true;
  store.runs.put_tensors(id, store.leaves.size(), store.constants.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    store.put_node(node);
    if (values) new (values + k) Tensor(detach(outputs[k]));
    outputs[k] = std::move(outputs[k]).tracked_as(epoch_, id + static_cast<NodeId>(k));
    if (op.arity != 0) outputs[k].set_origin(epoch_, outputs[k].id());
  }
  if (save_inputs)
    for (std::size_t i = 0; i < inputs->size(); ++i) new (saved++) Tensor((*inputs)[i]);
  if (save_all)
    for (const Tensor& output : outputs) new (saved++) Tensor(output);
  for (SaveMask rest = save_inputs ? 0 : saves; rest; rest &= rest - 1) {
    const int bit = std::countr_zero(rest);
    new (saved++) Tensor(bit < 32 ? (*inputs)[static_cast<std::size_t>(bit)]
                                  : outputs[static_cast<std::size_t>(bit - 32)]);
  }
  if (saves || values) store.owners.push_back(node);
  return id;
}

NodeId Tape::record_leaf(const Op& op, const Tensor& value, bool keep, std::string_view name) {
  Tensor plain = detach(value);
  const NodeId origin = plain.origin_in(epoch_);
  const NodeId id = push_node(op, {}, nullptr, {&plain, 1}, 0, nullptr, keep);
  if (origin)
    storage_->severed.emplace_back(id, origin);
  else if (value.is_tracked() || &op == &op_of<detail::Variable>)  // others depend on nothing
    plain.set_origin(epoch_, id);
  if (!name.empty()) storage_->names[id] = name;
  if (value.is_tracked()) set_outward(id, outward(value));
  return id;
}

Tensor Tape::record_bridge(const Op& op, std::span<const Scalar> operands, const void* attributes,
                           Tensor output) {
  std::vector<NodeId> ids(operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    ids[i] = id_of(op.name, static_cast<int>(i), operands[i]);
    if (!ids[i])
      ids[i] = record_statement(detail::kConstantStatement, {}, {}, operands[i].value()).id();
  }
  refuse_tangents(op.name);
  push_node(op, ids, attributes, {&output, 1}, 0, nullptr, options_.keep_values);
  return output;
}

Scalar Tape::record_statement(const StatementKernel& kernel, std::span<const NodeId> leaves,
                              std::span<const double> constants, double value) {
  refuse_tangents(kernel.name);
  if (detail::watch) {
    std::vector<double> read;
    for (NodeId leaf : leaves) read.push_back(is_scalar(leaf) ? scalar_value(leaf) : 0);
    detail::watch_statement(kernel.name, value, read);
  }
  return storage_->put(kernel, leaves, constants, value);
}

Scalar Tape::pooled_constant(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  auto& slot = storage_->pool[(bits * 0x9E3779B97F4A7C15u) >> 58];
  if (slot.epoch != epoch_ || std::bit_cast<std::uint64_t>(slot.value) != bits)
    slot = {value, epoch_, record_statement(detail::kConstantStatement, {}, {}, value).id()};
  return {value, epoch_, slot.id};
}

void detail::note_comparison(Relation relation, bool outcome, Scalar x, Scalar z,
                             const Site& site) {
  // Of the tapes that record now the innermost that follows a side. Paused or stopped, none does.
  Tape* tape = recording_tape();
  while (tape && !tape->owns(x) && !tape->owns(z)) tape = tape->around();
  if (!tape) return;
  const auto side = [&](int operand, Scalar s) {
    return Comparison::Side{tape->owns(s) ? tape->id_of("compare", operand, s) : 0, s.value()};
  };
  tape->storage().comparisons.push_back({relation, outcome, side(0, x), side(1, z), site});
}

NodeId Tape::id_of(std::string_view who, int operand, Scalar x) {
  if (owns(x)) {
    check_node(who, x.id());
    // What is recorded now would have its value by one and its slopes by the other.
    if (storage_->moved && std::bit_cast<std::uint64_t>(scalar_value(x.id())) !=
                               std::bit_cast<std::uint64_t>(x.value()))
      refuse(who,
             "operand {} is {}, and since a replay its node is {}: record before replaying, or "
             "record anew",
             operand, x.value(), scalar_value(x.id()));
    return x.id();
  }
  if (!x.is_tracked()) return 0;
  if (find_tape(x.epoch()))
    refuse(who,
           "operand {} is a scalar of another tape: scalars do not nest, use a tensor of rank 0",
           operand);
  refuse_stale(who, fmt::format("operand {}", operand));
}

void Tape::refuse_tangents(std::string_view who) const {
  if (options_.carry_tangents)
    refuse(who, "scalars carry no tangents: use a tensor of rank 0 in forward mode");
}

void Tape::keep(std::shared_ptr<const void> object) { storage_->kept.push_back(std::move(object)); }

void Tape::release(const TensorNode& node) {
  for (Tensor& saved : std::span(node.saved, node.saved_count)) saved = Tensor();
}

// ---- nesting and tangents ----

namespace {

const Tensor kNone;

void place(std::vector<Tensor>& at, NodeId id, const Tensor& x) {
  if (at.size() <= id) at.resize(std::size_t{id} + 1);
  at[id] = x;
}

}  // namespace

void Tape::set_outward(NodeId id, const Tensor& x) {
  if (x.is_tracked()) place(storage_->outward, id, x);
}

const Tensor& Tape::outward(NodeId id) const {
  return id < storage_->outward.size() ? storage_->outward[id] : kNone;
}

Tensor Tape::outward(const Tensor& x) const {
  if (!owns(x)) return x;
  const Tensor& followed = outward(x.id());
  return followed.defined() ? followed : detach(x);
}

std::vector<NodeId> Tape::captured() const {
  std::vector<NodeId> found;
  for (NodeId id = 1; id < storage_->outward.size(); ++id)
    if (storage_->outward[id].defined() && (is_variable(id) || is_constant(id)))
      found.push_back(id);
  return found;
}

void Tape::set_tangent(const Tensor& x, const Tensor& tangent) {
  if (!owns(x) || !options_.carry_tangents)
    refuse("set_tangent",
           "the tensor is not recorded on this tape, or the tape carries no tangents");
  if (tangent.shape() != x.shape())
    refuse("set_tangent", "the tangent has shape {}, its tensor {}", tangent.shape(), x.shape());
  place(storage_->tangents, x.id(), tangent);
}

const Tensor& Tape::tangent(const Tensor& x) const {
  if (owns(x) && !storage_->no_tangents.empty())
    if (const auto found = storage_->no_tangents.find(x.id()); found != storage_->no_tangents.end())
      raise_error(found->second.who, found->second.what);
  return owns(x) && x.id() < storage_->tangents.size() ? storage_->tangents[x.id()] : kNone;
}

// ---- leaves ----

Tensor Tape::variable(const Tensor& value, std::string_view name, Site site) {
  const CallSite call(site);
  if (!is_floating(value.dtype()))
    refuse("variable", "only f32 and f64 have gradients; this tensor has dtype {}", value.dtype());
  if (detail::watch) detail::watch_leaf(value, name);
  const NodeId id = record_leaf(op_of<detail::Variable>, value, true, name);
  return value.tracked_as(epoch_, id);
}

Scalar Tape::variable(double value, std::string_view name) {
  if (name.empty() && detail::statement_storage<double> == storage_.get() &&
      storage_->is_ready_for(detail::kVariableStatement)) {
    storage_->runs.step();
    storage_->put_value(value);
    return Scalar::named(value, storage_->next_name - 1);
  }
  const Scalar x = record_statement(detail::kVariableStatement, {}, {}, value);
  if (!name.empty()) [[unlikely]]
    storage_->names[x.id()] = name;
  return x;
}

Tensor Tape::constant(const Tensor& value, std::string_view name, Site site) {
  const CallSite call(site);
  if (detail::watch) detail::watch_leaf(value, name);
  const NodeId id = record_leaf(op_of<detail::Constant>, value, true, name);
  return value.tracked_as(epoch_, id);
}

Tensor Tape::variable_for(const void* key, const Tensor& value, std::string_view name) {
  detail::Binding& binding = storage_->bindings[key];
  if (!binding.value.defined() || !binding.value.shares_numbers(value)) {
    // Followed by every tape that records around this one, too.
    Tensor outside = around() ? around()->variable_for(key, value, name) : value;
    for (Tape* t = enclosing(); t && adopts() && !outside.is_tracked(); t = t->enclosing())
      if (const auto found = t->storage_->bindings.find(key);
          found != t->storage_->bindings.end() && found->second.value.shares_numbers(value))
        outside = value.tracked_as(t->epoch(), found->second.id);
    const Tensor leaf = variable(outside, name, Site::nowhere());
    storage_->bindings[key] = {detach(value), leaf.id()};
    return leaf;
  }
  return value.tracked_as(epoch_, binding.id);
}

void Tape::set_name(const Tensor& x, std::string_view name) {
  if (!owns(x)) refuse("set_name", "the tensor is not recorded on this tape");
  storage_->names[x.id()] = name;
}

void Tape::set_name(Scalar x, std::string_view name) {
  if (!owns(x)) refuse("set_name", "the scalar is not recorded on this tape");
  storage_->names[x.id()] = name;
}

}  // namespace tapestry
