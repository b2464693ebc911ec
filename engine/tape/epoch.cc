#include "engine/tape/epoch.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "engine/base/error.h"
#include "engine/tape/tape_list.h"

namespace tapestry::detail {
namespace {

// A thread takes many at once: an atomic increment takes as long as the rest of a tape's birth.
constexpr std::uint64_t kMany = 128;
// Recordings of which fewer nodes could be made are refused.
constexpr NodeId kLastRetired = UINT32_MAX - (NodeId{1} << 20);

struct Batch {
  std::uint64_t next = 0, end = 0;
};
constinit thread_local Batch batch{};

std::mutex batches;
std::uint64_t taken = 0;  // under `batches`
std::atomic<std::uint32_t> round_now{0};
std::atomic<NodeId> largest{0};  // id of all rounds
std::atomic<NodeId> retired{0};  // ids of the rounds before

std::uint32_t round_of(std::uint64_t number) {
  return static_cast<std::uint32_t>(number / kEpochsOfRound);
}
Epoch epoch_of(std::uint64_t number) { return static_cast<Epoch>(number % kEpochsOfRound) * 2; }

void raise(std::atomic<NodeId>& most, NodeId id) noexcept {
  NodeId known = most.load();
  while (id > known && !most.compare_exchange_weak(known, id)) {
  }
}

// One more, since a mark may stand behind the last id.
void retire(NodeId last) noexcept { raise(retired, last + 1); }

void take_batch() {
  const std::lock_guard lock(batches);
  for (;;) {
    const std::uint64_t first = taken, last = taken + kMany - 1;
    taken += kMany;
    if (round_of(first) != round_now.load()) {
      // A thread that notes an id looks at the round afterwards: one of the two sees the other.
      round_now = round_of(first);
      retire(largest.load());
    }
    if (retired.load() > kLastRetired)
      refuse("tape",
             "this process has made {} recordings, one of {} nodes; there are no names left", first,
             largest.load());
    if (round_of(first) > 0 && any_tape_lives(epoch_of(first), epoch_of(last))) continue;
    batch = {first, last + 1};
    if (epoch_of(first) == 0) ++batch.next;  // that of handles without a recording
    return;
  }
}

}  // namespace

Recording next_recording() {
  if (batch.next == batch.end || round_of(batch.next) != round_now.load(std::memory_order_relaxed))
    take_batch();
  const std::uint64_t number = batch.next++;
  return {epoch_of(number), retired.load(std::memory_order_relaxed), round_of(number)};
}

void note_ids(std::uint32_t round, NodeId last) noexcept {
  if (last > largest.load(std::memory_order_relaxed)) raise(largest, last);
  if (round != round_now.load()) retire(last);
}

void advance_recordings(const RecordingCount& to) {
  const std::lock_guard lock(batches);
  taken = std::max(taken, to.taken / kMany * kMany);
  raise(largest, to.largest);
  batch = {};
}

}  // namespace tapestry::detail
