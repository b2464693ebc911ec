// The kernels of the scalar bench: their gradients are those of the complex step, and ADBench's
// objectives those of their formulas, written with matrices.
#include <boost/test/unit_test.hpp>
#include <complex>
#include <eigen3/Eigen/Dense>

#include "tests/bench/kernels/catalogue.h"
#include "tests/bench/scalar_recorder.h"
#include "tests/bench/scalar_table.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::bench;

namespace {

template <class Kernel>
std::vector<double> complex_step(const Kernel& kernel) {
  using Complex = Probe<std::complex<double>>;
  constexpr double step = 1e-40;
  const std::vector<double> point = kernel.point();
  std::vector<Complex> x(point.begin(), point.end());
  std::vector<double> slopes;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = Complex::of({point[i], step});
    slopes.push_back(kernel(x).raw().imag() / step);
    x[i] = point[i];
  }
  return slopes;
}

void check_close(double actual, double expected) {
  BOOST_TEST(std::abs(actual - expected) <= 1e-12 * std::abs(expected),
             actual << " is not " << expected);
}

// log of the multivariate gamma function.
double log_gamma(int d, double a) {
  double sum = d * (d - 1) / 4.0 * std::log(M_PI);
  for (int j = 1; j <= d; ++j) sum += std::lgamma(a + (1 - j) / 2.0);
  return sum;
}

// The log density of the Wishart distribution at P, with scale V and `freedom` degrees of freedom.
double log_wishart(const Eigen::MatrixXd& p, const Eigen::MatrixXd& v, double freedom) {
  const int d = static_cast<int>(p.rows());
  return 0.5 * (freedom - d - 1) * std::log(p.determinant()) - 0.5 * (v.inverse() * p).trace() -
         0.5 * freedom * d * std::log(2.0) - 0.5 * freedom * std::log(v.determinant()) -
         log_gamma(d, 0.5 * freedom);
}

Eigen::Matrix3d turned(const Eigen::Vector3d& r) {
  return r.isZero(0) ? Eigen::Matrix3d(Eigen::Matrix3d::Identity())
                     : Eigen::AngleAxisd(r.norm(), r.normalized()).toRotationMatrix();
}

Eigen::Vector3d vector3(const double* x) { return {x[0], x[1], x[2]}; }

}  // namespace

BOOST_AUTO_TEST_CASE(gradients_agree_with_the_complex_step) {
  for_each_small_kernel([](const auto& kernel) {
    const std::vector<double> expected = complex_step(kernel);
    ScalarRecorder recorder(kernel.point());
    recorder.record(kernel);
    const std::vector<double> actual = recorder.gradient();
    BOOST_REQUIRE(actual.size() == expected.size());
    BOOST_TEST(std::any_of(expected.begin(), expected.end(), [](double g) { return g != 0; }),
               kernel.name());
    const double distance = disagreement(expected, actual);
    BOOST_TEST(distance <= 1e-12, kernel.name() << ": " << distance);
  });
}

BOOST_AUTO_TEST_CASE(a_kernel_has_one_value_for_every_number_type) {
  for_each_small_kernel([](const auto& kernel) {
    const std::vector<double> x = kernel.point();
    const double plain = kernel(x);
    BOOST_TEST(std::isfinite(plain), kernel.name());
    check_close(kernel(std::vector<Scalar>(x.begin(), x.end())).value(), plain);
    check_close(kernel(std::vector<Probe<double>>(x.begin(), x.end())).value(), plain);
  });
}

BOOST_AUTO_TEST_CASE(operations_are_counted_one_by_one) {
  BOOST_TEST(operations(Sum{50}) == 50);
  BOOST_TEST(operations(Product{50}) == 50);
  BOOST_TEST(operations(MatrixProduct{5}) == 2 * 5 * 5 * 5 + 5 * 5);
  BOOST_TEST(operations(LogSumExp{50}) == 3 * 50 + 2);
  BOOST_TEST(operations(LaxWendroff{11, 9}) == 9 * 11 * (5 + 2) + 2 * 11);
}

BOOST_AUTO_TEST_CASE(erfc_of_the_complex_step_is_erfc) {
  for (double x : {-3.0, -1.2, -1e-3, 0.4, 1.0, 2.5}) {
    const std::complex<double> y = complement_of_erf(std::complex<double>(x, 1e-40));
    BOOST_TEST(std::abs(y.real() - std::erfc(x)) < 1e-15);
    const double slope = -2 / std::sqrt(M_PI) * std::exp(-x * x);
    BOOST_TEST(std::abs(y.imag() / 1e-40 - slope) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(a_linear_wave_moves_one_cell_a_step_at_courant_number_one) {
  const LaxWendroff exact{.cells = 8, .steps = 3, .courant = 1};
  double squares = 0;
  for (double q : exact.point()) squares += q * q;
  check_close(exact(exact.point()), squares);
}

BOOST_AUTO_TEST_CASE(the_price_of_a_call_is_the_textbooks) {
  // Hull, Options, Futures, and Other Derivatives, example 15.6: 4.76.
  const double price = BlackScholes::price(42.0, 40.0, 0.2, 0.1, 0.5);
  BOOST_TEST(std::abs(price - 4.76) < 0.005);
}

BOOST_AUTO_TEST_CASE(gmm_is_the_likelihood_with_explicit_precisions_less_the_wishart_prior) {
  Gmm gmm(4, 3, 12);
  gmm.gamma = 1.3;
  gmm.wishart = 2;
  const std::vector<double> x = gmm.point();
  const int d = gmm.d, k = gmm.components;

  double total_weight = 0, expected = 0;
  for (int c = 0; c < k; ++c) total_weight += std::exp(x[c]);
  std::vector<double> density(gmm.n);
  for (int c = 0; c < k; ++c) {
    const double* q = x.data() + k + k * d + c * gmm.factor_size();
    Eigen::MatrixXd factor = Eigen::MatrixXd::Zero(d, d);
    for (int i = 0; i < d; ++i) factor(i, i) = std::exp(*q++);
    for (int j = 0; j < d; ++j)
      for (int i = j + 1; i < d; ++i) factor(i, j) = *q++;
    const Eigen::MatrixXd precision = factor.transpose() * factor;
    const Eigen::VectorXd mean = Eigen::Map<const Eigen::VectorXd>(x.data() + k + c * d, d);
    for (int i = 0; i < gmm.n; ++i) {
      const Eigen::VectorXd z =
          Eigen::Map<const Eigen::VectorXd>(gmm.data.data() + i * d, d) - mean;
      density[i] += std::exp(x[c]) / total_weight *
                    std::sqrt(precision.determinant() / std::pow(2 * M_PI, d)) *
                    std::exp(-0.5 * z.dot(precision * z));
    }
    const Eigen::MatrixXd scale = Eigen::MatrixXd::Identity(d, d) / (gmm.gamma * gmm.gamma);
    expected -= log_wishart(precision, scale, d + gmm.wishart + 1);
  }
  for (double p : density) expected += std::log(p);
  check_close(gmm(x), expected);
}

BOOST_AUTO_TEST_CASE(bundle_adjustment_is_the_pinhole_camera_with_matrices) {
  const Bundle bundle(3, 7, 20);
  std::vector<double> x = bundle.point();
  x[0] = x[1] = x[2] = 0;  // the first camera does not turn
  const double* points = x.data() + 11 * bundle.cameras;
  const double* weights = points + 3 * bundle.points;
  double expected = 0;
  for (int i = 0; i < bundle.observations; ++i) {
    const double* camera = x.data() + 11 * bundle.camera_of(i);
    const Eigen::Vector3d y =
        turned(vector3(camera)) * (vector3(points + 3 * bundle.point_of(i)) - vector3(camera + 3));
    const Eigen::Vector2d p = y.hnormalized();
    const double r2 = p.squaredNorm();
    const Eigen::Vector2d seen = camera[6] * p * (1 + camera[9] * r2 + camera[10] * r2 * r2) +
                                 Eigen::Vector2d(camera[7], camera[8]);
    const Eigen::Vector2d feature(bundle.features[2 * i], bundle.features[2 * i + 1]);
    const double w = weights[i];
    expected += 0.5 * (w * w * (seen - feature).squaredNorm() + std::pow(1 - w * w, 2));
  }
  check_close(bundle(x), expected);
}

BOOST_AUTO_TEST_CASE(lstm_is_the_network_with_arrays) {
  const Lstm lstm(2, 6, 3);
  const std::vector<double> x = lstm.point();
  const int b = lstm.bits;
  const auto row = [&](const double* from, int index) -> Eigen::ArrayXd {
    return Eigen::Map<const Eigen::ArrayXd>(from + index * b, b);
  };
  const auto sigmoid = [](const Eigen::ArrayXd& z) -> Eigen::ArrayXd {
    return (1 + (z / 2).tanh()) / 2;
  };
  const double* extra = x.data() + lstm.layers * 8 * b;
  std::vector<Eigen::ArrayXd> hidden, cell;
  for (int layer = 0; layer < lstm.layers; ++layer) {
    hidden.push_back(row(lstm.start.data(), 2 * layer));
    cell.push_back(row(lstm.start.data(), 2 * layer + 1));
  }
  double loss = 0;
  for (int t = 0; t + 1 < lstm.characters; ++t) {
    Eigen::ArrayXd signal = row(lstm.text.data(), t) * row(extra, 0);
    for (int layer = 0; layer < lstm.layers; ++layer) {
      const double* w = x.data() + layer * 8 * b;
      Eigen::ArrayXd &h = hidden[layer], &c = cell[layer];
      const Eigen::ArrayXd change = (h * row(w, 3) + row(w, 7)).tanh();
      c = c * sigmoid(signal * row(w, 0) + row(w, 4)) + sigmoid(h * row(w, 1) + row(w, 5)) * change;
      h = sigmoid(signal * row(w, 2) + row(w, 6)) * c.tanh();
      signal = h;
    }
    const Eigen::ArrayXd prediction = signal * row(extra, 1) + row(extra, 2);
    const double normalizer = std::log(2 + prediction.exp().sum());
    loss -= (row(lstm.text.data(), t + 1) * (prediction - normalizer)).mean();
  }
  check_close(lstm(x), loss / (lstm.characters - 1));
}

BOOST_AUTO_TEST_CASE(hand_is_a_chain_of_isometries_with_blended_vertices) {
  const Hand hand(40);
  const std::vector<double> x = hand.point();
  const auto frame = [](int finger, int bone, const double* angle) {
    const auto z = Eigen::Vector3d::UnitZ();
    const auto y = Eigen::Vector3d::UnitY();
    Eigen::Isometry3d chain(Eigen::AngleAxisd(0.25 * (finger - 2), z));
    for (int i = 1; i <= bone; ++i) {
      chain = chain * Eigen::Translation3d(Hand::length[i - 1], 0, 0);
      if (i == 1) chain = chain * Eigen::AngleAxisd(angle[1], z);
      chain = chain * Eigen::AngleAxisd(i == 1 ? angle[0] : angle[i], y);
    }
    return chain;
  };
  const double straight[4] = {};
  double expected = 0;
  for (const Hand::Vertex& v : hand.vertices) {
    const double* angle = x.data() + 6 + 4 * v.finger;
    const Eigen::Vector3d rest = frame(v.finger, v.bone, straight) * vector3(v.here.data());
    const auto follow = [&](int bone) -> Eigen::Vector3d {
      return frame(v.finger, bone, angle) * frame(v.finger, bone, straight).inverse() * rest;
    };
    const Eigen::Vector3d skin = v.weight * follow(v.bone) + (1 - v.weight) * follow(v.bone - 1);
    const Eigen::Vector3d placed = turned(vector3(x.data())) * skin + vector3(x.data() + 3);
    expected += 0.5 * (placed - vector3(v.target.data())).squaredNorm();
  }
  check_close(hand(x), expected);
}

BOOST_AUTO_TEST_CASE(eight_schools_is_the_sum_of_its_log_densities) {
  const EightSchools schools;
  const std::vector<double> x = schools.point();
  const auto normal = [](double z, double mean, double deviation) {
    return std::exp(-0.5 * std::pow((z - mean) / deviation, 2)) / deviation;
  };
  double expected = std::log(normal(x[8], 0, 5)) - std::log1p(std::pow(x[9] / 5, 2));
  for (int j = 0; j < 8; ++j)
    expected += std::log(normal(x[j], x[8], x[9])) +
                std::log(normal(EightSchools::effect[j], x[j], EightSchools::error[j]));
  check_close(schools(x), expected);
}
