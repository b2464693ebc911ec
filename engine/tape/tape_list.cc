#include "engine/tape/tape_list.h"

#include <pthread.h>

#include <mutex>
#include <utility>

#include "engine/base/memory.h"

namespace tapestry::detail {
namespace {

// Outlives every thread and every object of static storage.
struct Slots {
  std::mutex mutex;  // deaths on other threads, ends of threads, slots between threads
  std::atomic<TapeSlot*> newest{nullptr};
  TapeSlot* idle = nullptr;
};
Slots& slots() {
  static Slots* const all = [] {
    auto* const made = new Slots;
    // A child process has this thread alone: the lock must be free.
    pthread_atfork([] { slots().mutex.lock(); }, [] { slots().mutex.unlock(); },
                   [] { slots().mutex.unlock(); });
    return made;
  }();
  return *all;
}

void empty(TapeSlot* slot) noexcept {
  slot->tape.store(nullptr, std::memory_order_relaxed);
  slot->epoch.store(0, std::memory_order_release);
}

void put_idle(TapeSlot*& idle, TapeSlot* slot) noexcept { slot->outer = std::exchange(idle, slot); }

}  // namespace

struct ThreadEnd {
  ThreadEnd() { keep_cache(keeper); }
  ~ThreadEnd() {
    drop_cache(keeper);
    for (TapeList* list = tape_lists; list; list = list->next) list->close();
  }
  void touch() {}  // the first touch on a thread registers the destructor

  // Of tapes that record: a stopped one may be in use elsewhere.
  static void release() noexcept {
    for (const TapeList* list = tape_lists; list; list = list->next)
      for (TapeNode* tape = list->recording; tape; tape = tape->outer()) list->kind->release(tape);
  }
  static constinit thread_local CacheKeeper keeper;
};
constinit thread_local CacheKeeper ThreadEnd::keeper{&ThreadEnd::release};

namespace {
thread_local ThreadEnd thread_end;
}  // namespace

bool any_tape_lives(Epoch first, Epoch last) {
  for (const TapeSlot* slot = slots().newest.load(std::memory_order_acquire); slot;
       slot = slot->older) {
    const Epoch epoch = slot->epoch.load(std::memory_order_acquire);
    if (epoch != 0 && epoch >= first && epoch <= last) return true;
  }
  return false;
}

// ---- the list of a thread ----

void TapeList::open() {
  thread_end.touch();
  listed = true;
  place = kind->place();
  next = std::exchange(tape_lists, this);
}

// Tapes that outlive their thread record no more, and no other lies around them.
void TapeList::close() noexcept {
  record_on(nullptr);
  delete std::exchange(index, nullptr);
  closed = true;
  const std::lock_guard lock(slots().mutex);
  while (innermost) {
    TapeSlot* const slot = innermost;
    innermost = slot->outer;
    slot->list.store(nullptr, std::memory_order_relaxed);
    slot->outer = slot->inner = nullptr;
    if (TapeNode* const tape = slot->tape.load(std::memory_order_relaxed)) {
      tape->outer_ = tape->within_ = tape->before_ = tape->after_ = nullptr;
    } else {
      put_idle(slots().idle, slot);
    }
  }
  while (idle) {
    TapeSlot* const slot = idle;
    idle = slot->outer;
    put_idle(slots().idle, slot);
  }
}

TapeSlot* TapeList::take_slot() {
  if (TapeSlot* const slot = idle) {
    idle = slot->outer;
    return slot;
  }
  const std::lock_guard lock(slots().mutex);
  TapeSlot* slot = slots().idle;
  if (slot) {
    slots().idle = slot->outer;
  } else {
    slot = new TapeSlot;
    slot->older = slots().newest.load(std::memory_order_relaxed);
    slots().newest.store(slot, std::memory_order_release);
  }
  slot->kind = kind;
  return slot;
}

void TapeList::remove(TapeSlot* slot) noexcept {
  (slot->inner ? slot->inner->outer : innermost) = slot->outer;
  if (slot->outer) slot->outer->inner = slot->inner;
  put_idle(idle, slot);
  if (index && !innermost) delete std::exchange(index, nullptr);
}

void TapeList::remove_dead() {
  const std::lock_guard lock(slots().mutex);
  bereaved.store(false, std::memory_order_relaxed);
  for (TapeSlot* slot = innermost; slot;) {
    TapeSlot* const outer = slot->outer;
    if (!slot->tape.load(std::memory_order_relaxed)) remove(slot);
    slot = outer;
  }
  delete std::exchange(index, nullptr);
}

TapeNode* TapeList::find_among_many(Epoch epoch) const {
  if (!index) {
    index = new std::unordered_map<Epoch, TapeSlot*>;
    for (TapeSlot* slot = innermost; slot; slot = slot->outer)
      index->emplace(slot->epoch.load(std::memory_order_relaxed), slot);
  }
  const auto found = index->find(epoch);
  if (found == index->end() || found->second->epoch.load(std::memory_order_relaxed) != epoch)
    return nullptr;
  return found->second->tape.load(std::memory_order_relaxed);
}

TapeNode* TapeList::find_anywhere(Epoch epoch) const {
  if (TapeNode* const tape = find(epoch)) return tape;
  if (epoch == 0) return nullptr;
  for (const TapeSlot* slot = slots().newest.load(std::memory_order_acquire); slot;
       slot = slot->older)
    if (slot->epoch.load(std::memory_order_acquire) == epoch && slot->kind == kind)
      return slot->tape.load(std::memory_order_acquire);
  return nullptr;
}

TapeNode* TapeList::living(TapeNode* tape) const {
  if (!tape) return nullptr;
  TapeNode* newest = nullptr;
  for (const TapeSlot* slot = innermost; slot; slot = slot->outer) {
    TapeNode* const other = slot->tape.load(std::memory_order_relaxed);
    if (other == tape) return tape;
    if (!newest) newest = other;
  }
  for (const TapeSlot* slot = slots().newest.load(std::memory_order_acquire); slot;
       slot = slot->older)
    if (slot->tape.load(std::memory_order_acquire) == tape) return tape;
  return newest;
}

TapeNode* TapeList::record_on(TapeNode* tape) {
  TapeNode* const before = std::exchange(recording, tape);
  kind->refresh();
  return before;
}

// ---- a tape in it ----

void TapeNode::join(TapeList& here, Epoch epoch) {
  if (!here.listed) here.open();
  if (here.bereaved.load(std::memory_order_relaxed)) here.remove_dead();
  slot_ = here.take_slot();
  slot_->tape.store(this, std::memory_order_relaxed);
  slot_->epoch.store(epoch, std::memory_order_release);
  if (!here.closed) {
    slot_->list.store(&here, std::memory_order_relaxed);
    slot_->inner = nullptr;
    slot_->outer = here.innermost;
    if (here.innermost) here.innermost->inner = slot_;
    here.innermost = slot_;
    if (here.index) here.index->insert_or_assign(epoch, slot_);
    outer_ = here.recording;
  }
  if (outer_) {
    before_ = std::exchange(outer_->within_, this);
    if (before_) before_->after_ = this;
  }
  here.record_on(this);
}

// Those that it lies around lie within the one around it from now on.
void TapeNode::give_way() noexcept {
  while (within_) {
    TapeNode* const tape = within_;
    within_ = tape->before_;
    tape->outer_ = outer_;
    tape->after_ = nullptr;
    tape->before_ = outer_ ? std::exchange(outer_->within_, tape) : nullptr;
    if (tape->before_) tape->before_->after_ = tape;
  }
}

void TapeNode::part() noexcept {
  if (!outer_) return;
  if (before_) before_->after_ = after_;
  (after_ ? after_->before_ : outer_->within_) = before_;
}

void TapeNode::stop_in(TapeList* list) noexcept {
  give_way();
  if (!list || list->recording != this) return;
  list->recording = outer_;
  list->kind->hush(list->place);
}

void TapeNode::stop(TapeList& here) noexcept {
  TapeList* const list = slot_->list.load(std::memory_order_relaxed);
  if (list == &here) {
    give_way();
    if (here.recording == this) here.record_on(outer_);
    return;
  }
  const std::lock_guard lock(slots().mutex);
  stop_in(slot_->list.load(std::memory_order_relaxed));
  if (here.recording == this) here.record_on(nullptr);
}

void TapeNode::leave(TapeList& here) noexcept {
  if (!slot_) return;  // it never joined
  stop(here);
  if (slot_->list.load(std::memory_order_relaxed) == &here) {
    part();
    if (here.index) here.index->erase(slot_->epoch.load(std::memory_order_relaxed));
    empty(slot_);
    here.remove(slot_);
    return;
  }
  const std::lock_guard lock(slots().mutex);
  part();
  empty(slot_);
  if (TapeList* const list = slot_->list.load(std::memory_order_relaxed))
    list->bereaved.store(true, std::memory_order_relaxed);
  else
    put_idle(slots().idle, slot_);
}

void TapeNode::recompute(TapeList& here, Epoch epoch) {
  if (here.index && slot_->list.load(std::memory_order_relaxed) == &here) {
    here.index->erase(slot_->epoch.load(std::memory_order_relaxed));
    here.index->insert_or_assign(epoch, slot_);
  }
  slot_->epoch.store(epoch, std::memory_order_release);
}

TapeNode* TapeNode::enclosing() const {
  const TapeSlot* outer = slot_->outer;
  while (outer && !outer->tape.load(std::memory_order_relaxed)) outer = outer->outer;
  return outer ? outer->tape.load(std::memory_order_relaxed) : nullptr;
}

}  // namespace tapestry::detail
