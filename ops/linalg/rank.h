// Whether a matrix is singular to rounding: the one test, for all factorizations.
//
// A is singular to rounding where, with its rows and columns brought to the size of 1,
// |A| |A^-1| >= 1 / (4 eps) in the maximum norm: a matrix that differs from A by no more than the
// rounding of a factorization is then singular. What such a factorization holds, a 0 or any small
// number, depends on the processor's kernels, so nothing is to be made of it. Rows and columns of
// very different sizes do not make a matrix singular.
#pragma once

#include <string_view>

#include "ops/linalg/batch.h"

namespace tapestry::detail::linalg {

// For the LU factors of A, by columns, with LAPACK's pivots and info. A^T may stand for A.
template <class T>
bool is_singular(const Item<T>& a, const T* lu, const int* pivots, int info);

// For the factor of A = R^T R, by columns without gaps.
template <class T>
bool is_singular_square(int n, const T* r);

// Whether any matrix of a batch is, each of which is factored.
bool any_singular(std::string_view who, const Tensor& a);

// Refuses when one has a code other than 0, in the same words everywhere; `more` goes behind them.
void require_regular(std::string_view who, const Codes& codes, std::string_view more = {});

// The same for the triangles R of A = Q R, where the first columns of an A depend on one another. R
// and A have the same sizes of columns, and those of rows say nothing about A.
void require_independent_columns(std::string_view who, const Tensor& r, std::string_view more);

}  // namespace tapestry::detail::linalg
