// The text of the Error that f() throws; empty when it throws none.
#pragma once

#include <string>

#include "engine/error.h"

namespace tapestry {

template <class F>
std::string refusal(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace tapestry
