// How the engine calls a function of the user's.
#pragma once

#include <string_view>

#include "engine/tape/provenance.h"
#include "engine/tape/tape_use.h"

namespace tapestry::detail {

// Its result. Error where it destroyed a tape that is in use; by what name it is called, messages
// say.
template <class F, class... Arguments>
auto call_back(std::string_view name, const F& f, const Arguments&... arguments) {
  const UserCode own;
  const Callback running(name);
  try {
    auto result = f(arguments...);
    TapeUse::check_all();
    return result;
  } catch (...) {  // of what it did with the tape that is gone
    TapeUse::check_all();
    throw;
  }
}

}  // namespace tapestry::detail
