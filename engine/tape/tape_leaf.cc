// How leaves get onto a tape: variables and constants, and their names.
#include <bit>
#include <string_view>

#include "engine/tape/anomaly.h"
#include "engine/tape/apply.h"
#include "engine/tape/leaf.h"
#include "engine/tape/tape.h"
#include "engine/tape/tape_storage.h"

namespace tapestry {
using namespace detail;

NodeId Tape::record_leaf(const Op& op, const Tensor& value, bool keep, std::string_view name) {
  Tensor plain = detach(value);
  const NodeId origin = plain.origin_in(epoch());
  const NodeId id = push_node(op, {}, nullptr, {&plain, 1}, 0, nullptr, keep);
  if (origin)
    storage_->severed.emplace_back(id, origin);
  else if (value.is_tracked() || &op == &op_of<detail::Variable>)  // others depend on nothing
    plain.set_origin(epoch(), id);
  if (!name.empty()) storage_->names[id] = name;
  if (value.is_tracked()) set_outer_value(id, outer_value(value));
  return id;
}

NodeId Tape::new_scalar_constant(double value) {
  const auto& kernel = detail::kConstantStatement<double>;
  if (detail::context.anomaly_watch) return record_statement(kernel, {}, {}, value).id();
  refuse_tangents(kernel.name);
  return storage_->constant(value);
}

Scalar Tape::scalar_constant(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  auto& slot = storage_->pool[(bits * 0x9E3779B97F4A7C15u) >> 58];
  if (slot.epoch != epoch() || std::bit_cast<std::uint64_t>(slot.value) != bits)
    slot = {value, epoch(), new_scalar_constant(value)};
  return {value, epoch(), slot.id};
}

Tensor Tape::variable(const Tensor& value, std::string_view name, Site site) {
  const CallSite call(site);
  if (!is_floating(value.dtype()))
    refuse("variable", "only f32 and f64 have gradients; this tensor has dtype {}", value.dtype());
  if (detail::context.anomaly_watch) detail::watch_leaf(value, name);
  const NodeId id = record_leaf(op_of<detail::Variable>, value, true, name);
  return value.tracked_as(epoch(), id);
}

Scalar Tape::variable(double value, std::string_view name) {
  if (name.empty() && detail::statement_storage<double> == storage_.get() &&
      storage_->is_ready_for(detail::kVariableStatement<double>)) {
    storage_->runs.step();
    storage_->put_value(value);
    return Scalar::named(value, storage_->next_name - 1);
  }
  const Scalar x = record_statement(detail::kVariableStatement<double>, {}, {}, value);
  if (!name.empty()) [[unlikely]]
    storage_->names[x.id()] = name;
  return x;
}

Tensor Tape::constant(const Tensor& value, std::string_view name, Site site) {
  const CallSite call(site);
  if (detail::context.anomaly_watch) detail::watch_leaf(value, name);
  const NodeId id = record_leaf(op_of<detail::Constant>, value, true, name);
  return value.tracked_as(epoch(), id);
}

Tensor Tape::variable_for(const void* key, const Tensor& value,
                          const std::function<std::string()>& name) {
  // Followed by every tape that records around this one, too.
  std::vector<Tape*> without;
  Tensor known = value;
  for (Tape* tape = this; tape; tape = tape->outer()) {
    const detail::Binding& binding = tape->storage_->bindings[key];
    if (binding.value.defined() && binding.value.shares_numbers(value)) {
      known = value.tracked_as(tape->epoch(), binding.id);
      break;
    }
    without.push_back(tape);
  }
  for (std::size_t i = without.size(); i-- > 0;) {
    Tape& tape = *without[i];
    for (Tape* t = tape.enclosing(); t && tape.adopts() && !known.is_tracked(); t = t->enclosing())
      if (const auto found = t->storage_->bindings.find(key);
          found != t->storage_->bindings.end() && found->second.value.shares_numbers(value))
        known = value.tracked_as(t->epoch(), found->second.id);
    known = tape.variable(known, name(), Site::nowhere());
    tape.storage_->bindings[key] = {detach(value), known.id()};
  }
  return known;
}

void Tape::set_name(const Tensor& x, std::string_view name, Site site) {
  const CallSite call(site);
  if (!owns(x)) refuse("set_name", "the tensor is not recorded on this tape");
  storage_->names[x.id()] = name;
}

void Tape::set_name(Scalar x, std::string_view name, Site site) {
  const CallSite call(site);
  if (!owns(x)) refuse("set_name", "the scalar is not recorded on this tape");
  storage_->names[x.id()] = name;
}

}  // namespace tapestry
