// Differences between eigenvalues or singular values, by which the derivatives of vectors are
// divided, and values that tie.
//
// A function F of values x and vectors that does not depend on the choice of the vectors is one of
// the matrix. Its adjoints then give a quotient for each pair, as (m_ij - m_ji) / (x_j - x_i) with
// m = V^T gV, whose limit exists where x_i = x_j: both vanish there, and l'Hopital's rule divides
// the derivatives of both along any change of the values, of which F's other arguments know
// nothing. So the numerator's derivative is one of the adjoints, and the sweep must be recorded.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "engine/grad/pullback.h"
#include "engine/tape/pushforward.h"

namespace tapestry::detail::linalg {

enum class Divisor : std::uint8_t {
  difference,  // x_j - x_i
  sum,         // x_j + x_i
  single,      // x_j, for every i: one row
};

struct Gaps {
  std::string_view who, what;  // for messages: "eigh", "eigenvalues"; literals
  Divisor divisor = Divisor::difference;
};

// The quotient of `numerator` (..., m, n) by the divisors of x (..., n). Where these are 0 to
// rounding, x_i and x_j tie. Then the numerator must be 0 to rounding, too, relative to the largest
// element of its matrix of `scale`: an Error if it is not, for then the function depends on the
// choice of the vectors. The quotient is 0 there.
Tensor over_gaps(const Gaps& gaps, const Tensor& x, const Tensor& numerator, const Tensor& scale);

// The same Error alone.
void require_none(const Gaps& gaps, const Tensor& x, const Tensor& numerator, const Tensor& scale);

// Whether any x tie, so that the adjoints' derivatives count. Always true where a tape watches
// that no number decides.
bool may_tie(const Gaps& gaps, const Tensor& x);

// 1 / divisor (..., n, n) or (..., 1, n), 0 where values tie.
Tensor inverse_gaps(const Gaps& gaps, const Tensor& x);

// For p.cotangent(0) of values x, and vectors that are other outputs of p: the derivatives of the
// adjoints of the vectors when x_j grows as j + 1, to the power given. Not defined() where they are
// 0. Asks for a recorded sweep.
std::vector<Tensor> along_ties(const Pullback& p, int values, std::initializer_list<int> vectors,
                               int power);

// That a turn of vectors that tie among themselves does not count is seen where they are alone; it
// must not where they have turned already. The derivatives of the adjoints of vectors, of shape
// (..., m, n) for each x_j in the last axis or the last but one (`by_rows`), along such a turn:
// what over_gaps makes of them must be 0.
struct Turned {
  int vectors;
  bool by_rows;
};
std::vector<Tensor> along_turn(const Pullback& p, const Gaps& gaps, const Tensor& x,
                               std::initializer_list<Turned> vectors);

// What over_gaps leaves out: the limits, from numerators' derivatives along the first power and the
// second; 0 where no values tie. The two must agree, as above: an Error where they do not.
Tensor over_ties(const Gaps& gaps, const Tensor& x, const Tensor& first, const Tensor& second,
                 const Tensor& scale);

// y itself, a derivative by the matrix to which limits belong. They hold at x alone, and so a
// further derivative is an Error as soon as it counts, where the adjoint of y is not 0.
Tensor of_ties(const Gaps& gaps, const Tensor& y, const Tensor& x);

// Forward mode: where two x tie and the matrix moves, a use of the tangents of these results is an
// Error.
void refuse_turning(Pushforward& p, const Gaps& gaps, const Tensor& x,
                    std::initializer_list<int> vectors);

}  // namespace tapestry::detail::linalg
