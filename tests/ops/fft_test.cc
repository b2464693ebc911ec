#include <cmath>
#include <complex>
#include <numbers>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

namespace {

using Wide = std::complex<long double>;

std::vector<Wide> pairs(const Tensor& x) {
  const std::vector<double> v = x.to_vector();
  std::vector<Wide> z;
  for (std::size_t i = 0; i < v.size(); i += 2) z.emplace_back(v[i], v[i + 1]);
  return z;
}

// The sums themselves.
std::vector<Wide> direct(const std::vector<Wide>& x, long double sign) {
  const std::size_t n = x.size();
  std::vector<Wide> turns, y(n);
  for (std::size_t j = 0; j < n; ++j) {
    const long double angle = sign * 2 * std::numbers::pi_v<long double> *
                              static_cast<long double>(j) / static_cast<long double>(n);
    turns.emplace_back(std::cos(angle), std::sin(angle));
  }
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t j = 0; j < n; ++j) y[k] += x[j] * turns[j * k % n];
  return y;
}

// max |a - b| / max |b|
double error_of(const std::vector<Wide>& a, const std::vector<Wide>& b) {
  long double worst = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(a[i] - b[i]));
    size = std::max(size, std::abs(b[i]));
  }
  return static_cast<double>(worst / size);
}

std::vector<std::int64_t> lengths() {
  std::vector<std::int64_t> all{97, 100, 106, 212, 1000, 1009, 1024};
  for (std::int64_t n = 1; n <= 64; ++n) all.push_back(n);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(transforms_are_the_sums_that_define_them) {
  for (std::int64_t n : lengths()) {
    const double tolerance = n > 50 ? 4e-15 : 1e-15;
    const Tensor x = numbers({n, 2});
    BOOST_TEST(error_of(pairs(fft(x)), direct(pairs(x), -1)) < tolerance, "fft " << n);
    const Tensor inverse = ifft(x, {.norm = FftNorm::forward});  // not divided by n
    BOOST_TEST(error_of(pairs(inverse), direct(pairs(x), 1)) < tolerance, "ifft " << n);
    std::vector<Wide> real;
    const Tensor r = numbers({n});
    for (double v : r.to_vector()) real.emplace_back(v);
    std::vector<Wide> spectrum = direct(real, -1);
    spectrum.resize(static_cast<std::size_t>(n / 2 + 1));
    BOOST_TEST(rfft(r).shape() == (Shape{n / 2 + 1, 2}));
    BOOST_TEST(error_of(pairs(rfft(r)), spectrum) < tolerance, "rfft " << n);
  }
}

BOOST_AUTO_TEST_CASE(inverses_lead_back_in_every_norm) {
  for (FftNorm norm : {FftNorm::backward, FftNorm::ortho, FftNorm::forward}) {
    for (std::int64_t n : lengths()) {
      const Tensor x = numbers({n, 2}), r = numbers({n});
      BOOST_TEST(distance(ifft(fft(x, {.norm = norm}), {.norm = norm}), x) < 1e-14, n);
      BOOST_TEST(distance(irfft(rfft(r, {.norm = norm}), {.n = n, .norm = norm}), r) < 1e-14, n);
    }
  }
}

BOOST_AUTO_TEST_CASE(parseval_holds) {
  for (std::int64_t n : {1, 12, 53, 256}) {
    const Tensor x = numbers({3, n, 2});
    BOOST_TEST(sum(square(fft(x, {.norm = FftNorm::ortho}))).item() == sum(square(x)).item(),
               boost::test_tools::tolerance(1e-14));
  }
}

BOOST_AUTO_TEST_CASE(known_spectra) {
  check_values(fft(tensor({{1, 0}, {0, 0}, {0, 0}, {0, 0}}, DType::f64)), {4, 2},
               {1, 0, 1, 0, 1, 0, 1, 0});
  check_values(rfft(tensor({1, 2, 3, 4})), {3, 2}, {10, 0, -2, 2, -2, 0});
  check_values(irfft(tensor({{10, 0}, {-2, 2}, {-2, 0}})), {4}, {1, 2, 3, 4});
  // What no real signal has in its spectrum is not read.
  check_values(irfft(tensor({{10, 7}, {-2, 2}, {-2, 5}})), {4}, {1, 2, 3, 4});
  check_values(rfft(tensor({1, 2, 3, 4}), {.n = 2}), {2, 2}, {3, 0, -1, 0});
  check_values(rfft(tensor({3}), {.n = 2, .norm = FftNorm::forward}), {2, 2}, {1.5, 0, 1.5, 0});
  BOOST_TEST((fft(zeros({4, 2})).dtype() == DType::f32));
}

BOOST_AUTO_TEST_CASE(axes_are_those_of_the_complex_numbers) {
  const Tensor x = numbers({3, 4, 5, 2});
  for (int axis : {0, 1, 2}) {
    const Tensor expected = movedim(fft(movedim(x, axis, 2)), 2, axis);
    BOOST_TEST(same_bits(fft(x, {.axis = axis}), expected));
    BOOST_TEST(same_bits(fft(x, {.axis = axis - 3}), expected));
  }
  const Tensor r = numbers({3, 4, 5});
  BOOST_TEST(rfft(r, {.axis = 1}).shape() == (Shape{3, 3, 5, 2}));
  BOOST_TEST(irfft(rfft(r, {.axis = 0}), {.axis = 0, .n = 3}).shape() == (Shape{3, 4, 5}));
  BOOST_TEST(fft(zeros({0, 4, 2})).shape() == (Shape{0, 4, 2}));
}

BOOST_AUTO_TEST_CASE(a_product_of_spectra_is_a_circular_convolution_with_its_derivatives) {
  const auto convolve = [](const std::vector<Tensor>& in) {
    const Tensor a = fft(in[0]), b = fft(in[1]);
    const auto part = [](const Tensor& z, int k) { return slice(z, -1, k, k + 1); };
    const Tensor re = part(a, 0) * part(b, 0) - part(a, 1) * part(b, 1),
                 im = part(a, 0) * part(b, 1) + part(a, 1) * part(b, 0);
    return ifft(concat({re, im}, -1));
  };
  const Tensor one = tensor({{0, 0}, {1, 0}, {0, 0}, {0, 0}, {0, 0}}, DType::f64),
               x = numbers({5, 2});
  BOOST_TEST(distance(convolve({one, x}), roll(x, 1, 0)) < 1e-15);
  check_derivatives(convolve, {numbers({5, 2}, 2), x});
}

BOOST_AUTO_TEST_CASE(vmap_transforms_the_batch_at_once) {
  const Tensor x = numbers({3, 4, 6}), z = numbers({3, 4, 6, 2});
  BOOST_TEST(same_bits(vmap([](const Tensor& v) { return rfft(v, {.axis = 0}); })(x),
                       rfft(x, {.axis = 1})));
  BOOST_TEST(same_bits(vmap([](const Tensor& v) { return irfft(v); })(z), irfft(z)));
  BOOST_TEST(same_bits(vmap([](const Tensor& v) { return fft(ifft(v, {.axis = 0})); })(z),
                       fft(ifft(z, {.axis = 1}))));
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_the_bits) {
  const Tensor x = numbers({40, 212, 2});
  check_threads([&] { return fft(x, {.axis = 0}); });
  check_threads([&] { return fft(x); });
  check_threads([&] { return irfft(x, {.n = 400}); });
}

// More than a thread keeps tables of.
BOOST_AUTO_TEST_CASE(long_lines_make_room_for_others) {
  for (std::int64_t n : {53, 1 << 21, (1 << 21) + 4096, 53}) {
    const Tensor x = numbers({n});
    BOOST_TEST(distance(irfft(rfft(x), {.n = n}), x) < 1e-14, n);
  }
}
