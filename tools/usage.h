// An Error in what the user asked for, rather than in carrying it out: exit status 2.
#pragma once

#include "engine/base/error.h"

namespace tapestry::tools {

class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace tapestry::tools
