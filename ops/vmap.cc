// vmap: f's operations are recorded for one example and carried out again for the batch.
#include "engine/ancestry.h"
#include "engine/batching.h"
#include "engine/broadcast.h"
#include "ops/jacobian.h"
#include "ops/join.h"
#include "ops/view.h"

namespace tapestry {
namespace {

struct Value {
  Tensor tensor;
  bool batched = false;
};

// With the batch in front and the example's axes aligned at the right, as broadcasting does.
Tensor aligned(const Value& x, int rank) {
  if (!x.batched) return x.tensor;
  Shape shape = x.tensor.shape();
  while (shape.rank() < rank + 1) shape.insert(1, 1);
  return reshape(x.tensor, shape);
}

Tensor example(const Tensor& x, std::int64_t i) { return squeeze(slice(x, 0, i, i + 1), 0); }

class Replay {
 public:
  Replay(const Tape& tape, std::int64_t size)
      : tape_(tape), size_(size), values_(tape.size() + 1) {}

  void set(NodeId id, Tensor batch) { values_[id] = {std::move(batch), true}; }

  Tensor of(NodeId result) {
    const Ancestry needed(tape_, result);
    for (NodeId id : needed.ids()) {
      if (tape_.is_scalar(id)) refuse("vmap", "scalars are not mapped: use tensors of rank 0");
      if (!values_[id].tensor.defined()) carry_out(tape_.tensor_node(id), id);
    }
    const Value& value = values_[result];
    if (value.batched) return value.tensor;
    Shape shape = value.tensor.shape();
    shape.insert(0, size_);
    return broadcast_to(value.tensor, shape);
  }

 private:
  void carry_out(const TensorNode& node, NodeId id) {
    if (node.operand_count == 0) {
      const Tensor& outside = tape_.outward(id);
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
    std::vector<Tensor> results = any ? mapped(node, operands, batched) : plain(node, operands);
    for (std::uint32_t k = 0; k < node.output_count; ++k) values_[node.id + k] = {results[k], any};
  }

  std::vector<Tensor> plain(const TensorNode& node, const std::vector<Tensor>& operands) const {
    std::vector<const Tensor*> pointers;
    for (const Tensor& operand : operands) pointers.push_back(&operand);
    std::vector<Tensor> results(node.output_count);
    detail::carry_out(*node.op, Inputs(pointers), node.attributes, results);
    return results;
  }

  std::vector<Tensor> mapped(const TensorNode& node, const std::vector<Tensor>& operands,
                             const std::vector<char>& batched) const {
    if (node.op->elementwise) {
      std::vector<Tensor> alike;
      for (std::size_t i = 0; i < operands.size(); ++i)
        alike.push_back(aligned({operands[i], batched[i] != 0}, node.types[0].shape.rank()));
      return plain(node, alike);
    }
    if (node.op->batch) {
      Batching batching(*node.op, node.attributes, size_, operands, batched, node.output_count);
      node.op->batch(batching);
      return batching.results();
    }
    std::vector<std::vector<Tensor>> examples(node.output_count);
    for (std::int64_t i = 0; i < size_; ++i) {
      std::vector<Tensor> single;
      for (std::size_t k = 0; k < operands.size(); ++k)
        single.push_back(batched[k] ? example(operands[k], i) : operands[k]);
      const std::vector<Tensor> results = plain(node, single);
      for (std::size_t k = 0; k < results.size(); ++k) examples[k].push_back(results[k]);
    }
    std::vector<Tensor> stacked;
    for (const auto& results : examples) stacked.push_back(stack(results));
    return stacked;
  }

  const Tape& tape_;
  std::int64_t size_;
  std::vector<Value> values_;
};

}  // namespace

Function vmap(Function f) {
  return [f = std::move(f)](const Tensor& x) {
    if (x.rank() == 0 || x.shape()[0] == 0)
      refuse("vmap",
             "the argument has shape {}; its first axis, which is mapped, must hold an example",
             x.shape());
    Tape tape(TapeOptions{.keep_values = true, .observe_only = true});
    const Tensor first = tape.constant(detach(example(detach(x), 0)));
    const Tensor y = f(first);
    tape.stop();
    Replay replay(tape, x.shape()[0]);
    if (tape.owns(y)) {
      replay.set(first.id(), x);
      return replay.of(y.id());
    }
    Shape shape = y.shape();
    shape.insert(0, x.shape()[0]);
    return broadcast_to(y, shape);
  };
}

}  // namespace tapestry
