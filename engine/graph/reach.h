// What a sweep has to pass: the nodes that depend on an x and that a y depends on, along the edges
// that adjoints flow through. To find them takes as long as y has ancestors above the lowest x, and
// so as long each time, whatever else the tape holds.
#pragma once

#include <algorithm>
#include <span>

#include "engine/graph/node_set.h"
#include "engine/tape/tape_storage.h"
#include "engine/tape/traverse.h"

namespace tapestry::detail {

// Whatever of the nodes from `floor` on leads to a member is inserted, and those below `floor` that
// are read; within the set's stretch. `operands` gives those of a node (Run of one) that count.
// False where there are more than `most`, which are then not all found.
template <class T, class Operands>
bool insert_ancestors(const StatementStorage<T>& storage, NodeSet& set, NodeId floor,
                      Operands&& operands, std::size_t most = ~std::size_t{0}) {
  Cursor<T> cursor(storage);
  std::size_t found = 0;
  set.for_each_down([&](NodeId id) {
    if (id < floor) return false;
    if (++found > most) return false;
    for (NodeId operand : operands(cursor.at(id))) {
      if (operand >= id) refuse_forgotten_operand(id, operand);
      if (operand >= set.first()) set.insert(operand);
    }
    return true;
  });
  return found <= most;
}

// Takes out what depends on none of `xs`, which are members.
template <class T, class Operands>
void erase_independent(const StatementStorage<T>& storage, NodeSet& set, std::span<const NodeId> xs,
                       NodeId floor, Operands&& operands) {
  NodeSet sources(set.first(), set.last());
  for (NodeId x : xs) sources.insert(x);
  Cursor<T> cursor(storage);
  set.for_each_up([&](NodeId id) {
    if (sources.contains(id)) return;
    bool depends = false;
    if (id >= floor)
      for (NodeId operand : operands(cursor.at(id))) depends |= set.contains(operand);
    if (!depends) set.erase(id);
  });
}

// Operands of statements.
template <class T>
struct OperandsOf {
  std::span<const NodeId> operator()(const RunOf<T>& node) const {
    return {node.operands, static_cast<std::size_t>(node.kernel->arity)};
  }
};
// Of nodes of a Tape, where adjoints flow.
struct FlowsInto {
  const TapeStorage& storage;
  std::span<const NodeId> operator()(const Run& node) const {
    if (node.kernel) return OperandsOf<double>()(node);
    const TensorNode& tensor = *storage.node(node.first);
    if (!tensor.op->differentiable || !is_floating(tensor.type(node.first).dtype)) return {};
    return tensor.operand_ids();
  }
};

// The nodes between xs and ys; xs that no y depends on are not among them. Nodes before `floor` are
// taken for leaves.
template <class T, class Operands>
NodeSet reach_of(const StatementStorage<T>& storage, std::span<const NodeId> ys,
                 std::span<const NodeId> xs, Operands&& operands, NodeId floor = 0) {
  const NodeId last = *std::max_element(ys.begin(), ys.end());
  NodeId first = last;
  for (NodeId x : xs) first = std::min(first, x);
  NodeSet set(first, last);
  for (NodeId y : ys)
    if (y >= first) set.insert(y);
  insert_ancestors(storage, set, std::max(first, floor), operands);
  std::vector<NodeId> reached;
  for (NodeId x : xs)
    if (set.contains(x)) reached.push_back(x);
  erase_independent(storage, set, reached, floor, operands);
  set.number();
  return set;
}

// Of a Tape, whose xs may be integer tensors, to which nothing flows.
NodeSet reach_of(const Tape& tape, std::span<const NodeId> ys, std::span<const NodeId> xs,
                 NodeId floor = 0);

}  // namespace tapestry::detail
