// Discrete Fourier transforms along an axis. Complex numbers are a trailing axis of extent 2, real
// and imaginary part; `axis` counts the others only, so that it means the same before and after.
//
//   fft    y[k] = sum_j x[j] exp(-2 pi i j k / n)         complex (..., n, 2) to (..., n, 2)
//   ifft   its inverse
//   rfft   fft of real numbers, (..., n) to the half (..., n / 2 + 1, 2): the rest are conjugates
//   irfft  its inverse: of length n, by default twice the half's extent less 2
//
// f32 and f64 of any strides; executed in double. Any n: work is n log n for large primes too.
// Differentiable to any order; threads share the lines.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/tensor/tensor.h"

namespace tapestry {

// Which transform divides by n: the inverse; each by its square root; the forward one.
enum class FftNorm { backward, ortho, forward };

struct FftOptions {
  int axis = -1;
  std::optional<std::int64_t> n{};  // length: x is cut or filled up with zeros at its end
  FftNorm norm = FftNorm::backward;
};

// Errors: integers; a complex x without a last axis of 2; n below 1, or an empty axis without n.
Tensor fft(const Tensor& x, const FftOptions& options = {}, detail::Site site = {});
Tensor ifft(const Tensor& x, const FftOptions& options = {}, detail::Site site = {});
Tensor rfft(const Tensor& x, const FftOptions& options = {}, detail::Site site = {});
Tensor irfft(const Tensor& x, const FftOptions& options = {}, detail::Site site = {});

}  // namespace tapestry
