// The tapes of one type of number that live, and the one of them that records on this thread.
#pragma once

#include <type_traits>

#include "engine/tape/epoch.h"
#include "engine/tape/tape_list.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

// Self::statements() is what this thread's statements are written to, Self::no_statements() stands
// for nothing, and Self::write_to(tape) lets them go to that tape or, where null, to none.
template <class Self>
class LivingTape : public TapeNode {
 public:
  // The tape that records on this thread now, or null: none lives, or recording is paused.
  static Self* recording() { return self(list_.recording); }
  // The tape that was made last of those that live on this thread, or null.
  static Self* innermost() {
    return list_.innermost ? self(list_.innermost->tape.load(std::memory_order_relaxed)) : nullptr;
  }
  // Statements go straight to the tape that records, where nothing else has to see them. Called
  // whenever that may have changed.
  static void refresh() { Self::write_to(recording()); }
  // This thread's living tape with that recording, or null.
  static Self* find(Epoch epoch) { return self(list_.find(epoch)); }
  // The living tape of any thread with that recording, or null.
  static Self* find_anywhere(Epoch epoch) { return self(list_.find_anywhere(epoch)); }

  Self* enclosing() const { return self(TapeNode::enclosing()); }  // the next on its thread
  Self* outer() const { return self(TapeNode::outer()); }          // recorded when this one began

  // Records no more, but can still be differentiated. A thread that hands a tape to another thread
  // and goes on computing stops it before.
  void stop() { TapeNode::stop(list_); }

  // While it lives `tape` records, though it may not be the innermost; none when null.
  struct Resume : Recorder {
    explicit Resume(Self* tape) : Recorder(LivingTape::list_, tape) {}
  };

 protected:
  // At the end of its birth, at the begin of its death, and when it begins anew.
  void join(Epoch epoch) { TapeNode::join(list_, epoch); }
  void leave() { TapeNode::leave(list_); }
  void recompute(Epoch epoch) { TapeNode::recompute(list_, epoch); }

 private:
  static Self* self(TapeNode* tape) { return static_cast<Self*>(tape); }
  static void* place_of_statements() { return &Self::statements(); }
  static void hush(void* place) {
    using Place = std::remove_reference_t<decltype(Self::statements())>;
    *static_cast<Place*>(place) = Self::no_statements();
  }

  static void release(TapeNode* tape) { self(tape)->release_unused(); }

  static constexpr TapeKind kind_{&refresh, &place_of_statements, &hush, &release};
  static inline constinit thread_local TapeList list_{&kind_};
};

}  // namespace tapestry::detail
