// Which tapes live, on which thread, and how they lie around one another.
//
// The basic idea: a tape has a slot for as long as it lives, and slots are never freed. A thread
// keeps the slots of its tapes in a list of its own, which needs no lock. A tape that dies on
// another thread only empties its slot, and the thread of the list removes it later. A search for
// the tape of another thread reads all slots that ever were, and follows only the one that has the
// epoch.
//
// Any thread may use a tape, one thread at a time. The thread that made it records on it until the
// tape is stopped, dies, or the thread ends. A thread that goes on computing stops a tape before it
// hands the tape over.
#pragma once

#include <atomic>
#include <unordered_map>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

class TapeNode;
struct TapeList;

// What a type of tape tells its list. Its address names the type.
struct TapeKind {
  void (*refresh)();                // this thread's statements go to the tape that records now
  void* (*place)();                 // where this thread keeps that
  void (*hush)(void* place);        // nowhere, for the thread of that place
  void (*release)(TapeNode* tape);  // the pages on which nothing lies
};

struct TapeSlot {
  std::atomic<Epoch> epoch{0};  // 0 when it is empty
  std::atomic<TapeNode*> tape{nullptr};
  std::atomic<TapeList*> list{nullptr};  // null when its thread has ended
  const TapeKind* kind = nullptr;
  TapeSlot *outer = nullptr, *inner = nullptr;  // neighbours in the list
  TapeSlot* older = nullptr;                    // among all that ever were
};

// What tapes of every type have in common. `here` is the calling thread's list of their type.
class TapeNode {
 protected:
  TapeNode() = default;
  ~TapeNode() = default;
  TapeNode(const TapeNode&) = delete;
  TapeNode& operator=(const TapeNode&) = delete;

  void join(TapeList& here, Epoch epoch);  // at the end of its birth: it records
  void leave(TapeList& here) noexcept;     // at the begin of its death
  void stop(TapeList& here) noexcept;
  void recompute(TapeList& here, Epoch epoch);
  TapeNode* enclosing() const;
  TapeNode* outer() const { return outer_; }

 private:
  friend struct TapeList;
  friend struct ThreadEnd;
  void stop_in(TapeList* list) noexcept;
  void give_way() noexcept;
  void part() noexcept;

  TapeSlot* slot_ = nullptr;
  TapeNode* outer_ = nullptr;   // recorded when this one began
  TapeNode* within_ = nullptr;  // the last of those that it lies around, which are linked:
  TapeNode *before_ = nullptr, *after_ = nullptr;
};

// The tapes of one type that live on a thread, and the one that records there.
struct TapeList {
  explicit constexpr TapeList(const TapeKind* of) : kind(of) {}
  TapeList(const TapeList&) = delete;
  TapeList& operator=(const TapeList&) = delete;

  TapeNode* find(Epoch epoch) const {
    int steps = 0;
    for (const TapeSlot* slot = innermost; slot; slot = slot->outer) {
      if (slot->epoch.load(std::memory_order_relaxed) == epoch)
        return slot->tape.load(std::memory_order_relaxed);
      if (++steps == kFew) return find_among_many(epoch);
    }
    return nullptr;
  }
  // On whatever thread it lives.
  TapeNode* find_anywhere(Epoch epoch) const;
  // The tape, or where it died meanwhile the innermost that lives; null for null.
  TapeNode* living(TapeNode* tape) const;
  TapeNode* record_on(TapeNode* tape);  // from now on, or none; returns the one before

  const TapeKind* const kind;
  TapeSlot* innermost = nullptr;
  TapeSlot* idle = nullptr;  // for tapes to come, linked by `outer`
  TapeNode* recording = nullptr;
  TapeList* next = nullptr;           // of this thread, of another type
  void* place = nullptr;              // see TapeKind
  std::atomic<bool> bereaved{false};  // a tape in it died on another thread
  bool listed = false, closed = false;

 private:
  friend class TapeNode;
  friend struct ThreadEnd;
  static constexpr int kFew = 8;
  TapeNode* find_among_many(Epoch epoch) const;
  void open();
  void close() noexcept;
  void remove(TapeSlot* slot) noexcept;
  void remove_dead();
  TapeSlot* take_slot();

  mutable std::unordered_map<Epoch, TapeSlot*>* index = nullptr;  // made by a search among many
};

// While it lives, that tape of the list records on this thread, or none where it is null; then the
// one before does again. The Context has no field for it: each type of number has such a tape, and
// a tape that stops or dies changes it, perhaps on another thread.
class Recorder {
 public:
  Recorder(TapeList& list, TapeNode* tape) : list_(list), before_(list.record_on(tape)) {}
  ~Recorder() { list_.record_on(list_.living(before_)); }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

 private:
  TapeList& list_;
  TapeNode* before_;
};

// The lists of this thread, one for each type of tape that it has made.
inline constinit thread_local TapeList* tape_lists = nullptr;

// Whether a tape of any type, on any thread, has an epoch of [first, last].
bool any_tape_lives(Epoch first, Epoch last);

}  // namespace tapestry::detail
