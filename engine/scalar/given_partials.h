// Scalars whose derivatives are known as numbers: found outside the tape, or gathered from a piece
// of it that is then forgotten.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry {

// A scalar of that value whose derivative by xs[i] is partials[i]: what an external function
// computed. Nothing is known of second derivatives: a gradient with create_graph that passes it is
// an Error, and so is a replay. Plain xs are left out; of plain xs alone it is a plain number.
// Error when xs and partials differ in number.
Scalar with_partials(double value, const std::vector<Scalar>& xs,
                     const std::vector<double>& partials, detail::Site site = {});

// Preaccumulation: the operations recorded since `mark` are replaced by the partials of ys by xs,
// one statement for each y, which is replaced by the scalar that stands for it now. xs are what the
// piece read of the tape before it; whatever else it made is forgotten, and must not be used.
// Worth it where a piece has many operations, and few xs and ys. Error, nothing forgotten: tensors
// in the piece, a y of another tape (plain ys and those from before the piece are left as they
// are), an x that is not from before, and a scalar other than a constant that the piece reads and
// that is not among the xs.
void preaccumulate(Tape& tape, const TapeMark& mark, const std::vector<Scalar>& xs,
                   std::vector<Scalar>& ys, detail::Site site = {});

}  // namespace tapestry
