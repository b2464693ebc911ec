// Names and numbers: x=2,y=pi/2.
#pragma once

#include <string>
#include <vector>

namespace tapestry::tools {

struct Assignment {
  std::string name;
  double value;
};

// Each text may hold several, between commas. The value is a number (also inf and nan), or an
// expression of numbers. UsageError, of which some point into the text, for anything else, and for
// a name given twice.
std::vector<Assignment> parse_assignments(const std::vector<std::string>& texts);

}  // namespace tapestry::tools
