#include "engine/tape.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/apply.h"
#include "engine/leaf.h"
#include "engine/tape_storage.h"

namespace tapestry {

namespace detail {
constinit thread_local Tape* recording = nullptr;
}

namespace {

constinit thread_local Tape* innermost = nullptr;
std::atomic<Epoch> next_epoch{1};

Epoch fresh_epoch() {
  Epoch epoch = next_epoch.fetch_add(1, std::memory_order_relaxed);
  while (epoch == 0) epoch = next_epoch.fetch_add(1, std::memory_order_relaxed);
  return epoch;
}

[[noreturn]] void refuse_stale(std::string_view who, std::string_view what) {
  refuse(who,
         "{} was recorded on a tape that no longer lives on this thread; use its numbers through "
         "detach(), or put it "
         "on the new tape with tape.variable()",
         what);
}

}  // namespace

Tape* recording_tape() { return detail::recording; }

Tape* find_tape(Epoch epoch) {
  Tape* tape = innermost;
  while (tape && tape->epoch_ != epoch) tape = tape->outer_;
  return tape;
}

Tape& tape_of(std::string_view who, Epoch epoch) {
  Tape* tape = find_tape(epoch);
  if (!tape) refuse_stale(who, "a handle");
  return *tape;
}

Tape::Tape(TapeOptions options)
    : options_(options),
      outer_(innermost),
      outer_recording_(detail::recording),
      storage_(detail::take_storage()) {
  begin();
  innermost = this;
  detail::recording = this;
}

Tape::~Tape() {
  // Tapes usually die in reverse order of birth; one that dies early is unlinked from the middle.
  Tape** link = &innermost;
  Tape* inner = nullptr;
  while (*link && *link != this) {
    inner = *link;
    link = &(*link)->outer_;
  }
  if (*link) *link = outer_;
  if (inner && inner->outer_recording_ == this) inner->outer_recording_ = outer_recording_;
  if (detail::recording == this) detail::recording = outer_recording_;
  detail::return_storage(std::move(storage_));
}

void Tape::begin() {
  epoch_ = fresh_epoch();
  storage_->entries.push_back({.number = 0});
}

void Tape::clear() {
  storage_->reset();
  begin();
}

// ---- recording
// -------------------------------------------------------------------------------------------------

NodeId Tape::operand_id(const Op& op, int slot, const Tensor& x) {
  if (x.epoch() == epoch_) return x.id();
  if (x.is_tracked() && !find_tape(x.epoch()))
    refuse_stale(op.name, fmt::format("operand {}", slot));
  return record_leaf(op_of<detail::Constant>, x, options_.keep_values || x.size() <= 1);
}

void Tape::record(const Op& op, Inputs inputs, const void* attributes, std::span<Tensor> outputs) {
  bool tracked = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) tracked |= inputs[i].epoch() == epoch_;
  if (!tracked) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].is_tracked() && !find_tape(inputs[i].epoch()))
        refuse_stale(op.name, fmt::format("operand {}", i));
    return;
  }
  SaveMask saves = 0;
  NodeId few[8];
  std::vector<NodeId> many;
  NodeId* operands = few;
  if (inputs.size() > std::size(few)) {
    many.resize(inputs.size());
    operands = many.data();
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool follows = inputs[i].epoch() == epoch_;
    operands[i] = operand_id(op, static_cast<int>(i), inputs[i]);
    if (follows && op.differentiable) saves |= op.saves(static_cast<int>(i));
  }
  push_node(op, {operands, inputs.size()}, attributes, outputs, saves, &inputs,
            options_.keep_values);
}

NodeId Tape::push_node(const Op& op, std::span<const NodeId> operands, const void* attributes,
                       std::span<Tensor> outputs, SaveMask saves, const Inputs* inputs,
                       bool keep_values) {
  const auto padded = [](std::size_t bytes) { return (bytes + 15) & ~std::size_t{15}; };
  const auto saved_count = static_cast<std::uint32_t>(std::popcount(saves));
  const std::size_t types_at = padded(sizeof(TensorNode));
  const std::size_t operands_at = types_at + padded(outputs.size() * sizeof(OutputType));
  const std::size_t attributes_at = operands_at + padded(operands.size_bytes());
  const std::size_t saved_at = attributes_at + padded(op.attribute_bytes);
  const std::size_t values_at = saved_at + saved_count * sizeof(Tensor);
  const std::size_t total = values_at + (keep_values ? outputs.size() * sizeof(Tensor) : 0);

  auto& store = *storage_;
  auto* block = static_cast<std::byte*>(store.arena.allocate(total));
  const auto id = static_cast<NodeId>(store.entries.size());
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
                                      values};
  if (store.spans.empty() || store.spans.back().kernel)
    store.spans.push_back({nullptr, id, store.leaves.size(), store.constants.size()});
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    store.entries.push_back({.node = node});
    if (values) new (values + k) Tensor(detach(outputs[k]));
    outputs[k] = std::move(outputs[k]).tracked_as(epoch_, id + static_cast<NodeId>(k));
  }
  for (SaveMask rest = saves; rest; rest &= rest - 1) {
    const int bit = std::countr_zero(rest);
    new (saved++) Tensor(bit < 32 ? (*inputs)[static_cast<std::size_t>(bit)]
                                  : outputs[static_cast<std::size_t>(bit - 32)]);
  }
  if (saves || values) store.owners.push_back(node);
  return id;
}

NodeId Tape::record_leaf(const Op& op, const Tensor& value, bool keep) {
  Tensor plain = detach(value);
  return push_node(op, {}, nullptr, {&plain, 1}, 0, nullptr, keep);
}

Tensor Tape::record_bridge(const Op& op, std::span<const Scalar> operands, const void* attributes,
                           Tensor output) {
  std::vector<NodeId> ids(operands.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    ids[i] = id_of(op.name, static_cast<int>(i), operands[i]);
    if (!ids[i])
      ids[i] = record_statement(detail::kConstantStatement, {}, {}, operands[i].value()).id();
  }
  push_node(op, ids, attributes, {&output, 1}, 0, nullptr, options_.keep_values);
  return output;
}

Scalar Tape::record_statement(const StatementKernel& kernel, std::span<const NodeId> leaves,
                              std::span<const double> constants, double value) {
  auto& store = *storage_;
  const auto id = static_cast<NodeId>(store.entries.size());
  if (store.spans.empty() || store.spans.back().kernel != &kernel) {
    store.spans.push_back({&kernel, id, store.leaves.size(), store.constants.size()});
    store.has_scalars = true;
  }
  store.entries.push_back({.number = value});
  for (NodeId leaf : leaves) store.leaves.push_back(leaf);
  for (double constant : constants) store.constants.push_back(constant);
  return {value, epoch_, id};
}

NodeId Tape::id_of(std::string_view who, int operand, Scalar x) {
  if (owns(x)) return x.id();
  if (x.is_tracked() && !find_tape(x.epoch()))
    refuse_stale(who, fmt::format("operand {}", operand));
  return 0;
}

// ---- leaves
// ----------------------------------------------------------------------------------------------------

Tensor Tape::variable(const Tensor& value, std::string_view name) {
  if (!is_floating(value.dtype()))
    refuse("variable", "only f32 and f64 have gradients; this tensor has dtype {}", value.dtype());
  const NodeId id = record_leaf(op_of<detail::Variable>, value, true);
  if (!name.empty()) storage_->names[id] = name;
  return value.tracked_as(epoch_, id);
}

Scalar Tape::variable(double value, std::string_view name) {
  const Scalar x = record_statement(detail::kVariableStatement, {}, {}, value);
  if (!name.empty()) storage_->names[x.id()] = name;
  return x;
}

Tensor Tape::constant(const Tensor& value, std::string_view name) {
  const NodeId id = record_leaf(op_of<detail::Constant>, value, true);
  if (!name.empty()) storage_->names[id] = name;
  return value.tracked_as(epoch_, id);
}

Tensor Tape::variable_for(const void* key, const Tensor& value, std::string_view name) {
  detail::Binding& binding = storage_->bindings[key];
  if (!binding.value.defined() || !binding.value.shares_numbers(value)) {
    const Tensor leaf = variable(value, name);
    binding = {detach(value), leaf.id()};
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

// ---- reading
// ---------------------------------------------------------------------------------------------------

NodeId Tape::size() const { return static_cast<NodeId>(storage_->entries.size()) - 1; }
bool Tape::has_scalars() const { return storage_->has_scalars; }
std::size_t Tape::span_count() const { return storage_->spans.size(); }

std::size_t Tape::span_of(NodeId id) const {
  if (id == 0 || id > size())
    refuse("tape", "there is no node {}; the tape holds 1 to {}", id, size());
  const auto after =
      std::upper_bound(storage_->spans.begin(), storage_->spans.end(), id,
                       [](NodeId wanted, const detail::Span& span) { return wanted < span.first; });
  return static_cast<std::size_t>(after - storage_->spans.begin()) - 1;
}

Run Tape::span_within(std::size_t index, NodeId first, NodeId last) const {
  const auto& store = *storage_;
  const detail::Span& span = store.spans[index];
  const NodeId end = index + 1 < store.spans.size() ? store.spans[index + 1].first : size() + 1;
  const NodeId from = std::max(first, span.first), to = std::min(last + 1, end);
  const std::uint32_t count = to > from ? to - from : 0;
  if (!span.kernel) return {nullptr, from, count, nullptr, nullptr};
  const std::size_t skipped = from - span.first;
  return {
      span.kernel, from, count,
      &store.leaves[span.leaves_begin + skipped * static_cast<std::size_t>(span.kernel->leaves)],
      &store.constants[span.constants_begin +
                       skipped * static_cast<std::size_t>(span.kernel->constants)]};
}

Run Tape::statement(NodeId id) const { return span_within(span_of(id), id, id); }
bool Tape::is_scalar(NodeId id) const {
  return has_scalars() && storage_->spans[span_of(id)].kernel;
}
const TensorNode& Tape::tensor_node(NodeId id) const { return *storage_->entries[id].node; }
double Tape::scalar_value(NodeId id) const { return storage_->entries[id].number; }

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

// ---- pausing
// ---------------------------------------------------------------------------------------------------

PauseRecording::PauseRecording() : paused_(std::exchange(detail::recording, nullptr)) {}
PauseRecording::~PauseRecording() { detail::recording = paused_; }

ResumeRecording::ResumeRecording(Tape& tape) : previous_(std::exchange(detail::recording, &tape)) {}
ResumeRecording::~ResumeRecording() { detail::recording = previous_; }

}  // namespace tapestry
