// The pages behind a tape, handed from one recording to the next.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/arena.h"
#include "engine/node.h"
#include "engine/stream.h"

namespace tapestry::detail {

// A maximal sequence of tensor operations (null kernel) or of statements of one kernel.
struct Span {
  const StatementKernel* kernel;
  NodeId first;
  std::size_t leaves_begin;
  std::size_t constants_begin;
};

// The entry of an id: a scalar's value, or the node that a tensor belongs to.
union Entry {
  double number;
  const TensorNode* node;
};

struct Binding {
  Tensor value;
  NodeId id;
};

// An Error that is due when somebody asks.
struct Refusal {
  std::string_view who;
  std::string what;
};

struct TapeStorage {
  Arena arena;
  Stream<Entry> entries{std::size_t{1} << 32};  // entry 0 is a placeholder: ids count from 1
  Stream<Span> spans{std::size_t{1} << 31};
  Stream<NodeId> leaves{std::size_t{1} << 34};
  Stream<double> constants{std::size_t{1} << 33};
  std::vector<TensorNode*> owners;  // nodes that hold tensors, to be let go at the end
  std::map<NodeId, std::string> names;
  std::unordered_map<const void*, Binding> bindings;
  std::vector<Tensor> outward;  // by id: the same value on the tape around, where it is tracked
  std::vector<std::pair<NodeId, NodeId>> severed;  // leaves, and whose numbers they hold
  std::vector<Tensor> tangents;                    // by id, on a tape that carries them
  std::map<NodeId, Refusal> no_tangents;           // of nodes whose derivative does not exist
  std::vector<std::shared_ptr<const void>> kept;   // what attributes point to
  bool has_scalars = false, has_tensors = false;
  std::vector<double> spare_adjoints;  // memory of the last walk, for the next

  // Plain numbers that met scalars, so that a number used often is one node.
  struct Pooled {
    double value = 0;
    Epoch epoch = 0;
    NodeId id = 0;
  };
  Pooled pool[64];

  // A statement that is about to be, or just was, written there begins a run.
  void begin_run(const StatementKernel& kernel, NodeId first, std::size_t leaves_begin,
                 std::size_t constants_begin) {
    spans.push_back({&kernel, first, leaves_begin, constants_begin});
    has_scalars = true;
  }

  void reset();
  ~TapeStorage() { reset(); }
};

[[noreturn]] void refuse_stale(std::string_view who, std::string_view what);

std::unique_ptr<TapeStorage> take_storage();
void return_storage(std::unique_ptr<TapeStorage> storage) noexcept;

}  // namespace tapestry::detail
