// Numbers on the streams of the standard.
#include "ops/scalar/number_stream.h"

#include <boost/test/unit_test.hpp>
#include <iomanip>
#include <sstream>

#include "ops/ops.h"

using namespace tapestry;

namespace {
template <class X>
std::string shown(const X& x) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(2) << x;
  return out.str();
}
}  // namespace

BOOST_AUTO_TEST_CASE(every_number_is_shown_as_the_stream_formats_a_double) {
  Tape tape;
  BasicTape<float> floats;
  BasicTape<Lanes> lanes;
  BasicTape<Dual> duals;
  BasicTape<Scalar> nested;
  const Scalar x = tape.variable(1.5);
  BOOST_TEST(shown(x) == "1.50");
  BOOST_TEST(shown(x * x + 1) == "3.25");
  BOOST_TEST(shown(floats.variable(2.5f)) == "2.50");
  BOOST_TEST(shown(nested.variable(x)) == "1.50");
  BOOST_TEST(shown(lanes.variable(0.25)) == "(0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25)");
  BOOST_TEST(shown(duals.variable(3.0)) == "3.00 (0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00)");
  struct Mine : Scalar {
    using Scalar::Scalar;
  };
  BOOST_TEST(shown(Mine(4.0)) == "4.00");
  std::wostringstream wide;
  wide << x;
  BOOST_TEST((wide.str() == L"1.5"));
}

BOOST_AUTO_TEST_CASE(a_scalar_that_is_read_is_a_plain_number) {
  Tape tape;
  Scalar x = tape.variable(1.0), z = x;
  BasicScalar<float> f;
  std::istringstream in("2.5 0.25 word");
  in >> x >> f >> z;
  BOOST_TEST(x.value() == 2.5);
  BOOST_TEST(!x.is_tracked());
  BOOST_TEST(f.value() == 0.25f);
  BOOST_TEST(in.fail());
  BOOST_TEST(z.is_tracked());  // as it was
}

BOOST_AUTO_TEST_CASE(every_number_is_read) {
  Lanes lanes = 0;
  Dual dual = 0;
  BasicScalar<Dual> scalar = 0;
  std::istringstream in("2.5 0.25 3");
  in >> lanes >> dual >> scalar;
  BOOST_TEST(lanes[7] == 2.5);
  BOOST_TEST(dual.value == 0.25);
  BOOST_TEST(scalar.value().value == 3);
}
