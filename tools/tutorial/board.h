// The whole derivation of one step of gradient descent, as a teacher writes it on a board: what is
// given, each number forward, each local derivative, each gradient backward, each update, and the
// loss that they lead to. Numbers are printed in full. All derivatives are the engine's.
#pragma once

#include <iosfwd>

#include "tools/tutorial/tutorial.h"

namespace tapestry::tools {

void write_board(std::ostream& out, const Tutorial& tutorial);

}  // namespace tapestry::tools
