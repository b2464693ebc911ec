// What a tape knows of the tape that records around it: the same values there, and tangents, which
// are computed there.
#include <optional>
#include <utility>
#include <vector>

#include "engine/tape/anomaly.h"
#include "engine/tape/provenance.h"
#include "engine/tape/pushforward.h"
#include "engine/tape/tape.h"
#include "engine/tape/tape_storage.h"
#include "engine/tensor/escapes.h"

namespace tapestry {
using namespace detail;

namespace {

const Tensor kNone;

[[noreturn]] void raise_no_tangent(std::string_view who, const std::string& what) {
  try {
    raise_error(who, what);
  } catch (const Error& error) {
    throw detail::NoTangent(error.what());
  }
}

void place(std::vector<Tensor>& at, NodeId id, const Tensor& x) {
  if (at.size() <= id) at.resize(std::size_t{id} + 1);
  at[id] = x;
}

}  // namespace

void Tape::set_outer_value(NodeId id, const Tensor& x) {
  if (x.is_tracked()) place(storage_->outer_values, id, x);
}

const Tensor& Tape::outer_value(NodeId id) const {
  return id < storage_->outer_values.size() ? storage_->outer_values[id] : kNone;
}

Tensor Tape::outer_value(const Tensor& x) const {
  if (!owns(x)) return x;
  const Tensor& followed = outer_value(x.id());
  return followed.defined() ? followed : detach(x);
}

std::vector<NodeId> Tape::captured() const {
  std::vector<NodeId> found;
  for (NodeId id = 1; id < storage_->outer_values.size(); ++id)
    if (storage_->outer_values[id].defined() && (is_variable(id) || is_constant(id)))
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
      raise_no_tangent(found->second.who, found->second.what);
  return owns(x) && x.id() < storage_->tangents.size() ? storage_->tangents[x.id()] : kNone;
}

// The same operation on the tape around, for whose eyes the operands are what they are there.
void Tape::push_tangents(const Op& op, Inputs inputs, const void* attributes,
                         std::span<const Tensor> outputs) {
  if (!op.jvp) return;
  bool moving = false;
  std::vector<Tensor> operands, results, tangents(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (owns(inputs[i])) tangents[i] = tangent(inputs[i]);
    moving |= tangents[i].defined();
    operands.push_back(outer_value(inputs[i]));
  }
  if (!moving) return;
  for (const Tensor& output : outputs) results.push_back(outer_value(output));
  const Tape::Resume resume(outer());
  // Numbers of this tape are plain ones out there.
  std::optional<detail::WatchEscapes> outside;
  if (detail::context.escapes) outside.emplace();
  Pushforward pushforward(op, attributes, operands, results, tangents);
  op.jvp(pushforward);
  if (detail::context.anomaly_watch) detail::watch_tangents(pushforward);
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (pushforward.result(k).defined()) set_tangent(outputs[k], pushforward.result(k));
  for (std::size_t k = 0; k < pushforward.refusals().size(); ++k)
    if (const std::string& why = pushforward.refusals()[k]; !why.empty())
      storage_->no_tangents[outputs[k].id()] = {op.name, why};
}

void Tape::refuse_tangents(std::string_view who) const {
  if (options_.carry_tangents)
    refuse(who, "scalars carry no tangents: use a tensor of rank 0 in forward mode");
}

}  // namespace tapestry
