// Comparisons of scalars are plain bool, and where a program branches on one, the tape holds the
// branch that was taken and no other. So it notes the comparison, and a replay at other inputs
// checks that it still holds.
#pragma once

#include "engine/base/site.h"
#include "engine/tensor/basic_scalar.h"

namespace tapestry::detail {

enum class Relation { equal, not_equal, less, less_equal, greater, greater_equal };

// A bool, or of lanes a mask.
template <class T>
auto holds(Relation relation, const T& x, const T& z) {
  switch (relation) {
    case Relation::equal:
      return x == z;
    case Relation::not_equal:
      return x != z;
    case Relation::less:
      return x < z;
    case Relation::less_equal:
      return x <= z;
    case Relation::greater:
      return x > z;
    default:
      return x >= z;
  }
}

// Two numbers that were compared, each a node of the tape or, with id 0, a plain number.
struct Comparison {
  struct Side {
    NodeId id;
    double number;  // when it was compared
  };
  Relation relation;
  bool outcome;
  Side x, z;
  Site site;
};

// Notes it on the innermost of the tapes that record now and follow a side.
void note_comparison(Relation relation, bool outcome, Scalar x, Scalar z, const Site& site);

}  // namespace tapestry::detail
