// The pages behind a tape, handed from one recording to the next.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/arena.h"
#include "engine/node.h"
#include "engine/runs.h"
#include "engine/stream.h"
#include "engine/tape.h"

namespace tapestry::detail {

// More leaves or constants than this has no statement.
inline constexpr int kMostOfAStatement = 255;

// Numbers by id, of which only those in use were ever touched.
class Adjoints {
 public:
  // Room for ids up to `last`; zero from `first` on.
  void reset(NodeId first, NodeId last);
  double* data() { return numbers_.get(); }
  const double* data() const { return numbers_.get(); }

 private:
  std::unique_ptr<double[]> numbers_;
  std::size_t capacity_ = 0;  // means something where there are numbers
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

// What scalar statements are written to.
struct StatementStorage {
  std::uint64_t next_name = kNobody;  // of the node to come: the recording's epoch, above its id
  NodeId roomy_until = 0;             // statements of lower ids find room in every stream
  Stream<double> values;  // by id: a scalar's, or a node's address as bits; 0 is nobody's id
  Stream<NodeId> leaves;
  Stream<double> constants;
  Runs runs;

  constexpr StatementStorage() = default;  // without room
  explicit StatementStorage(std::size_t ids)
      : values(ids), leaves(4 * ids), constants(2 * ids), runs(ids / 2) {}

  NodeId next_id() const { return static_cast<NodeId>(next_name); }
  // Whether a statement of this kernel may be written without further ado.
  [[gnu::always_inline]] bool is_ready_for(const StatementKernel& kernel) const {
    return next_id() < roomy_until && runs.expects(kernel);
  }
  // Sets roomy_until; Error when the tape is full.
  void look_for_room();
  // Writes a statement whose leaves are nodes of this storage.
  Scalar put(const StatementKernel& kernel, std::span<const NodeId> leaf_ids,
             std::span<const double> numbers, double value);
  void put_value(double value) {
    values[next_id()] = value;
    ++next_name;
  }

  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};
};

// What this thread writes statements to as a matter of course: an empty storage, ready for nothing,
// while nobody records, or while every statement must be looked at (DetectAnomaly watches, the tape
// carries tangents).
extern constinit thread_local StatementStorage* statement_storage;

struct TapeStorage : StatementStorage {
  TapeStorage() : StatementStorage(std::size_t{1} << 32) {}
  Arena arena;
  std::vector<TensorNode*> owners;  // nodes that hold tensors, to be let go at the end
  std::map<NodeId, std::string> names;
  std::unordered_map<const void*, Binding> bindings;
  std::vector<Tensor> outward;  // by id: the same value on the tape around, where it is tracked
  std::vector<std::pair<NodeId, NodeId>> severed;  // leaves, and whose numbers they hold
  std::vector<Tensor> tangents;                    // by id, on a tape that carries them
  std::map<NodeId, Refusal> no_tangents;           // of nodes whose derivative does not exist
  std::vector<std::shared_ptr<const void>> kept;   // what attributes point to
  std::vector<Comparison> comparisons;
  bool has_tensors = false;
  Adjoints spare_adjoints;  // memory of the last walk, for the next

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

  // Forgets the nodes from mark.next on.
  void rewind(const TapeMark& mark);
  void reset();
  ~TapeStorage() { reset(); }
};

[[noreturn]] void refuse_stale(std::string_view who, std::string_view what);

std::unique_ptr<TapeStorage> take_storage();
void return_storage(std::unique_ptr<TapeStorage> storage) noexcept;

}  // namespace tapestry::detail
