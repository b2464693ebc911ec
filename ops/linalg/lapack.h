// The routines of LAPACK that OpenBLAS exports, for both floating types. Matrices are column-major
// without gaps; each function gives LAPACK's info: 0, or what went wrong. A work array is asked for
// with `work_size`: pass null, and the first element of `size` is the number of elements wanted.
// Reference: E. Anderson et al., LAPACK Users' Guide, SIAM 1999.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

extern "C" {
// Fortran passes the lengths of character arguments behind all others.
void spotrf_(const char*, const int*, float*, const int*, int*, std::size_t);
void dpotrf_(const char*, const int*, double*, const int*, int*, std::size_t);
void sgetrf_(const int*, const int*, float*, const int*, int*, int*);
void dgetrf_(const int*, const int*, double*, const int*, int*, int*);
void sgetrs_(const char*, const int*, const int*, const float*, const int*, const int*, float*,
             const int*, int*, std::size_t);
void dgetrs_(const char*, const int*, const int*, const double*, const int*, const int*, double*,
             const int*, int*, std::size_t);
void sgetri_(const int*, float*, const int*, const int*, float*, const int*, int*);
void dgetri_(const int*, double*, const int*, const int*, double*, const int*, int*);
void sgeqrf_(const int*, const int*, float*, const int*, float*, float*, const int*, int*);
void dgeqrf_(const int*, const int*, double*, const int*, double*, double*, const int*, int*);
void sorgqr_(const int*, const int*, const int*, float*, const int*, const float*, float*,
             const int*, int*);
void dorgqr_(const int*, const int*, const int*, double*, const int*, const double*, double*,
             const int*, int*);
void strcon_(const char*, const char*, const char*, const int*, const float*, const int*, float*,
             float*, int*, int*, std::size_t, std::size_t, std::size_t);
void dtrcon_(const char*, const char*, const char*, const int*, const double*, const int*, double*,
             double*, int*, int*, std::size_t, std::size_t, std::size_t);
void slacn2_(const int*, float*, float*, int*, float*, int*, int*);
void dlacn2_(const int*, double*, double*, int*, double*, int*, int*);
void ssyevd_(const char*, const char*, const int*, float*, const int*, float*, float*, const int*,
             int*, const int*, int*, std::size_t, std::size_t);
void dsyevd_(const char*, const char*, const int*, double*, const int*, double*, double*,
             const int*, int*, const int*, int*, std::size_t, std::size_t);
void sgesdd_(const char*, const int*, const int*, float*, const int*, float*, float*, const int*,
             float*, const int*, float*, const int*, int*, int*, std::size_t);
void dgesdd_(const char*, const int*, const int*, double*, const int*, double*, double*, const int*,
             double*, const int*, double*, const int*, int*, int*, std::size_t);
}

#include "ops/product/blas_kernels.h"

namespace tapestry::detail::lapack {

template <class T>
inline constexpr bool kSingle = std::is_same_v<T, float>;

// Where the leading dimension of nothing must still be 1.
inline int leading(int rows) { return std::max(1, rows); }

// A = L L^T, or U^T U, in the triangle that `uplo` names. Positive info: the order of the first
// leading minor that is not positive.
template <class T>
int potrf(char uplo, int n, T* a) {
  const int lda = leading(n);
  int info = 0;
  if constexpr (kSingle<T>)
    spotrf_(&uplo, &n, a, &lda, &info, 1);
  else
    dpotrf_(&uplo, &n, a, &lda, &info, 1);
  return info;
}

// P A = L U. Positive info: the first pivot, from 1, that is 0.
template <class T>
int getrf(int n, T* a, int* pivots) {
  const int lda = leading(n);
  int info = 0;
  if constexpr (kSingle<T>)
    sgetrf_(&n, &n, a, &lda, pivots, &info);
  else
    dgetrf_(&n, &n, a, &lda, pivots, &info);
  return info;
}

// b = A^-1 b after getrf, or A^-T b for the form 'T'.
template <class T>
int getrs(int n, int columns, const T* lu, const int* pivots, T* b, char form = 'N') {
  const int lda = leading(n);
  int info = 0;
  if constexpr (kSingle<T>)
    sgetrs_(&form, &n, &columns, lu, &lda, pivots, b, &lda, &info, 1);
  else
    dgetrs_(&form, &n, &columns, lu, &lda, pivots, b, &lda, &info, 1);
  return info;
}

// A^-1 after getrf.
template <class T>
int getri(int n, T* lu, const int* pivots, T* work, int size) {
  const int lda = leading(n);
  int info = 0;
  if constexpr (kSingle<T>)
    sgetri_(&n, lu, &lda, pivots, work, &size, &info);
  else
    dgetri_(&n, lu, &lda, pivots, work, &size, &info);
  return info;
}

// A = Q R: R on and above the diagonal, the reflections that make up Q below it and in tau.
template <class T>
int geqrf(int m, int n, T* a, T* tau, T* work, int size) {
  const int lda = leading(m);
  int info = 0;
  if constexpr (kSingle<T>)
    sgeqrf_(&m, &n, a, &lda, tau, work, &size, &info);
  else
    dgeqrf_(&m, &n, a, &lda, tau, work, &size, &info);
  return info;
}

// The first k columns of Q after geqrf.
template <class T>
int orgqr(int m, int k, T* a, const T* tau, T* work, int size) {
  const int lda = leading(m);
  int info = 0;
  if constexpr (kSingle<T>)
    sorgqr_(&m, &k, &k, a, &lda, tau, work, &size, &info);
  else
    dorgqr_(&m, &k, &k, a, &lda, tau, work, &size, &info);
  return info;
}

// Estimates 1 / (|R| |R^-1|) in the maximum norm, for an upper triangle R; `work` has 3 n elements,
// `integers` n.
template <class T>
int trcon(int n, const T* r, T* reciprocal, T* work, int* integers) {
  const int lda = leading(n);
  const char norm = 'I', upper = 'U', plain = 'N';
  int info = 0;
  if constexpr (kSingle<T>)
    strcon_(&norm, &upper, &plain, &n, r, &lda, reciprocal, work, integers, &info, 1, 1, 1);
  else
    dtrcon_(&norm, &upper, &plain, &n, r, &lda, reciprocal, work, integers, &info, 1, 1, 1);
  return info;
}

// Estimates the 1-norm of M in steps that start with step 0 and end with it: for 1 the caller makes
// x M x, for 2 M^T x. v, x and `signs` have n elements, `state` 3.
template <class T>
void lacn2(int n, T* v, T* x, int* signs, T* estimate, int* step, int* state) {
  if constexpr (kSingle<T>)
    slacn2_(&n, v, x, signs, estimate, step, state);
  else
    dlacn2_(&n, v, x, signs, estimate, step, state);
}

// A = V diag(w) V^T for a symmetric matrix, w ascending; a becomes V. By divide and conquer.
template <class T>
int syevd(int n, T* a, T* w, T* work, int size, int* integers, int integer_size) {
  const int lda = leading(n);
  const char vectors = 'V', upper = 'U';
  int info = 0;
  if constexpr (kSingle<T>)
    ssyevd_(&vectors, &upper, &n, a, &lda, w, work, &size, integers, &integer_size, &info, 1, 1);
  else
    dsyevd_(&vectors, &upper, &n, a, &lda, w, work, &size, integers, &integer_size, &info, 1, 1);
  return info;
}

// A = U diag(s) V^T, s descending, the first min(m, n) columns of U and rows of V^T; a is lost. By
// divide and conquer. `integers` holds 8 min(m, n).
template <class T>
int gesdd(int m, int n, T* a, T* s, T* u, T* vt, T* work, int size, int* integers) {
  const int lda = leading(m), ldvt = leading(std::min(m, n));
  const char reduced = 'S';
  int info = 0;
  if constexpr (kSingle<T>)
    sgesdd_(&reduced, &m, &n, a, &lda, s, u, &lda, vt, &ldvt, work, &size, integers, &info, 1);
  else
    dgesdd_(&reduced, &m, &n, a, &lda, s, u, &lda, vt, &ldvt, work, &size, integers, &info, 1);
  return info;
}

}  // namespace tapestry::detail::lapack
