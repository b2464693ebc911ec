// Tapes on which the engine works while it calls functions of the user's: one that is swept, or one
// that a transformation made for the function. Such a tape is neither cleared nor rewound, and one
// around it is not rewound to before the call. What a tape holds that is destroyed all the same
// stays until the work has been broken off, by an Error when the function returns.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "engine/base/context.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

class TapeUse {
 public:
  enum class Role { sweeps, made };

  // From now on `who` uses the tape of that recording on this thread.
  TapeUse(std::string_view who, Role role, Epoch epoch) : who_(who), role_(role), epoch_(epoch) {}

  static bool any() { return context.tape_use != nullptr; }
  bool is_destroyed() const { return destroyed_; }
  // Error where the tape was destroyed.
  void check() const;
  // The same of any that is in use.
  static void check_all();

  // Error, in the name of what is done to it, where that tape is in use.
  static void check_clear(Epoch epoch);
  // The same for what forgets nodes recorded since a mark. With `young_too` of a tape that is in
  // use no node at all may be forgotten, else none from before the function was called.
  template <class AnyTape>
  static void check_rewind(std::string_view what, const AnyTape& tape, std::uint64_t marked_at,
                           bool young_too) {
    check_rewind_of(what, tape, marked_at, young_too, false);
    check_rewind_of(what, tape, marked_at, young_too, true);
  }

  // A tape dies: its users keep its storage. Returns false, and does nothing, if it has none.
  template <class Storage>
  static bool keep(Epoch epoch, std::unique_ptr<Storage>& storage) noexcept {
    TapeUse* const keeper = mark_destroyed(epoch);
    if (!keeper) return false;
    keeper->held_ = {storage.release(), [](void* held) { delete static_cast<Storage*>(held); }};
    return true;
  }

 private:
  friend class Callback;
  // A tape that is made later may have the number of one that was destroyed.
  bool is_of(Epoch epoch) const { return !destroyed_ && epoch_ == epoch; }
  // Of tapes in use themselves, or of those around them.
  template <class AnyTape>
  static void check_rewind_of(std::string_view what, const AnyTape& tape, std::uint64_t marked_at,
                              bool young_too, bool around) {
    std::uint64_t called_at = 0;
    for (const TapeUse* use = context.tape_use; use; use = use->outer()) {
      if (use->called_at_) called_at = use->called_at_;
      const bool old = marked_at < called_at;
      if (around ? old && is_around(tape, *use) : use->is_of(tape.epoch()) && (young_too || old))
        use->refuse(what, around ? "is around one in use" : "is in use");
    }
  }
  template <class AnyTape>
  static bool is_around(const AnyTape& tape, const TapeUse& use) {
    const AnyTape* other = use.destroyed_ ? nullptr : AnyTape::find(use.epoch_);
    while (other && other != &tape) other = other->outer();
    return other && use.epoch_ != tape.epoch();
  }
  TapeUse* outer() const { return here_.outer(); }
  static TapeUse* mark_destroyed(Epoch epoch) noexcept;
  [[noreturn]] void refuse(std::string_view what, std::string_view how) const;

  std::string_view who_;
  Role role_;
  Epoch epoch_;
  bool destroyed_ = false;
  std::uint64_t called_at_ = 0;  // when its function that runs was called, see Callback; 0: none
  std::unique_ptr<void, void (*)(void*)> held_{nullptr, nullptr};
  const Ambient<&Context::tape_use> here_{this};  // ends before what is held
};

// While it lives, a function of the user's runs, by that name.
class Callback {
 public:
  explicit Callback(std::string_view name)
      : name_(name),
        use_(context.tape_use),
        called_before_(use_ ? std::exchange(use_->called_at_, ++begun_) : 0) {}
  ~Callback() {
    if (use_) use_->called_at_ = called_before_;
  }

  // How many have begun on this thread: what a mark remembers.
  static std::uint64_t begun() { return begun_; }
  static std::string_view innermost_name() {
    return context.callback ? context.callback->name_ : "an operation of its numbers";
  }

 private:
  static inline constinit thread_local std::uint64_t begun_ = 0;

  std::string_view name_;
  TapeUse* use_;
  std::uint64_t called_before_;
  const Ambient<&Context::callback> here_{this};
};

}  // namespace tapestry::detail
