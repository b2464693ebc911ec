// Many derivatives of scalars in few sweeps: a sweep carries eight directions at once.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry {

// d ys[i] / d xs[k] at row i, column k, as f64 of shape (ys, xs): rows by reverse sweeps when there
// are no more ys than xs, else columns by forward sweeps. A y that depends on no x, or that is a
// plain number, has a row of zeros, and an x that no y depends on a column. An x on which another
// depends has the sum of all its ways, as in gradient(). Sweeping back gives what gradient() gives;
// sweeping forward a tangent of zero stays zero: with s = x * x, log(s) has partial 0 at 0, where
// gradient() gives NaN. Error when an x is not recorded, when they are not all of one living tape,
// and when a tensor lies between.
Tensor jacobian(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs,
                detail::Site site = {});
Tensor jacobian_forward(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs,
                        detail::Site site = {});
Tensor jacobian_reverse(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs,
                        detail::Site site = {});

namespace detail {
// The same of a piece of the tape, from node `first` on: xs come before it and are independent of
// each other, whatever was recorded between them. ys are of the piece.
Tensor jacobian_of_piece(Tape& tape, NodeId first, const std::vector<Scalar>& ys,
                         const std::vector<Scalar>& xs);
}  // namespace detail

}  // namespace tapestry
