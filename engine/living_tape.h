// The tapes of one type of number that live on a thread, and the one of them that records.
#pragma once

#include <cstdio>
#include <exception>
#include <utility>

#include "engine/scalar.h"

namespace tapestry::detail {

// The number of a recording to come: other than those before, until 2^32 were given out, to threads
// by the hundred.
Epoch fresh_epoch();

// A type of tape that this thread has made some of, and what LivingTape offers for it.
struct TapeType {
  void* (*record_on)(void* tape);
  void* (*living)(void* tape);
  TapeType* next = nullptr;
  bool listed = false;
};
inline constinit thread_local TapeType* tape_types = nullptr;

// Self has an epoch(), and Self::write_to(tape) lets statements go to that tape or, where null, to
// none.
template <class Self>
class LivingTape {
 public:
  LivingTape(const LivingTape&) = delete;
  LivingTape& operator=(const LivingTape&) = delete;

  // The tape that records on this thread now, or null: none lives, or recording is paused.
  static Self* recording() { return recording_; }
  // The tape that was made last of those that live on this thread, or null.
  static Self* innermost() { return innermost_; }
  // Lets this tape record from now on, or none; returns the one before.
  static Self* record_on(Self* tape) {
    Self::write_to(tape);
    return std::exchange(recording_, tape);
  }
  // The tape, or where it died meanwhile the innermost that lives; null for null.
  static Self* living(Self* tape) {
    Self* other = innermost_;
    while (tape && other && other != tape) other = other->outer_;
    return tape && !other ? innermost_ : tape;
  }
  // This thread's living tape with that recording, or null.
  static Self* find(Epoch epoch) {
    Self* tape = innermost_;
    while (tape && tape->epoch() != epoch) tape = tape->outer_;
    return tape;
  }

  Self* enclosing() const { return outer_; }         // the next that lives on this thread
  Self* around() const { return outer_recording_; }  // the tape that recorded when this one began

  // Records no more, but can still be differentiated.
  void stop() {
    for (Self* inner = innermost_; inner && inner != this; inner = inner->outer_)
      if (inner->outer_recording_ == this) inner->outer_recording_ = outer_recording_;
    if (recording_ == this) record_on(outer_recording_);
  }

 protected:
  LivingTape() : outer_(innermost_), outer_recording_(recording_) {}
  // For a recording to come, other than those of tapes that live: the numbers come round again.
  static Epoch fresh_epoch() {
    Epoch epoch = detail::fresh_epoch();
    while (find(epoch)) epoch = detail::fresh_epoch();
    return epoch;
  }
  // At the end of its birth and at the begin of its death.
  void join() {
    if (!type_.listed) {
      type_.listed = true;
      type_.next = std::exchange(tape_types, &type_);
    }
    innermost_ = static_cast<Self*>(this);
    record_on(innermost_);
  }
  // Tapes usually die in reverse order of birth; one that dies early is unlinked from the middle.
  void leave() {
    Self** link = &innermost_;
    while (*link && *link != this) link = &(*link)->outer_;
    if (!*link) {
      std::fputs("[tape] a tape died on another thread than the one that made it\n", stderr);
      std::terminate();
    }
    stop();
    *link = outer_;
  }

 private:
  static void* record_on_any(void* tape) { return record_on(static_cast<Self*>(tape)); }
  static void* living_any(void* tape) { return living(static_cast<Self*>(tape)); }

  static inline constinit thread_local Self* innermost_ = nullptr;
  static inline constinit thread_local Self* recording_ = nullptr;
  static inline constinit thread_local TapeType type_{&record_on_any, &living_any};

  Self* outer_;
  Self* outer_recording_;
};

}  // namespace tapestry::detail
