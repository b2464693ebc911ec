// The sweep of a tape that has scalars alone, in plain numbers: adjoints lie by id, and kernels
// pass over statements whose adjoint is zero.
#pragma once

#include <algorithm>
#include <span>

#include "engine/graph/reach.h"

namespace tapestry::detail {

// Calls sweep(from, to), downwards from y, for what must be gone through: all nodes from `first`
// on, or, where few of many lead to y, the stretches that hold these. `prepare` is called for them
// before. Telling them apart costs a sixty-fourth more than all, and what is gone through is at
// most 64 times as much as needed.
template <class T, class Prepare, class Pass>
void for_needed(const StatementStorage<T>& storage, NodeId y, NodeId first, Prepare&& prepare,
                Pass&& pass) {
  constexpr NodeId many = 4096, share = 64;
  if (y - first >= many) {
    NodeSet set(first, y);
    set.insert(y);
    if (insert_ancestors(storage, set, first, OperandsOf<T>(), (y - first) / share)) {
      set.for_stretches_down(prepare);
      return set.for_stretches_down(pass);
    }
  }
  prepare(first, y);
  pass(first, y);
}

// Leaves the adjoints of xs in the storage; those of xs after y, and of other nodes, mean nothing.
// reverse_run(run, adjoints) sweeps back over a run.
template <class T, class ReverseRun>
void sweep_plainly(StatementStorage<T>& storage, NodeId y, const T& cotangent,
                   std::span<const BasicScalar<T>> xs, ReverseRun&& reverse_run) {
  NodeId first = y;
  for (const BasicScalar<T>& x : xs) first = std::min(first, x.id());
  Adjoints<T>& sums = storage.adjoints;
  sums.make_room(y, storage.values.capacity());
  T* const adjoints = sums.data();
  for (const BasicScalar<T>& x : xs)
    if (x.id() <= y) adjoints[x.id()] = T(0);
  for_needed(
      storage, y, first,
      [&](NodeId from, NodeId to) {
        sums.clear(from, to);
        if (to == y) adjoints[y] = cotangent;
      },
      [&](NodeId from, NodeId to) {
        runs_down<T>(storage, from, to, [&](const RunOf<T>& run) { reverse_run(run, adjoints); });
      });
}

}  // namespace tapestry::detail
