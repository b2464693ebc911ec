// Discrete Fourier transforms of one line of numbers, unscaled, in double:
//
//   y[k] = sum_j x[j] exp(-2 pi i j k / n),    with exp(+...) for the inverse.
//
// Any length of at least 1. Work is n log n: lengths whose largest prime factor is above 50 go by
// Bluestein's chirp (A linear filtering approach to the computation of the discrete Fourier
// transform, 1970) through a power of two. Relative to the largest |y| errors are some 4e-16,
// 2e-15 by the chirp. On one core 1024 numbers take 10 us, 1009, a prime, 64 (by its sums 4800),
// 65537 some 0.2 s (by its sums 21 s). Each thread keeps the tables of the lengths that it met
// last.
#pragma once

#include <complex>
#include <cstdint>

namespace tapestry::detail {

using Complex = std::complex<double>;

// x and y do not overlap.
void dft(const Complex* x, Complex* y, std::int64_t n, bool inverse);
// Of n real numbers the first n / 2 + 1 results; the others are their conjugates.
void real_dft(const double* x, Complex* y, std::int64_t n);
// The n real results of an inverse transform, from the first n / 2 + 1 numbers; imaginary parts
// that a real result cannot have, of y[0] and for even n of y[n / 2], are not read.
void half_dft(const Complex* y, double* x, std::int64_t n);

}  // namespace tapestry::detail
