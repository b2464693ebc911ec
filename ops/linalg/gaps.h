// Differences between eigenvalues, by which the derivatives of eigenvectors are divided.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "engine/pushforward.h"

namespace tapestry::detail::linalg {

struct GapKind {
  std::string_view who, what;  // for messages: "eigh", "eigenvalues"; literals
  bool zero_last = false;      // the last x is a 0 that stands for the null space
  bool sums = false;           // 1 / (x_j + x_i) in the same places instead
};

// (..., n) -> (..., n, n): 1 / (x_j - x_i) in row i and column j, and 0 on the diagonal. Where two
// differ by rounding only, by eps max |x| or less, their vectors have no derivative: an Error when
// an element of the matrix's part of `adjoints` is not 0, and 0 otherwise. `adjoints` are those of
// the vectors, (..., a, b), undefined ones skipped; nothing flows back to them.
Tensor inverse_gaps(const GapKind& kind, const Tensor& x, const std::vector<Tensor>& adjoints);

// y itself, a derivative by the matrix that is made of vectors belonging to x. Where two x have no
// gap a further derivative would turn these vectors, and no number in it tells: what would be
// divided by the gap is 0, too, as often as not. So it is an Error as soon as it counts, which is
// where the adjoint of y is not 0, or the tangent of the matrix that y is a tangent for.
Tensor made_of_vectors(const GapKind& kind, const Tensor& y, const Tensor& x,
                       const Tensor& tangent = {});

// Forward mode's part of the first, for a decomposition of p.input(0): where two x have no gap and
// the matrix moves, a use of the tangents of these results is an Error.
void refuse_turning(Pushforward& p, const GapKind& kind, const Tensor& x,
                    std::initializer_list<int> vectors);

}  // namespace tapestry::detail::linalg
