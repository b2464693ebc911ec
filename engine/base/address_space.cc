#include "engine/base/address_space.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

namespace tapestry::detail {
namespace {

constexpr AddressSpace kUnlimited{SIZE_MAX, SIZE_MAX};

AddressSpace by_resource_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const std::size_t used = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return {limit.rlim_cur, limit.rlim_cur - std::min<std::size_t>(used, limit.rlim_cur)};
}

// In this mode private pages count from the time when they are mapped, see proc(5).
bool counts_what_is_mapped() {
  int mode = 0;
  std::ifstream("/proc/sys/vm/overcommit_memory") >> mode;
  return mode == 2;
}

AddressSpace by_commitment() {
  std::ifstream file("/proc/meminfo");
  std::size_t limit = 0, used = 0;
  for (std::string name; file >> name;
       file.ignore(std::numeric_limits<std::streamsize>::max(), '\n'))
    if (name == "CommitLimit:")
      file >> limit;
    else if (name == "Committed_AS:")
      file >> used;
  if (limit == 0) return kUnlimited;
  return {limit * 1024, (limit - std::min(used, limit)) * 1024};
}

}  // namespace

AddressSpace address_space() {
  static const bool commits = counts_what_is_mapped();
  const AddressSpace space = by_resource_limit();
  if (!commits) return space;
  const AddressSpace other = by_commitment();
  return other.left < space.left ? other : space;
}

}  // namespace tapestry::detail
