#include "ops/transform/vmap.h"

#include <optional>
#include <utility>

#include "engine/grad/batching.h"
#include "engine/grad/broadcast.h"
#include "engine/graph/ancestry.h"
#include "engine/tensor/draws.h"
#include "engine/tensor/escapes.h"
#include "ops/layout/join.h"
#include "ops/layout/mapping.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

struct Value {
  Tensor tensor;
  bool batched = false;
};

Tensor example(const Tensor& x, std::int64_t i) { return squeeze(slice(x, 0, i, i + 1), 0); }

// The results of the examples, each a list of as many, one after the other on a new first axis.
std::vector<Tensor> stacked(std::string_view what,
                            const std::vector<std::vector<Tensor>>& examples) {
  std::vector<Tensor> results;
  for (std::size_t k = 0; k < examples[0].size(); ++k) {
    std::vector<Tensor> each;
    for (std::size_t i = 0; i < examples.size(); ++i) {
      each.push_back(examples[i][k]);
      if (each[i].shape() != each[0].shape())
        refuse("vmap", "{} gives shape {} for example {}, {} for example 0; they must be equal",
               what, each[i].shape(), i, each[0].shape());
    }
    results.push_back(stack(each));
  }
  return results;
}

class Replay {
 public:
  Replay(const Tape& tape, std::int64_t size)
      : tape_(tape), size_(size), values_(tape.size() + 1) {}

  void set(NodeId id, Tensor batch) { values_[id] = {std::move(batch), true}; }

  Tensor of(NodeId result) {
    const Ancestry needed(tape_, result);
    for (NodeId id : needed.ids()) {
      if (!values_[id].tensor.defined()) execute(tape_.tensor_node(id), id);
    }
    if (detail::context.anomaly_watch) births_.tell({&result, 1});
    const Value& value = values_[result];
    if (value.batched) return value.tensor;
    Shape shape = value.tensor.shape();
    shape.insert(0, size_);
    return broadcast_to(value.tensor, shape);
  }

 private:
  void execute(const TensorNode& node, NodeId id) {
    const AtNode place(node);
    if (node.operand_count == 0) {
      const Tensor& outside = tape_.outer_value(id);
      values_[id].tensor = outside.defined() ? outside : *tape_.kept_value(id);
      return;
    }
    std::vector<Tensor> operands;
    std::vector<char> batched;
    bool any = false;
    for (NodeId operand : node.operand_ids()) {
      operands.push_back(values_[operand].tensor);
      batched.push_back(values_[operand].batched);
      any |= values_[operand].batched;
    }
    if (detail::context.anomaly_watch && !node.is_step) births_.tell(node.operand_ids());
    std::optional<StepsOfOp> step;
    if (node.is_step) step.emplace();
    std::vector<Tensor> results = any ? mapped(node, operands, batched) : plain(node, operands);
    if (any) check_results(node, results);
    if (detail::context.anomaly_watch && node.is_step) births_.stepped(node, operands, results);
    for (std::uint32_t k = 0; k < node.output_count; ++k) values_[node.id + k] = {results[k], any};
  }

  // Each has the batch in front of an example's result.
  void check_results(const TensorNode& node, const std::vector<Tensor>& results) const {
    for (std::uint32_t k = 0; k < node.output_count; ++k) {
      Shape expected = node.types[k].shape();
      expected.insert(0, size_);
      if (results[k].shape() != expected)
        refuse(node.op->name,
               "by its vmap rule output {} of a batch of {} has shape {}; it must be {}", k, size_,
               results[k].shape(), expected);
    }
  }

  std::vector<Tensor> plain(const TensorNode& node, const std::vector<Tensor>& operands) const {
    std::vector<Tensor> results(node.output_count);
    detail::execute(*node.op, operands, node.attributes, results);
    return results;
  }

  std::vector<Tensor> mapped(const TensorNode& node, const std::vector<Tensor>& operands,
                             const std::vector<char>& batched) const {
    if (node.op->elementwise) {
      std::vector<Tensor> alike;
      for (std::size_t i = 0; i < operands.size(); ++i)
        alike.push_back(batched[i] ? aligned(operands[i], node.types[0].shape().rank())
                                   : operands[i]);
      return plain(node, alike);
    }
    if (node.op->batch) {
      Batching batching(*node.op, node.attributes, size_, operands, batched, node.output_count);
      node.op->batch(batching);
      return batching.results();
    }
    std::vector<std::vector<Tensor>> examples;
    for (std::int64_t i = 0; i < size_; ++i) {
      std::vector<Tensor> single;
      for (std::size_t k = 0; k < operands.size(); ++k)
        single.push_back(batched[k] ? example(operands[k], i) : operands[k]);
      examples.push_back(plain(node, single));
    }
    return stacked(node.op->name, examples);
  }

  const Tape& tape_;
  std::int64_t size_;
  std::vector<Value> values_;
  detail::Births births_;  // in the steps of recorded rules, for who watches
};

constexpr std::string_view kWho = "vmap";

// The arguments with the mapped axis in front, or whole.
std::vector<Value> with_batch_first(const std::vector<Tensor>& xs, const InAxes& in_axes) {
  if (xs.size() != in_axes.size())
    refuse(kWho, "{} arguments, and axes for {}; there must be one for each", xs.size(),
           in_axes.size());
  std::vector<Value> arguments;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const Tensor& x = xs[i];
    if (!in_axes[i]) {
      arguments.push_back({x, false});
      continue;
    }
    if (x.rank() == 0)
      refuse(kWho, "argument {} has rank 0; it must have an axis that is mapped", i);
    Dims order{normalize_axis(kWho, *in_axes[i], x.rank())};
    for (int axis = 0; axis < x.rank(); ++axis)
      if (axis != order[0]) order.push_back(axis);
    arguments.push_back({order[0] == 0 ? x : permute(x, order), true});
  }
  return arguments;
}

// The number of examples, which all mapped arguments have.
std::int64_t count_of(const std::vector<Value>& arguments) {
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].batched) continue;
    const std::int64_t count = arguments[i].tensor.shape()[0];
    if (count == 0) refuse(kWho, "argument {} has no examples; there must be one at least", i);
    if (!first) first = i;
    if (const std::int64_t expected = arguments[*first].tensor.shape()[0]; count != expected)
      refuse(kWho, "argument {} has {} examples, argument {} {}; there must be as many", i, count,
             *first, expected);
  }
  if (!first) refuse(kWho, "no argument is mapped; one must be");
  return arguments[*first].tensor.shape()[0];
}

// Every example draws the same random numbers.
std::vector<Tensor> one_by_one(const FunctionOfMany& f, const std::vector<Value>& arguments,
                               std::int64_t size, const Draws& draws) {
  std::vector<std::vector<Tensor>> examples;
  for (std::int64_t i = 0; i < size; ++i) {
    std::vector<Tensor> single;
    for (const Value& x : arguments) single.push_back(x.batched ? example(x.tensor, i) : x.tensor);
    const RepeatDraws same(kWho, draws);
    examples.push_back(detail::call_back("the function of vmap", f, single));
  }
  return stacked("the function", examples);
}

std::vector<Tensor> mapped(const FunctionOfMany& f, const std::vector<Value>& arguments,
                           std::int64_t size) {
  const detail::WatchEscapes watch;
  Tape tape(TapeOptions{.keep_values = true, .observe_only = true});
  std::vector<Tensor> first;
  for (const Value& x : arguments)
    first.push_back(x.batched ? tape.constant(example(detach(x.tensor), 0)) : x.tensor);
  Draws draws;
  std::vector<Tensor> ys;
  {
    const NoteDraws noting(draws);
    ys = detail::call_for(kWho, tape, f, first);
  }
  tape.stop();
  if (watch.numbers || watch.functions) return one_by_one(f, arguments, size, draws);
  Replay replay(tape, size);
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].batched) replay.set(first[i].id(), arguments[i].tensor);
  std::vector<Tensor> results;
  for (const Tensor& y : ys) {
    Shape shape = y.shape();
    shape.insert(0, size);
    results.push_back(tape.owns(y) ? replay.of(y.id()) : broadcast_to(y, shape));
  }
  return results;
}

}  // namespace

FunctionOfMany vmap(FunctionOfMany f, InAxes in_axes, Site site) {
  detail::require_function(kWho, f);
  return [f = std::move(f), in_axes = std::move(in_axes), site](const std::vector<Tensor>& xs) {
    const CallSite call(site);
    const std::vector<Value> arguments = with_batch_first(xs, in_axes);
    return mapped(f, arguments, count_of(arguments));
  };
}

Function vmap(Function f, Site site) {
  detail::require_function(kWho, f);
  return [many = vmap(
              [f = std::move(f)](const std::vector<Tensor>& xs) { return std::vector{f(xs[0])}; },
              {0}, site)](const Tensor& x) { return many({x})[0]; };
}

}  // namespace tapestry
