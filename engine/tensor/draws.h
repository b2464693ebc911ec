// Which random numbers a computation drew, so that it draws the same when it is recomputed.
// A number depends on seed and position alone, so these are noted: no generator is held, and none
// moves when its numbers are drawn again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/context.h"

namespace tapestry::detail {

// In order; what follows on from the last is one run with it.
struct Draws {
  struct Run {
    std::uint64_t seed, first, count;
  };
  std::vector<Run> runs;
};

// Where generators of a thread look before they claim positions, the innermost first.
class DrawWatch : Ambient<&Context::draw_watch> {
 public:
  DrawWatch(std::string_view who, Draws* into, const Draws* from)
      : Ambient(this), who_(who), into_(into), from_(from) {}

 private:
  friend std::uint64_t claim_watched(std::uint64_t, std::uint64_t&, std::uint64_t);
  void note(std::uint64_t seed, std::uint64_t first, std::uint64_t count);
  std::uint64_t repeat(std::uint64_t seed, std::uint64_t count);

  std::string_view who_;
  Draws* into_;        // null when it repeats
  const Draws* from_;  // null when it notes
  std::size_t run_ = 0;
  std::uint64_t used_ = 0;  // of that run
};

// While it lives, what generators of this thread draw is noted.
class NoteDraws : DrawWatch {
 public:
  explicit NoteDraws(Draws& draws) : DrawWatch({}, &draws, nullptr) {}
};

// While it lives, they draw what was noted. Error in the name of `who` when they are asked for
// more, or for numbers of another seed.
class RepeatDraws : DrawWatch {
 public:
  RepeatDraws(std::string_view who, const Draws& draws) : DrawWatch(who, nullptr, &draws) {}
};

}  // namespace tapestry::detail
