#include "ops/fft/dft.h"

#include <algorithm>
#include <cmath>
#include <eigen3/unsupported/Eigen/FFT>
#include <map>
#include <numbers>
#include <vector>

namespace tapestry::detail {
namespace {

std::int64_t largest_factor(std::int64_t n) {
  std::int64_t largest = 1;
  for (std::int64_t p = 2; p * p <= n; ++p)
    for (; n % p == 0; n /= p) largest = p;
  return std::max(largest, n);
}

// With j k = (j^2 + k^2 - (k - j)^2) / 2 the transform is a convolution with the chirp
// c[j] = exp(-i pi j^2 / n), executed by transforms of length m, a power of two.
struct Chirp {
  std::int64_t m = 1;
  std::vector<Complex> factors;   // c[j] for j < n
  std::vector<Complex> spectrum;  // of conj(c[|j|]), divided by m; j from -(n - 1) to n - 1
};

class Engine {
 public:
  Engine() {
    fft_.SetFlag(Eigen::FFT<double>::Unscaled);
    fft_.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  }

  void complex(const Complex* x, Complex* y, std::int64_t n, bool inverse) {
    if (n == 1)
      *y = *x;
    else if (awkward(n))
      by_chirp(x, y, n, inverse);
    else
      plain(x, y, n, inverse);
  }

  void real(const double* x, Complex* y, std::int64_t n) {
    if (n > 1 && !awkward(n)) {
      fft_.fwd(y, x, static_cast<int>(n));
      return;
    }
    in_.assign(x, x + n);
    out_.resize(static_cast<std::size_t>(n));
    complex(in_.data(), out_.data(), n, false);
    std::copy(out_.begin(), out_.begin() + n / 2 + 1, y);
  }

  void half(const Complex* y, double* x, std::int64_t n) {
    if (n > 1 && !awkward(n)) {
      fft_.inv(x, y, static_cast<int>(n));
      return;
    }
    in_.assign(y, y + n / 2 + 1);
    in_.resize(static_cast<std::size_t>(n));
    out_.resize(static_cast<std::size_t>(n));
    for (std::int64_t k = n / 2 + 1; k < n; ++k) in_[index(k)] = std::conj(in_[index(n - k)]);
    complex(in_.data(), out_.data(), n, true);
    for (std::int64_t j = 0; j < n; ++j) x[j] = out_[index(j)].real();
  }

 private:
  static std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

  bool awkward(std::int64_t n) {
    const auto [place, fresh] = awkward_.try_emplace(n, false);
    if (fresh) place->second = largest_factor(n) > 50;
    return place->second;
  }

  void plain(const Complex* x, Complex* y, std::int64_t n, bool inverse) {
    if (inverse)
      fft_.inv(y, x, static_cast<int>(n));
    else
      fft_.fwd(y, x, static_cast<int>(n));
  }

  const Chirp& chirp(std::int64_t n) {
    Chirp& chirp = chirps_[n];
    if (!chirp.factors.empty()) return chirp;
    while (chirp.m < 2 * n - 1) chirp.m *= 2;
    std::vector<Complex> around(index(chirp.m));
    for (std::int64_t j = 0, square = 0; j < n; ++j) {
      // j^2 modulo 2 n, kept small so that the angle keeps its digits.
      const double angle = std::numbers::pi * static_cast<double>(square) / static_cast<double>(n);
      chirp.factors.emplace_back(std::cos(angle), -std::sin(angle));
      around[index(j)] = around[index((chirp.m - j) % chirp.m)] =
          std::conj(chirp.factors.back()) / static_cast<double>(chirp.m);
      square = (square + 2 * j + 1) % (2 * n);
    }
    chirp.spectrum.resize(index(chirp.m));
    plain(around.data(), chirp.spectrum.data(), chirp.m, false);
    return chirp;
  }

  // The inverse is the conjugate of the transform of the conjugate.
  void by_chirp(const Complex* x, Complex* y, std::int64_t n, bool inverse) {
    const Chirp& c = chirp(n);
    const auto turned = [&](Complex z) { return inverse ? std::conj(z) : z; };
    line_.assign(index(c.m), 0);
    transformed_.resize(index(c.m));
    for (std::int64_t j = 0; j < n; ++j) line_[index(j)] = turned(x[j]) * c.factors[index(j)];
    plain(line_.data(), transformed_.data(), c.m, false);
    for (std::size_t k = 0; k < transformed_.size(); ++k) transformed_[k] *= c.spectrum[k];
    plain(transformed_.data(), line_.data(), c.m, true);
    for (std::int64_t k = 0; k < n; ++k) y[k] = turned(line_[index(k)] * c.factors[index(k)]);
  }

  Eigen::FFT<double> fft_;
  std::map<std::int64_t, Chirp> chirps_;
  std::map<std::int64_t, bool> awkward_;
  std::vector<Complex> in_, out_, line_, transformed_;
};

constexpr std::int64_t kMost = std::int64_t{1} << 22;

// This thread's, started anew when lengths of kMost in all have been met.
Engine& engine_for(std::int64_t n) {
  thread_local Engine engine;
  thread_local std::int64_t last = 0, met = 0;
  if (n != last) {
    last = n;
    met += n;
    if (met > kMost) {
      engine = Engine();
      met = n;
    }
  }
  return engine;
}

}  // namespace

void dft(const Complex* x, Complex* y, std::int64_t n, bool inverse) {
  engine_for(n).complex(x, y, n, inverse);
}
void real_dft(const double* x, Complex* y, std::int64_t n) { engine_for(n).real(x, y, n); }
void half_dft(const Complex* y, double* x, std::int64_t n) { engine_for(n).half(y, x, n); }

}  // namespace tapestry::detail
