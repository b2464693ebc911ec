// What must hold for any text taken as an expression.
#pragma once

#include <stdexcept>
#include <string_view>

#include "engine/base/error.h"

namespace tapestry::test {
using namespace detail;

class Violation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Reads the text and takes its value, gradient and second derivatives at three variables, over
// scalars and over tensors. Either both succeed, or both refuse it with one printable message and a
// caret below the text. Violation when that is not so; any other exception is a defect, too.
void try_expression(std::string_view text);

}  // namespace tapestry::test
