// Replays at many inputs at once, against replays and gradients one by one.
#include "ops/scalar/replay_batch.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "engine/base/parallel.h"
#include "ops/ops.h"
#include "tests/bench/kernels/catalogue.h"
#include "tests/support/refusal.h"
#include "tests/support/variables.h"

using namespace tapestry;
using namespace tapestry::detail;
using tapestry::test::variables;

namespace {

// Points around `center`, none of them far.
std::vector<double> points_around(const std::vector<double>& center, std::size_t batch) {
  std::vector<double> points;
  for (std::size_t i = 0; i < batch; ++i)
    for (std::size_t k = 0; k < center.size(); ++k)
      points.push_back(center[k] * (1 + 1e-4 * std::sin(static_cast<double>(7 * i + k))));
  return points;
}

Tensor matrix(const std::vector<double>& numbers, std::size_t rows) {
  return from_vector(
      numbers, {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(numbers.size() / rows)});
}

bool close(double actual, double expected, double scale) {
  return std::abs(actual - expected) <= 1e-13 * scale;
}

// Every row of the batch is what replay and gradient give.
void check_rows(std::string_view who, Scalar y, const std::vector<Scalar>& xs,
                const std::vector<double>& points, std::size_t batch) {
  const ReplayBatch all = replay_value_and_grad(y, xs, matrix(points, batch));
  const std::vector<double> values = all.values.to_vector(), slopes = all.gradients.to_vector();
  BOOST_REQUIRE(values.size() == batch);
  BOOST_REQUIRE(slopes.size() == batch * xs.size());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < batch; ++i) {
    const auto row = points.begin() + static_cast<std::ptrdiff_t>(i * xs.size());
    const double value =
        replay(y, xs, std::vector<double>(row, row + static_cast<std::ptrdiff_t>(xs.size())));
    const std::vector<Scalar> gradients = gradient(y, xs, {.allow_unused = true});
    double scale = 0;
    for (Scalar g : gradients) scale = std::max(scale, std::abs(g.value()));
    wrong += !close(values[i], value, std::abs(value));
    for (std::size_t k = 0; k < xs.size(); ++k)
      wrong += !close(slopes[i * xs.size() + k], gradients[k].value(), scale);
  }
  BOOST_TEST(wrong == 0u, who << ": " << wrong << " numbers differ");
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_kernels_of_the_bench_at_a_ragged_batch) {
  bench::for_each_small_kernel([](const auto& kernel) {
    Tape tape;
    const std::vector<double> center = kernel.point();
    const std::vector<Scalar> xs = variables(tape, center);
    Scalar y = kernel(xs);
    check_rows(kernel.name(), y, xs, points_around(center, 37), 37);
  });
}

BOOST_AUTO_TEST_CASE(statements_of_one_step) {
  Tape tape;
  const std::vector<double> center = {0.7, 1.3};
  const std::vector<Scalar> xs = variables(tape, center);
  Scalar y = lgamma(xs[0]) * pow(xs[1], xs[0]) + polygamma(2, xs[1]) * fmod(xs[0], 2.0);
  Scalar slope = gradient(y, xs, {.create_graph = true})[0];
  check_rows("slope", slope, xs, points_around(center, 5), 5);
}

BOOST_AUTO_TEST_CASE(ends_of_what_there_is) {
  Tape tape;
  Scalar x = tape.variable(2), unused = tape.variable(3);
  Scalar y = x * x;
  [[maybe_unused]] const Scalar later = exp(y) * unused;
  const std::vector<double> point = {1.5, 4};
  check_rows("y", y, {x, unused}, point, 1);
  check_rows("variable", x, {x, unused}, point, 1);
  const ReplayBatch none = replay_value_and_grad(y, {x}, zeros({0, 1}, DType::f64));
  BOOST_TEST((none.values.shape() == Shape{0}));
  BOOST_TEST((none.gradients.shape() == Shape{0, 1}));
  BOOST_TEST(replay_value_and_grad(y, {}, zeros({3, 0}, DType::f64)).values.to_vector()[2] == 2.25);
  BOOST_TEST(replayed(y) == 2.25);  // the tape stays where the last replay left it
}

BOOST_AUTO_TEST_CASE(a_zero_adjoint_gives_zero_in_its_own_lane) {
  Tape tape;
  Scalar x = tape.variable(1), z = tape.variable(1);
  Scalar y = z * sqrt(x);
  const ReplayBatch all =
      replay_value_and_grad(y, {x, z}, matrix({0, 0, 4, 3}, 2));  // sqrt has no slope at 0
  BOOST_TEST(all.gradients.to_vector() == (std::vector<double>{0, 0, 0.75, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_same_bits_for_any_number_of_threads) {
  Tape tape;
  const bench::BlackScholes kernel{7};
  const std::vector<double> center = kernel.point();
  const std::vector<Scalar> xs = variables(tape, center);
  Scalar y = kernel(xs);
  const Tensor points = matrix(points_around(center, 137), 137);
  const std::int64_t grain = parallel_grain;
  parallel_grain = 1;
  const int threads = omp_get_max_threads();
  std::vector<std::vector<double>> results;
  for (int count : {1, 2, 3}) {
    omp_set_num_threads(count);
    const ReplayBatch all = replay_value_and_grad(y, xs, points);
    results.push_back(all.gradients.to_vector());
    for (double v : all.values.to_vector()) results.back().push_back(v);
  }
  omp_set_num_threads(threads);
  parallel_grain = grain;
  BOOST_TEST((results[0] == results[1] && results[0] == results[2]));
}

BOOST_AUTO_TEST_CASE(refusals) {
  Tape tape;
  Scalar x = tape.variable(2), z = tape.variable(3);
  Scalar y = x < z ? x * z : z;
  BOOST_TEST(refusal([&] {
               replay_value_and_grad(y, {x, z}, matrix({1, 2, 5, 4, 7, 6}, 3));
             }).find("the recording took 2 < 3 for true, and at these inputs 5 < 4 is false") !=
             std::string::npos);
  BOOST_TEST(refusal([&] {
               replay_value_and_grad(y, {x, z}, zeros({4, 3}, DType::f64));
             }) ==
             "[replay_value_and_grad] points are (4, 3) f64; (batch, 2) f64 for 2 variables is "
             "expected");
  BOOST_TEST(refusal([&] {
               replay_value_and_grad(y, {x}, zeros({4, 1}));
             }) ==
             "[replay_value_and_grad] points are (4, 1) f32; (batch, 1) f64 for 1 variables is "
             "expected");
  BOOST_TEST(refusal([&] {
               replay_value_and_grad(y, {y}, zeros({4, 1}, DType::f64));
             }) ==
             "[replay_value_and_grad] x[0] is no variable of the tape of y: make it with "
             "tape.variable()");
  BOOST_TEST(refusal([&] {
               replay_value_and_grad(1.0, {Scalar(1.0)}, zeros({4, 1}, DType::f64));
             }) == "[replay_value_and_grad] neither y nor x[0] is recorded on a tape");
  Scalar external = with_partials(2.0, {x}, {3.0});
  BOOST_TEST(refusal([&] {
               replay_value_and_grad(external, {x}, zeros({4, 1}, DType::f64));
             }).find("cannot be recomputed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_rewound_is_refused) {
  Tape tape;
  const Scalar x = tape.variable(2.0);
  const TapeMark mark = tape.mark();
  const Scalar y = x * x;
  tape.rewind(mark);
  BOOST_TEST(refusal([&] { replay_value_and_grad(y, {x}, tensor({{1.0}}, DType::f64)); }) ==
             "[replay_value_and_grad] node 2 was forgotten: the tape was rewound to node 1");
}

BOOST_AUTO_TEST_CASE(a_plain_number_is_the_same_at_all_points_and_has_slopes_0) {
  Tape tape;
  const Scalar x = tape.variable(2.0), z = tape.variable(1.0);
  const Scalar plain = x > 1 ? Scalar(5.0) : Scalar(x * z);
  const auto [values, slopes] = replay_value_and_grad(plain, {x, z}, full({3, 2}, 1.5, DType::f64));
  BOOST_TEST(values.to_vector() == std::vector<double>(3, 5.0), boost::test_tools::per_element());
  BOOST_TEST(slopes.to_vector() == std::vector<double>(6, 0.0), boost::test_tools::per_element());
  BOOST_CHECK_THROW(replay_value_and_grad(plain, {x, z}, full({3, 2}, 0.5, DType::f64)), Error);
}
