// What the tapes of every number have in common: scalar statements, from the first node to the
// death of the tape. A Tape is the one of doubles, which holds tensors, too; other numbers have
// BasicTapes (engine/scalar/basic_tape.h).
#pragma once

#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/base/site.h"
#include "engine/tape/living_tape.h"
#include "engine/tape/statement_storage.h"
#include "engine/tape/tape_use.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry {
class Tape;
template <class T>
class BasicTape;
}  // namespace tapestry

namespace tapestry::detail {

struct TapeStorage;
// The tape of scalars over T, and its pages.
template <class T>
using TapeOf = std::conditional_t<std::same_as<T, double>, Tape, BasicTape<T>>;
template <class T>
using StorageOf = std::conditional_t<std::same_as<T, double>, TapeStorage, StatementStorage<T>>;

// `what`, a handle of that epoch, is of no Tape that lives on this thread.
[[noreturn]] void refuse_stale(std::string_view who, std::string_view what, Epoch epoch);

template <class T>
class StatementTape : public LivingTape<TapeOf<T>> {
 public:
  // Ends this recording and starts a new, empty one. Handles of the old one become stale. Error
  // while the tape is in use: a gradient sweeps it, or a transformation made it for the function
  // that is running. One that is destroyed then makes the gradient an Error.
  void clear() {
    TapeUse::check_clear(epoch());
    const Recording recording = next_recording();
    storage_->note_ids();
    storage_->reset();
    storage_->begin(recording);
    this->recompute(epoch());
    Living::refresh();
  }

  // The place that recording has reached, and the way back: rewind() forgets what was recorded
  // since. Handles from before stay valid; those of forgotten nodes must not be used any more:
  // gradient and its like refuse them until the tape has grown past them, and then mistake them for
  // what is recorded in their place, as statements that continue a run do at once. Error for a mark
  // of another recording, or one that was itself rewound past, and while the tape is in use.
  using Mark = typename StorageOf<T>::Mark;
  Mark mark() const { return storage_->mark(); }
  void rewind(const Mark& mark, Site site = {}) {
    const CallSite call(site);
    check_mark("rewind", mark);
    TapeUse::check_rewind("rewind", *self(), mark.callbacks, true);
    storage_->rewind(mark);
  }
  void check_mark(std::string_view who, const Mark& mark) const { storage_->check(who, mark); }

  Epoch epoch() const { return storage_->epoch(); }
  NodeId size() const { return storage_->size(); }  // nodes recorded; ids are 1..size()
  bool owns(Epoch epoch, NodeId id) const {
    return storage_->owns(std::uint64_t{epoch} << 32 | id);
  }
  bool owns(const BasicScalar<T>& x) const { return storage_->owns(x.name()); }
  // The living tape of any thread that has a node, or an Error in the name of `who` that says that
  // the handle is stale.
  template <class Handle>
  static TapeOf<T>& of(std::string_view who, const Handle& x) {
    TapeOf<T>* const tape = Living::find_anywhere(x.epoch());
    if (!tape || !tape->owns(x)) refuse_stale(who, "a handle", 0);
    return *tape;
  }

  // ---- for the engine and ops ----
  StorageOf<T>& storage() { return *storage_; }
  const StorageOf<T>& storage() const { return *storage_; }
  void release_unused() { storage_->release_unused(); }  // pages on which nothing lies
  static void write_to(TapeOf<T>* tape) {
    statements() = tape ? &tape->storage() : no_statements();
  }
  static StatementStorage<T>*& statements() { return statement_storage<T>; }
  static StatementStorage<T>* no_statements() { return &no_storage<T>; }

 protected:
  // A tape joins those that live at the end of its own constructor.
  StatementTape() { storage_->begin(next_recording()); }
  ~StatementTape() {
    storage_->note_ids();
    this->leave();
    if (!TapeUse::keep(epoch(), storage_)) Pool::give_back(std::move(storage_));
  }

  std::unique_ptr<StorageOf<T>> storage_ = Pool::take();

 private:
  using Living = LivingTape<TapeOf<T>>;
  using Pool = StoragePool<StorageOf<T>>;
  TapeOf<T>* self() { return static_cast<TapeOf<T>*>(this); }
};

}  // namespace tapestry::detail

namespace tapestry {

// The living tape of any thread that x is recorded on. Error where it is a plain number, or stale.
template <class T>
detail::TapeOf<T>& tape_of(const BasicScalar<T>& x, detail::Site site = {}) {
  const detail::CallSite call(site);
  if (!x.is_tracked())
    detail::refuse("tape_of", "x is a plain number, which is recorded on no tape");
  return detail::TapeOf<T>::of("tape_of", x);
}

}  // namespace tapestry
