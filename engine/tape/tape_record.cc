// How operations get onto a tape.
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/tape/apply.h"
#include "engine/tape/leaf.h"
#include "engine/tape/nesting.h"
#include "engine/tape/provenance.h"
#include "engine/tape/tape.h"
#include "engine/tape/tape_storage.h"

namespace tapestry {
using namespace detail;

using detail::lives_here;
using detail::refuse_stale;

NodeId Tape::operand_id(const Op& op, int slot, const Tensor& x) {
  if (x.epoch() == epoch()) {
    check_node(op.name, x.id());
    return x.id();
  }
  if (x.is_tracked() && !lives_here(x))
    refuse_stale(op.name, fmt::format("operand {}", slot), x.epoch());
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

bool is_around(const Tape& tape, const Tape& outer) {
  const Tape* t = &tape;
  while (t && t != &outer) t = t->outer();
  return t;
}

}  // namespace

void Tape::record(const Op& op, Inputs inputs, const void* attributes, std::span<Tensor> outputs) {
  bool tracked = false, foreign = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tracked |= follows(inputs[i]);
    foreign |= inputs[i].is_tracked() && !follows(inputs[i]);
  }
  if (!tracked && !foreign) return note_origin(inputs, outputs);
  if (tracked && !foreign && (!outer() || options_.observe_only))
    return record_here(op, inputs, attributes, outputs, {});
  record_nested(op, inputs, attributes, outputs);
}

// On this tape and on those around it that follow an operand. Thousands of tapes may lie in one
// another, so nothing recurs: outwards to what each tape knows of the operands, then inwards.
void Tape::record_nested(const Op& op, Inputs inputs, const void* attributes,
                         std::span<Tensor> outputs) {
  struct Level {
    Tape* tape;
    std::vector<Tensor> operands, outputs;
  };
  std::vector<Level> levels;
  std::vector<Tensor> operands, results(outputs.begin(), outputs.end());
  for (std::size_t i = 0; i < inputs.size(); ++i) operands.push_back(inputs[i]);
  for (Tape* tape = this; tape; tape = tape->outer()) {
    const auto follows = [&](const Tensor& x) { return tape->follows(x); };
    const auto is_foreign = [&](const Tensor& x) { return x.is_tracked() && !follows(x); };
    if (std::any_of(operands.begin(), operands.end(), is_foreign))
      if (std::vector<Tensor> known = as_known_to(*tape, operands); !known.empty())
        operands = std::move(known);
    if (std::none_of(operands.begin(), operands.end(), follows)) {
      if (tape->outer()) continue;
      if (levels.empty()) note_origin(operands, results);
      for (std::size_t i = 0; i < operands.size(); ++i)
        if (operands[i].is_tracked() && !lives_here(operands[i]))
          refuse_stale(op.name, fmt::format("operand {}", i), operands[i].epoch());
      break;
    }
    levels.push_back({tape, operands, results});
    if (tape->options_.observe_only) break;
    for (Tensor& operand : operands) operand = tape->outer_value(operand);
    if (std::none_of(operands.begin(), operands.end(),
                     [](const Tensor& x) { return x.is_tracked(); }))
      break;
  }
  std::span<const Tensor> followed;
  for (std::size_t i = levels.size(); i-- > 0; followed = levels[i].outputs)
    levels[i].tape->record_here(op, levels[i].operands, attributes, levels[i].outputs, followed);
  std::vector<Tensor>& recorded = levels.empty() ? results : levels[0].outputs;
  std::move(recorded.begin(), recorded.end(), outputs.begin());
}

// `followed` are the results as the tapes around know them.
void Tape::record_here(const Op& op, Inputs inputs, const void* attributes,
                       std::span<Tensor> outputs, std::span<const Tensor> followed) {
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
    set_outer_value(id + static_cast<NodeId>(k), followed[k]);
  if (options_.carry_tangents) push_tangents(op, inputs, attributes, outputs);
}

// What is computed from numbers without history comes from where they came from; of several places
// from the outermost.
void Tape::note_origin(Inputs inputs, std::span<Tensor> outputs) const {
  const Tape* from = nullptr;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto [epoch, id] = inputs[i].origin();
    const Tape* const tape = epoch == this->epoch() ? this : epoch ? find_tape(epoch) : nullptr;
    if (!tape || (from && from != tape && !is_around(*from, *tape))) continue;
    from = tape;
    for (Tensor& output : outputs) output.set_origin(epoch, id);
  }
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
  const std::size_t layouts_at = types_at + padded(outputs.size() * sizeof(OutputType));
  const auto own_layouts = static_cast<std::size_t>(std::count_if(
      outputs.begin(), outputs.end(), [](const Tensor& x) { return x.has_own_layout(); }));
  const std::size_t operands_at = layouts_at + padded(own_layouts * sizeof(TensorLayout));
  const std::size_t attributes_at = operands_at + padded(operands.size_bytes());
  const std::size_t saved_at = attributes_at + padded(op.attribute_bytes);
  const std::size_t values_at = saved_at + saved_count * sizeof(Tensor);
  const std::size_t total = values_at + (keep_values ? outputs.size() * sizeof(Tensor) : 0);

  auto& store = *storage_;
  auto* block = static_cast<std::byte*>(store.arena.allocate(total));
  const NodeId id = store.next_id();
  auto* types = reinterpret_cast<OutputType*>(block + types_at);
  auto* own_layout = reinterpret_cast<TensorLayout*>(block + layouts_at);
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const TensorLayout& layout = outputs[k].layout();
    new (types + k)
        OutputType{outputs[k].has_own_layout() ? new (own_layout++) TensorLayout(layout) : &layout,
                   outputs[k].dtype()};
  }
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
                                      detail::context.name_scope,
                                      detail::context.within_op};
  store.has_tensors = true;
  store.differentiates_adjoints |= op.differentiates_adjoints;
  store.runs.put_tensors(id, store.operands.size(), store.payload.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    store.put_node(node);
    if (values) new (values + k) Tensor(detach(outputs[k]));
    outputs[k] = std::move(outputs[k]).tracked_as(epoch(), id + static_cast<NodeId>(k));
    if (op.arity != 0) outputs[k].set_origin(epoch(), outputs[k].id());
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

Tensor Tape::record_bridge(const Op& op, std::span<const Scalar> operands, const void* attributes,
                           Tensor output) {
  std::vector<NodeId> ids(operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    ids[i] = id_of(op.name, static_cast<int>(i), operands[i]);
    if (!ids[i]) ids[i] = scalar_constant(operands[i].value()).id();
  }
  refuse_tangents(op.name);
  push_node(op, ids, attributes, {&output, 1}, 0, nullptr, options_.keep_values);
  return output;
}

Scalar Tape::record_statement(const KernelOf<double>& kernel, std::span<const NodeId> operands,
                              std::span<const double> payload, double value) {
  refuse_tangents(kernel.name);
  if (detail::context.anomaly_watch) {
    std::vector<double> read;
    for (NodeId operand : operands) read.push_back(is_scalar(operand) ? scalar_value(operand) : 0);
    detail::watch_statement(kernel.name, value, read);
  }
  return storage_->put(kernel, operands, payload, value);
}

void detail::note_comparison(Relation relation, bool outcome, Scalar x, Scalar z,
                             const Site& site) {
  // Of the tapes that record now the innermost that follows a side. Paused or stopped, none does.
  Tape* tape = recording_tape();
  while (tape && !tape->owns(x) && !tape->owns(z)) tape = tape->outer();
  if (!tape) return;
  const auto side = [&](int operand, Scalar s) {
    return Comparison::Side{tape->owns(s) ? tape->id_of("compare", operand, s) : 0, s.value()};
  };
  tape->storage().comparisons.push_back({relation, outcome, side(0, x), side(1, z), site});
}

NodeId Tape::id_of(std::string_view who, int operand, Scalar x) {
  if (owns(x)) {
    check_node(who, x.id());
    // What is recorded now would have its value by one and its partials by the other.
    if (storage_->moved && std::bit_cast<std::uint64_t>(scalar_value(x.id())) !=
                               std::bit_cast<std::uint64_t>(x.value()))
      refuse(who,
             "operand {} is {}, and since a replay its node is {}: record before replaying, or "
             "record anew",
             operand, x.value(), scalar_value(x.id()));
    return x.id();
  }
  if (!x.is_tracked()) return 0;
  if (lives_here(x))
    refuse(who,
           "operand {} is a scalar of another tape: scalars do not nest, use a tensor of rank 0",
           operand);
  refuse_stale(who, fmt::format("operand {}", operand), x.epoch());
}

void Tape::keep(std::shared_ptr<const void> object) { storage_->kept.push_back(std::move(object)); }

void Tape::release(const TensorNode& node) {
  for (Tensor& saved : std::span(node.saved, node.saved_count)) saved = Tensor();
}

}  // namespace tapestry
