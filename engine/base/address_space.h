// How much address space the system grants to this process.
#pragma once

#include <cstddef>

namespace tapestry::detail {

// Bytes that may be mapped in all, and that are not mapped yet, by `ulimit -v` or a system that
// commits to no more memory than it has. Both are SIZE_MAX where nothing limits them.
struct AddressSpace {
  std::size_t limit, left;
};
AddressSpace address_space();

}  // namespace tapestry::detail
