// The identity of recordings. A handle names its recording by an epoch of 32 bits, and a process
// may make more recordings than there are epochs.
//
// The basic idea: epochs are taken in rounds. A recording of a later round leaves out the ids that
// recordings of earlier rounds may have given to their nodes, so that epoch and id together never
// come twice and a handle of a recording that has ended is refused for ever. A batch of epochs of
// which one still lives is passed over. Only even epochs are taken: names of one epoch then differ
// from those of the next in use by more than 2^32, and one subtraction tells whether a name is of
// a recording.
#pragma once

#include <cstdint>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

// What a recording begins with: its first node is retired + 1.
struct Recording {
  Epoch epoch = 0;
  NodeId retired = 0;
  std::uint32_t round = 0;
};

// One that no other was. Error when ids have come to their end, too.
Recording next_recording();
// To be told before a recording ends or forgets nodes: ids up to `last` were given out.
void note_ids(std::uint32_t round, NodeId last) noexcept;

// For tests: what was taken and noted so far, as after a long life of the process.
struct RecordingCount {
  std::uint64_t taken = 0;  // epochs of all rounds
  NodeId largest = 0;       // id that any recording gave out
};
inline constexpr std::uint64_t kEpochsOfRound = std::uint64_t{1} << 31;
void advance_recordings(const RecordingCount& to);

}  // namespace tapestry::detail
