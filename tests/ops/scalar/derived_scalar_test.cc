// Types that are made of scalars: derived from them, or references to them. Their operators are
// those of scalars.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

// As codes make it that wrap their number type.
template <class T>
struct Mine : BasicScalar<T> {
  using BasicScalar<T>::BasicScalar;
  Mine(const BasicScalar<T>& x) : BasicScalar<T>(x) {}
};

template <class T>
void operators_are_those_of_scalars() {
  BasicTape<T> tape;
  const Mine<T> m = tape.variable(T(2));
  static_assert(detail::ScalarExpressionType<decltype(m * m)>);
  static_assert(detail::ScalarExpressionType<decltype(sin(m))>);
  static_assert(detail::ScalarExpressionType<decltype(m + 1.0)>);
  static_assert(std::is_same_v<decltype(+m), BasicScalar<T>>);
  const BasicScalar<T> y = m * m + sin(m) + 2 * m - fmax(m, 1);
  BOOST_TEST(tape.size() == 2u);  // the variable, and one statement
  const BasicScalar<T> by = m;
  const T slope = gradient(y, by), expected = T(4) + T(cos(T(2))) + T(1);
  BOOST_TEST(detail::primal_of(slope) == detail::primal_of(expected),
             boost::test_tools::tolerance(1e-6));
  BOOST_TEST((m == m && m < 3 && 1.0 < m && !(m != 2)));
  Mine<T> sum = m * 3;  // an expression is recorded
  sum += m;
  sum *= 2;
  ++sum;
  BOOST_TEST(detail::primal_of(sum) == 17);
  BOOST_TEST(detail::primal_of(gradient(sum, by)) == 8);
  BOOST_TEST(fmt::format("{}", sum) == fmt::format("{}", sum.value()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_type_derived_from_a_scalar_of_any_number_has_its_operators) {
  operators_are_those_of_scalars<double>();
  operators_are_those_of_scalars<float>();
  operators_are_those_of_scalars<Lanes>();
  operators_are_those_of_scalars<Dual>();
  operators_are_those_of_scalars<Scalar>();
}

BOOST_AUTO_TEST_CASE(a_reference_to_a_scalar_stands_for_it) {
  Tape tape;
  Scalar x = tape.variable(3.0);
  const std::reference_wrapper<Scalar> r = x;
  const std::reference_wrapper<const Scalar> c = x;
  const Scalar y = r * x + sin(r) + 2.0 * c - c / r;
  BOOST_TEST(tape.size() == 2u);
  BOOST_TEST(gradient(y, x) == 6 + std::cos(3.0) + 2, boost::test_tools::tolerance(1e-15));
  BOOST_TEST((r > 2 && c == x && !isnan(r)));
}

BOOST_AUTO_TEST_CASE(plain_numbers_of_every_type_stand_beside_a_scalar) {
  Tape tape;
  const Scalar x = tape.variable(3.0);
  const Scalar y = x * 2.0L + x * 2 + x * 2u + x * 2LL + x * 2.0f + true * x + x * std::size_t{2} +
                   x * short{1} + 'a' * x;
  BOOST_TEST(gradient(y, x) == 2 * 6 + 1 + 1 + 'a');
}

BOOST_AUTO_TEST_CASE(scalars_are_swapped_by_their_namespace_and_derived_ones_whole) {
  struct Named : Scalar {
    using Scalar::Scalar;
    int name = 0;
  };
  Tape tape;
  Scalar x = tape.variable(1.0), z = tape.variable(2.0);
  swap(x, z);
  BOOST_TEST(x.value() == 2);
  BOOST_TEST(x.id() == 2u);
  Named a = 1.0, b = 2.0;
  a.name = 1, b.name = 2;
  swap(a, b);
  using std::swap;
  swap(a, b);
  swap(a, b);
  BOOST_TEST((a.name == 2 && a.value() == 2));
}

BOOST_AUTO_TEST_CASE(containers_of_the_standard_take_scalars) {
  Tape tape;
  const Scalar x = tape.variable(1.5);
  std::unordered_map<Scalar, int> numbers;
  numbers[x] = 1;
  BOOST_TEST(numbers.at(1.5) == 1);  // equal scalars are those of equal values
  std::optional<Scalar> maybe;
  maybe = x * 2;
  BOOST_TEST(gradient(*maybe, x) == 2);
}

BOOST_AUTO_TEST_CASE(a_scalar_tells_its_tape) {
  Tape tape;
  BasicTape<float> floats;
  const Scalar x = tape.variable(1.0);
  const BasicScalar<float> z = floats.variable(1.0f);
  BOOST_TEST(&tape_of(x) == &tape);
  BOOST_TEST(&tape_of(z) == &floats);
  BOOST_TEST(refusal([] { tape_of(Scalar(1.0)); }) ==
             "[tape_of] x is a plain number, which is recorded on no tape");
  tape.clear();
  BOOST_TEST(refusal([&] { tape_of(x); }).starts_with("[tape_of] a handle"));
}
