// The message of the Error that f() throws, without the place of the call; empty when it throws
// none. refusal_with_place() has both.
#pragma once

#include <string>

#include "engine/base/error.h"

namespace tapestry {

template <class F>
std::string refusal(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return std::string(error.message());
  }
  return "";
}

template <class F>
std::string refusal_with_place(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace tapestry
