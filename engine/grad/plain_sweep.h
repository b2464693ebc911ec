// The sweep of a tape that has scalars alone, in plain numbers: adjoints lie by id, and kernels
// pass over statements whose adjoint is zero.
#pragma once

#include <algorithm>
#include <span>

#include "engine/graph/reach.h"
#include "engine/tensor/number.h"

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
template <class T>
void sweep_plainly(StatementStorage<T>& storage, NodeId y, const T& cotangent,
                   std::span<const BasicScalar<T>> xs) {
  NodeId first = y;
  for (const BasicScalar<T>& x : xs) first = std::min(first, x.id());
  Adjoints<T>& sums = storage.adjoints;
  sums.make_room(y, storage.values.capacity());
  T* const adjoints = sums.data();
  const T* const values = storage.values.begin();
  for (const BasicScalar<T>& x : xs)
    if (x.id() <= y) adjoints[x.id()] = T(0);
  for_needed(
      storage, y, first,
      [&](NodeId from, NodeId to) {
        sums.clear(from, to);
        if (to == y) adjoints[y] = cotangent;
      },
      [&](NodeId from, NodeId to) {
        runs_down<T>(storage, from, to, [&](const RunOf<T>& run) {
          if (run.kernel->reverse) reverse_run(run, values, adjoints);
        });
      });
}

// The same for the nodes of `needed` alone. Kernels add to the adjoints of any operand: what is
// added to must not be an active number of a recording that is gone.
template <class T>
void sweep_needed(StatementStorage<T>& storage, const NodeSet& needed, NodeId y,
                  const T& cotangent) {
  storage.adjoints.make_room(y, storage.values.capacity());
  T* const adjoints = storage.adjoints.data();
  Cursor<T> cursor(storage);
  needed.for_each_up([&](NodeId id) {
    adjoints[id] = T(0);
    for (NodeId operand : OperandsOf<T>()(cursor.at(id))) adjoints[operand] = T(0);
  });
  if (needed.contains(y)) adjoints[y] = cotangent;
  needed.for_each_down([&](NodeId id) {
    const RunOf<T> run = cursor.at(id);
    if (run.kernel->reverse) reverse_run(run, storage.values.begin(), adjoints);
    return true;
  });
}

// The partials by xs that a sweep left. False where one of them is 0.
template <class T, class Out>
bool read_partials(const StatementStorage<T>& storage, NodeId y, std::span<const BasicScalar<T>> xs,
                   Out partials) {
  bool flowed = true;
  for (const BasicScalar<T>& x : xs) {
    const T partial = x.id() <= y ? storage.adjoints.data()[x.id()] : T(0);
    flowed &= !is_zero(partial);
    *partials++ = partial;
  }
  return flowed;
}

}  // namespace tapestry::detail
