// What scalar statements are written to: four streams that only grow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/node.h"
#include "engine/runs.h"
#include "engine/stream.h"

namespace tapestry::detail {

// More leaves or constants than this has no statement.
inline constexpr int kMostOfAStatement = 255;

template <class T>
struct StatementStorage {
  std::uint64_t next_name = kNobody;  // of the node to come: the recording's epoch, above its id
  NodeId roomy_until = 0;             // statements of lower ids find room in every stream
  Stream<T> values;  // by id: a scalar's, or a node's address as bits; 0 is nobody's id
  Stream<NodeId> leaves;
  Stream<T> constants;
  Runs runs;

  constexpr StatementStorage() = default;  // without room
  explicit StatementStorage(std::size_t ids)
      : values(ids), leaves(4 * ids), constants(2 * ids), runs(ids / 2) {}

  NodeId next_id() const { return static_cast<NodeId>(next_name); }
  NodeId size() const { return next_id() - 1; }
  // Whether a statement of this kernel may be written without further ado.
  [[gnu::always_inline]] bool is_ready_for(const StatementKernel& kernel) const {
    return next_id() < roomy_until && runs.expects(kernel);
  }
  // Sets roomy_until; Error when the tape is full.
  void look_for_room() {
    constexpr std::size_t most = kMostOfAStatement, look_again = std::size_t{1} << 20;
    const std::size_t ids = std::min(values.capacity(), std::size_t{UINT32_MAX});
    const std::size_t room = std::min({ids - std::min<std::size_t>(ids, next_id()),
                                       leaves.room() / most, constants.room() / most, look_again});
    if (room == 0) refuse_growth(next_id());
    roomy_until = next_id() + static_cast<NodeId>(room);
  }
  // Writes a statement whose leaves are nodes of this storage.
  BasicScalar<T> put(const StatementKernel& kernel, std::span<const NodeId> leaf_ids,
                     std::span<const T> numbers, const T& value) {
    if (next_id() >= roomy_until) look_for_room();
    const std::uint64_t name = next_name;
    runs.put(kernel, next_id(), leaves.size(), constants.size());
    // A few each: calls that copy many would take longer.
    for (std::size_t i = 0; i < leaf_ids.size(); ++i) leaves.end()[i] = leaf_ids[i];
    leaves.advance(leaf_ids.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) constants.end()[i] = numbers[i];
    constants.advance(numbers.size());
    put_value(value);
    return BasicScalar<T>::named(value, name);
  }
  void put_value(const T& value) {
    values[next_id()] = value;
    ++next_name;
  }
  // The recording begins anew, as `epoch`.
  void begin(Epoch epoch) { next_name = (std::uint64_t{epoch} << 32) + 1; }

  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};
};

// An empty storage, ready for nothing.
template <class T>
inline constinit StatementStorage<T> no_storage;

// What this thread writes statements to as a matter of course; no_storage while nobody records, or
// while every statement must be looked at (DetectAnomaly watches, the tape carries tangents).
template <class T>
inline constinit thread_local StatementStorage<T>* statement_storage = &no_storage<T>;

}  // namespace tapestry::detail
