#include "engine/tensor/draws.h"

#include "engine/base/error.h"
#include "engine/tensor/rng.h"

namespace tapestry::detail {

void DrawWatch::note(std::uint64_t seed, std::uint64_t first, std::uint64_t count) {
  if (!into_->runs.empty()) {
    Draws::Run& last = into_->runs.back();
    if (last.seed == seed && last.first + last.count == first) {
      last.count += count;
      return;
    }
  }
  into_->runs.push_back({seed, first, count});
}

std::uint64_t DrawWatch::repeat(std::uint64_t seed, std::uint64_t count) {
  if (run_ < from_->runs.size() && used_ == from_->runs[run_].count) {
    ++run_;
    used_ = 0;
  }
  if (run_ == from_->runs.size())
    refuse(who_,
           "the function draws {} random numbers more when it is computed again; it must draw as "
           "it did the first time",
           count);
  const Draws::Run& run = from_->runs[run_];
  if (run.seed != seed || run.count - used_ < count)
    refuse(who_,
           "the function draws {} random numbers of seed {} when it is computed again, where it "
           "drew {} of seed {}; it must draw as it did the first time",
           count, seed, run.count - used_, run.seed);
  const std::uint64_t first = run.first + used_;
  used_ += count;
  return first;
}

// What is repeated was drawn before, and is nothing new to those who watch around that.
std::uint64_t claim_watched(std::uint64_t seed, std::uint64_t& position, std::uint64_t count) {
  if (count == 0) return position;
  DrawWatch* source = context.draw_watch;
  while (source && !source->from_) source = source->outer();
  std::uint64_t first = position;
  if (source)
    first = source->repeat(seed, count);
  else
    position += count;
  for (DrawWatch* watch = context.draw_watch; watch != source; watch = watch->outer())
    watch->note(seed, first, count);
  return first;
}

}  // namespace tapestry::detail
