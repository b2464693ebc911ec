// Scalars in the containers and algorithms of the standard.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <valarray>
#include <vector>

#include "ops/ops.h"

using namespace tapestry;

namespace {
template <class T>
struct Fixture {
  BasicTape<T> tape;
  std::vector<BasicScalar<T>> x;
  Fixture() {
    for (const int value : {3, 1, 4, 2}) x.push_back(tape.variable(T(value)));
  }
  T slope(const BasicScalar<T>& y, std::size_t i) { return gradient(y, x[i]); }
};

template <class Test>
void for_both(Test&& test) {
  Fixture<double> of_double;
  test(of_double);
  Fixture<float> of_float;
  test(of_float);
}
}  // namespace

BOOST_AUTO_TEST_CASE(sums_and_products_accumulate) {
  for_both([]<class T>(Fixture<T>& f) {
    using S = BasicScalar<T>;
    BOOST_TEST(f.slope(std::accumulate(f.x.begin(), f.x.end(), S(0)), 2) == 1);
    BOOST_TEST(f.slope(std::accumulate(f.x.begin(), f.x.end(), S(1), std::multiplies<>()), 2) == 6);
    BOOST_TEST(f.slope(std::reduce(f.x.begin(), f.x.end(), S(0), std::plus<S>()), 1) == 1);
    BOOST_TEST(f.slope(std::inner_product(f.x.begin(), f.x.end(), f.x.begin(), S(0)), 2) == 8);
    const S squares = std::transform_reduce(f.x.begin(), f.x.end(), S(0), std::plus<S>(),
                                            [](const S& s) -> S { return s * s; });
    BOOST_TEST(f.slope(squares, 0) == 6);
  });
}

BOOST_AUTO_TEST_CASE(transformed_and_running_numbers_keep_their_derivatives) {
  for_both([]<class T>(Fixture<T>& f) {
    using S = BasicScalar<T>;
    std::vector<S> y(4), sums(4), steps(4);
    std::transform(f.x.begin(), f.x.end(), y.begin(), [](const S& s) { return s * s + 1; });
    BOOST_TEST(f.slope(y[2], 2) == 8);
    std::partial_sum(f.x.begin(), f.x.end(), sums.begin());
    BOOST_TEST(f.slope(sums[3], 0) == 1);
    std::adjacent_difference(f.x.begin(), f.x.end(), steps.begin());
    BOOST_TEST(f.slope(steps[1], 0) == -1);
    std::for_each(y.begin(), y.end(), [](S& s) { s *= 2; });
    BOOST_TEST(f.slope(y[2], 2) == 16);
  });
}

BOOST_AUTO_TEST_CASE(sorting_and_searching_go_by_values) {
  for_both([]<class T>(Fixture<T>& f) {
    using S = BasicScalar<T>;
    std::vector<S> sorted = f.x;
    std::sort(sorted.begin(), sorted.end());
    BOOST_TEST(f.slope(sorted[3] * 5, 2) == 5);
    BOOST_TEST(f.slope(*std::max_element(f.x.begin(), f.x.end()) * 3, 2) == 3);
    BOOST_TEST(f.slope(*std::min_element(f.x.begin(), f.x.end()) * 3, 1) == 3);
    std::nth_element(sorted.begin(), sorted.begin() + 1, sorted.end(), std::greater<>());
    BOOST_TEST(f.slope(sorted[1] * 2, 0) == 2);
    BOOST_TEST(f.slope(std::clamp(f.x[2], S(0), S(10)), 2) == 1);
    BOOST_TEST(f.slope(std::max({f.x[0], f.x[1], f.x[2]}), 2) == 1);
    const auto [least, most] = std::minmax_element(f.x.begin(), f.x.end());
    BOOST_TEST((least - f.x.begin() == 1 && most - f.x.begin() == 2));
    BOOST_TEST(std::count_if(f.x.begin(), f.x.end(), [](const S& s) { return s > 2; }) == 2);
    BOOST_TEST((std::find(f.x.begin(), f.x.end(), S(4)) - f.x.begin()) == 2);
    BOOST_TEST(std::is_permutation(f.x.begin(), f.x.end(), sorted.begin()));
  });
}

BOOST_AUTO_TEST_CASE(containers_hold_scalars) {
  for_both([]<class T>(Fixture<T>& f) {
    using S = BasicScalar<T>;
    std::map<S, int> places;
    for (int i = 0; i < 4; ++i) places[f.x[static_cast<std::size_t>(i)]] = i;
    BOOST_TEST(places.begin()->second == 1);
    const std::set<S> numbers(f.x.begin(), f.x.end());
    BOOST_TEST(f.slope(*numbers.rbegin(), 2) == 1);
    const std::valarray<S> array(f.x.data(), f.x.size());
    BOOST_TEST(f.slope((array * array).sum(), 2) == 8);
    std::optional<S> maybe;
    maybe = f.x[0] * 2;
    BOOST_TEST(f.slope(maybe.value_or(S(0)), 0) == 2);
    const std::function<S(S)> square_of = [](S s) { return s * s; };
    BOOST_TEST(f.slope(square_of(f.x[2]), 2) == 8);
    const std::pair<S, S> pair(f.x[0], f.x[1] * 2);
    BOOST_TEST((pair == pair && !(pair < pair)));
  });
}
