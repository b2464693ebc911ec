// Where a command writes: results and notes, apart.
#pragma once

#include <iosfwd>

namespace tapestry::tools {

struct Console {
  std::ostream& out;        // what was asked for
  std::ostream& notes;      // progress and errors
  bool notes_seen = false;  // notes go to a terminal, where a line can be redrawn
  bool out_seen = false;    // so do the results
};

}  // namespace tapestry::tools
