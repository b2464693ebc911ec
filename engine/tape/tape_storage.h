// The pages behind a tape, handed from one recording to the next.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/arena.h"
#include "engine/tape/comparison.h"
#include "engine/tape/node.h"
#include "engine/tape/statement_storage.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

// A place on a tape: what was recorded before it.
struct TapeMark : detail::StatementMark {
  std::size_t owners = 0, kept = 0, severed = 0, comparisons = 0;
  detail::Arena::Place arena{};
};

}  // namespace tapestry

namespace tapestry::detail {

struct Binding {
  Tensor value;
  NodeId id;
};

// An Error that is thrown when the value is asked for.
struct DueRefusal {
  std::string_view who;
  std::string what;
};

struct TapeStorage : StatementStorage<double> {
  using Mark = TapeMark;
  explicit TapeStorage(AddressShare::Taken taken) : StatementStorage<double>(taken) {}
  Arena arena;
  std::vector<TensorNode*> owners;  // nodes that hold tensors, to be let go at the end
  std::map<NodeId, std::string> names;
  std::unordered_map<const void*, Binding> bindings;
  std::vector<Tensor> outer_values;  // by id: the same value on the outer tape, where it is tracked
  std::vector<std::pair<NodeId, NodeId>> severed;  // leaves, and whose numbers they hold
  std::vector<Tensor> tangents;                    // by id, on a tape that carries them
  std::map<NodeId, DueRefusal> no_tangents;        // of nodes whose derivative does not exist
  std::vector<std::shared_ptr<const void>> kept;   // what attributes point to
  std::vector<Comparison> comparisons;
  std::vector<std::pair<NodeId, NodeId>>
      recorded_sweeps;  // first and last of what a sweep recorded
  bool has_tensors = false;
  bool differentiates_adjoints = false;  // an op does, see engine/tape/op.h
  bool moved = false;  // a replay gave scalars other numbers than their handles have

  // Plain numbers that met scalars, so that a number used often is one node.
  struct Pooled {
    double value = 0;
    Epoch epoch = 0;
    NodeId id = 0;
  };
  Pooled pool[64];

  const TensorNode* node(NodeId id) const { return std::bit_cast<const TensorNode*>(values[id]); }
  void put_node(const TensorNode* node) {
    if (next_id() >= roomy_until) look_for_room();
    put_value(std::bit_cast<double>(node));
  }

  void begin(const Recording& recording);
  void release_unused();
  TapeMark mark() const;
  void check(std::string_view who, const TapeMark& mark) const;
  // Forgets the nodes from mark.next on.
  void rewind(const TapeMark& mark);
  void reset();
  ~TapeStorage() { reset(); }
};

}  // namespace tapestry::detail
