#include "engine/tape/tape_use.h"

#include "engine/base/error.h"

namespace tapestry::detail {

void TapeUse::check() const {
  if (destroyed_)
    detail::refuse(who_, "{} destroyed the tape {}; a tape in use must live until then",
                   Callback::innermost_name(),
                   role_ == Role::sweeps ? "that is being swept" : "that was made for it");
}

void TapeUse::check_all() {
  for (const TapeUse* use = context.tape_use; use; use = use->outer()) use->check();
}

void TapeUse::check_clear(Epoch epoch) {
  for (const TapeUse* use = context.tape_use; use; use = use->outer())
    if (use->is_of(epoch)) use->refuse("clear", "is in use");
}

TapeUse* TapeUse::mark_destroyed(Epoch epoch) noexcept {
  TapeUse* outermost = nullptr;
  for (TapeUse* use = context.tape_use; use; use = use->outer())
    if (use->is_of(epoch)) {
      use->destroyed_ = true;
      outermost = use;
    }
  return outermost;
}

void TapeUse::refuse(std::string_view what, std::string_view how) const {
  detail::refuse(what,
                 "the tape {}: {} {} it, and {} is running; until it has returned the tape must "
                 "stay as it is",
                 how, who_, role_ == Role::sweeps ? "sweeps" : "made", Callback::innermost_name());
}

}  // namespace tapestry::detail
