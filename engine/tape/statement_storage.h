// What scalar statements are written to: four streams that only grow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/memory.h"
#include "engine/base/stream.h"
#include "engine/tape/adjoints.h"
#include "engine/tape/epoch.h"
#include "engine/tape/leaf.h"
#include "engine/tape/node.h"
#include "engine/tape/runs.h"
#include "engine/tape/tape_use.h"

namespace tapestry::detail {

// No statement has more operands than this, nor more numbers of payload.
inline constexpr int kMostOfAStatement = 255;

// What of the address space a storage may reserve: plenty, unless hundreds live or wait for their
// next tape. Where the system limits the address space, tapes leave half of it to others: libraries
// ask for theirs later, and some repeat a refused request without end.
class AddressShare {
 public:
  static constexpr std::size_t kPlenty = std::size_t{72} << 32;  // 2^32 nodes of doubles
  struct Taken {};
  constexpr AddressShare() = default;  // nothing
  explicit AddressShare(Taken);
  constexpr ~AddressShare() {
    if (bytes_ > 0) give_back();
  }
  AddressShare(const AddressShare&) = delete;
  AddressShare& operator=(const AddressShare&) = delete;
  std::size_t bytes() const { return bytes_; }
  // Not one of hundreds: worth keeping for the next tape.
  bool is_large() const { return wanted_ == kPlenty; }

 private:
  void give_back() noexcept;
  std::size_t wanted_ = 0, bytes_ = 0;
};

// A place on a tape: what was recorded before it.
struct StatementMark {
  Epoch epoch = 0;
  NodeId next = 0;  // the first node after it
  std::size_t operands = 0, payload = 0;
  std::uint64_t callbacks = 0;  // that had begun, see Callback
};
// Error for a mark of another recording than the one that goes on with next_name, or one that was
// rewound past.
void check_mark(std::string_view who, const StatementMark& mark, std::uint64_t first_name,
                std::uint64_t next_name, const Runs& runs);
// Refuses a node that the tape does not hold: it holds 1 to `size`.
[[noreturn]] void refuse_forgotten(std::string_view who, NodeId id, NodeId size);
// A statement was recorded with a handle that should have been forgotten.
[[noreturn]] void refuse_forgotten_operand(NodeId id, NodeId operand);
[[noreturn]] void refuse_mark(std::string_view who, NodeId next);

template <class T>
struct StatementStorage {
  using Mark = StatementMark;
  AddressShare share;
  std::uint64_t next_name = kNobody;   // of the node to come: the recording's epoch, above its id
  std::uint64_t first_name = kNoName;  // of the recording's first node, see engine/tape/epoch.h
  std::uint32_t round = 0;             // of its epoch
  NodeId roomy_until = 0;              // statements of lower ids find room in every stream
  Stream<T> values;                    // by id: a scalar's, or a node's address as bits; 0 is no id
  Stream<NodeId> operands;
  Stream<T> payload;
  Runs runs;
  Adjoints<T> adjoints;  // by id, of a reverse sweep; the memory stays for the next
  NodeId spare_constant = 0, spare_end = 0;  // ids that wait for a constant
  std::uint32_t constants = 0;               // made in this recording

  constexpr StatementStorage() = default;  // without room
  explicit StatementStorage(AddressShare::Taken taken)
      : share(taken),
        values(ids_within(share.bytes()), 0),
        operands(4 * values.capacity(), 1),
        payload(2 * values.capacity(), 2),
        runs(values.capacity() / 2, 3) {}

  NodeId next_id() const { return static_cast<NodeId>(next_name); }
  NodeId size() const { return next_id() - 1; }
  // Whether the node of that name is of this recording, which may have forgotten it.
  bool owns(std::uint64_t name) const { return (name - first_name) >> 32 == 0; }
  // Whether a statement may be written; and one of this kernel without a word to the runs.
  bool has_room() const { return next_id() < roomy_until; }
  [[gnu::always_inline]] bool is_ready_for(const KernelOf<T>& kernel) const {
    return has_room() && runs.expects(kernel);
  }
  // Sets roomy_until; Error when the tape is full.
  void look_for_room() {
    constexpr std::size_t most = kMostOfAStatement, look_again = std::size_t{1} << 20;
    const std::size_t ids = std::min(values.capacity(), std::size_t{UINT32_MAX});
    const std::size_t room = std::min({ids - std::min<std::size_t>(ids, next_id()),
                                       operands.room() / most, payload.room() / most, look_again});
    if (room == 0) refuse_growth(next_id());
    roomy_until = next_id() + static_cast<NodeId>(room);
  }
  // Writes a statement whose operands are nodes of this storage.
  BasicScalar<T> put(const KernelOf<T>& kernel, std::span<const NodeId> operand_ids,
                     std::span<const T> numbers, const T& value) {
    if (next_id() >= roomy_until) look_for_room();
    const std::uint64_t name = next_name;
    runs.put(kernel, next_id(), operands.size(), payload.size());
    // A few each: calls that copy many would take longer.
    for (std::size_t i = 0; i < operand_ids.size(); ++i) operands.end()[i] = operand_ids[i];
    operands.advance(operand_ids.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) payload.end()[i] = numbers[i];
    payload.advance(numbers.size());
    put_value(value);
    return BasicScalar<T>::named(value, name);
  }
  // The same for a statement whose operands and payload are written behind the end already: what is
  // left where its kernel is not the one that was expected. A call of its own, after which a
  // statement has nothing to do, so that those that were expected keep all they have in registers.
  // Error for an operand that was forgotten.
  [[gnu::noinline]] BasicScalar<T> finish_turning(const KernelOf<T>& kernel,
                                                  typename BasicScalar<T>::Passed value) {
    const std::uint64_t name = next_name;
    for (int i = 0; i < kernel.arity; ++i)
      if (operands.end()[i] >= next_id()) refuse_forgotten(kernel.name, operands.end()[i], size());
    runs.put(kernel, next_id(), operands.size(), payload.size());
    operands.advance(static_cast<std::size_t>(kernel.arity));
    payload.advance(static_cast<std::size_t>(kernel.payload));
    put_value(value);
    return BasicScalar<T>::named(value, name);
  }
  // The node of a plain number among the operands of the statement to come. Where there are many,
  // ids for several are taken at once: constants between the statements of a loop would break up
  // its runs. An id that waits is a constant, too, which nothing uses.
  NodeId constant(const T& value) {
    if (spare_constant == spare_end) {
      spare_constant = next_id();
      for (std::uint32_t n = constants < 16 ? 1 : std::min(constants / 4, 64u); n > 0; --n)
        put(kConstantStatement<T>, {}, {}, T(0));
      spare_end = next_id();
    }
    ++constants;
    values[spare_constant] = value;
    return spare_constant++;
  }
  void put_value(const T& value) {
    values[next_id()] = value;
    ++next_name;
  }
  // The recording begins anew. Ids that earlier ones of its epoch may have given out are those of
  // constants without a handle.
  void begin(const Recording& recording) {
    next_name = first_name = (std::uint64_t{recording.epoch} << 32) + recording.retired + 1;
    round = recording.round;
    if (recording.retired == 0) return;
    runs.put(kConstantStatement<T>, 1, 0, 0);
    runs.settle();
  }
  NodeId first_id() const { return static_cast<NodeId>(first_name); }
  void note_ids() const noexcept { detail::note_ids(round, size()); }
  // Gives back the pages that nothing lies on.
  void release_unused() {
    values.release_from(next_id());
    operands.release_from(operands.size());
    payload.release_from(payload.size());
    runs.release_unused();
    adjoints.release();
  }
  void reset() {
    roomy_until = 0;  // it counted on the fill of the streams
    spare_constant = spare_end = constants = 0;
    operands.clear();
    payload.clear();
    runs.clear();
  }

  Epoch epoch() const { return static_cast<Epoch>(next_name >> 32); }
  StatementMark mark() const {
    return {epoch(), next_id(), operands.size(), payload.size(), Callback::begun()};
  }
  void check(std::string_view who, const StatementMark& mark) const {
    check_mark(who, mark, first_name, next_name, runs);
  }
  // Forgets the nodes from mark.next on.
  void rewind(const StatementMark& mark) {
    note_ids();
    roomy_until = 0;
    if (spare_end > mark.next) spare_constant = spare_end = 0;
    operands.shrink(mark.operands);
    payload.shrink(mark.payload);
    runs.rewind(mark.next);
    next_name = std::uint64_t{mark.epoch} << 32 | mark.next;
  }

  // No recording has this epoch.
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0}, kNoName = kNobody << 32;

 private:
  // As the constructor divides them: an id has 4 operands, 2 numbers of payload and half a span,
  // and then an adjoint.
  static constexpr std::size_t kBytesOfId =
      4 * sizeof(T) + 4 * sizeof(NodeId) + (sizeof(Span) + sizeof(void*)) / 2;
  static std::size_t ids_within(std::size_t bytes) {
    return std::min(std::size_t{1} << 32, bytes / kBytesOfId);
  }
};

// The pages of a thread that no tape uses, for the next. A tape may die after the pool, at the end
// of the thread or of the program. What another thread asked to release is released by the next
// tape.
template <class Storage>
class StoragePool {
 public:
  static std::unique_ptr<Storage> take() {
    if (closed_) return std::make_unique<Storage>(AddressShare::Taken{});
    if (idle_.releases != release_count.load(std::memory_order_relaxed)) release();
    if (idle_.storages.empty()) return std::make_unique<Storage>(AddressShare::Taken{});
    std::unique_ptr<Storage> storage = std::move(idle_.storages.back());
    idle_.storages.pop_back();
    return storage;
  }
  static void give_back(std::unique_ptr<Storage> storage) noexcept {
    storage->reset();
    if (!closed_ && idle_.storages.size() < kMost && storage->share.is_large())
      idle_.storages.push_back(std::move(storage));
  }

 private:
  static constexpr std::size_t kMost = 4;
  struct Idle {
    std::vector<std::unique_ptr<Storage>> storages;
    std::size_t releases = release_count.load(std::memory_order_relaxed);
    Idle() {
      storages.reserve(kMost);
      keep_cache(keeper_);
    }
    ~Idle() {
      drop_cache(keeper_);
      closed_ = true;
    }
  };
  static void release() noexcept {
    idle_.releases = release_count.load(std::memory_order_relaxed);
    idle_.storages.clear();
  }
  static inline constinit thread_local bool closed_ = false;
  static inline constinit thread_local CacheKeeper keeper_{&release};
  static inline thread_local Idle idle_;
};

// An empty storage, ready for nothing.
template <class T>
inline constinit StatementStorage<T> no_storage;

// What this thread writes statements to as a matter of course; no_storage while no tape records, or
// while every statement must be looked at (DetectAnomaly watches, the tape carries tangents).
template <class T>
inline constinit thread_local StatementStorage<T>* statement_storage = &no_storage<T>;

}  // namespace tapestry::detail
