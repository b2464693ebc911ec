// Scalars of other numbers than double: the same code, on tapes of their own.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

template <class T>
T slope_at(double at) {
  BasicTape<T> tape;
  const BasicScalar<T> x = tape.variable(static_cast<T>(at));
  BasicScalar<T> y = 0;
  for (int i = 1; i < 5; ++i) y += i * x * x / (1 + fmax(x, 0));
  y *= 2;
  y -= 1;
  return gradient(y, x);
}

}  // namespace

BOOST_AUTO_TEST_CASE(code_over_the_number_type_needs_no_exception_for_double) {
  const double expected = 2 * 10 * 0.5 * (2 + 0.5) / (1.5 * 1.5);
  BOOST_TEST(slope_at<double>(0.5) == expected, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(slope_at<float>(0.5) == static_cast<float>(expected),
             boost::test_tools::tolerance(1e-6f));
  BOOST_TEST(slope_at<Lanes>(0.5)[7] == expected, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(slope_at<Dual>(0.5).value == expected, boost::test_tools::tolerance(1e-15));
  Tape outer;
  BOOST_TEST(slope_at<Scalar>(0.5).value() == expected, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(every_node_of_a_chain_of_them_has_an_adjoint) {
  BasicTape<float> tape;
  std::vector<BasicScalar<float>> chain = {tape.variable(2.0f)};
  for (int i = 0; i < 6; ++i) chain.push_back(chain.back() * 3);
  chain.push_back(chain.back() + chain[0]);
  const std::vector<float> slopes = gradient(chain.back(), chain);
  BOOST_TEST(slopes == (std::vector<float>{730, 243, 81, 27, 9, 3, 1, 1}));
}

BOOST_AUTO_TEST_CASE(numbers_that_no_tape_follows_are_recorded_nowhere) {
  BasicTape<float> tape;
  const BasicScalar<float> x = tape.variable(2.0f), two = 2, half = 0.5;
  BOOST_TEST(!BasicScalar<float>(two * half + 1).is_tracked());
  BOOST_TEST(tape.size() == 1u);
  BOOST_TEST(!BasicScalar<float>(detach(x) * two).is_tracked());
  const BasicScalar<float> y = x * half;
  BOOST_TEST(gradient(y, x) == 0.5f);
  tape.stop();
  BOOST_TEST(!BasicScalar<float>(x * half).is_tracked());
  BOOST_TEST(gradient(y, x) == 0.5f);
}

BOOST_AUTO_TEST_CASE(tapes_of_them_nest_are_cleared_and_rewound_like_others) {
  BasicTape<float> outer;
  const BasicScalar<float> x = outer.variable(2.0f);
  {
    BasicTape<float> inner;
    const BasicScalar<float> u = inner.variable(3.0f);
    BOOST_TEST(refusal([&] { BasicScalar<float>(u * x); }) ==
               "[mul] operand 1 is a scalar of another tape: scalars of one type do not nest, "
               "those over active scalars do");
    BOOST_TEST(gradient(u * detach(x), u) == 2.0f);
    BOOST_TEST(outer.size() == 1u);
  }
  const auto mark = outer.mark();
  for (int i = 0; i < 3; ++i) {
    outer.rewind(mark);
    BasicScalar<float> y = x;
    for (int k = 0; k < 10; ++k) y = y * x + 1;
    BOOST_TEST(outer.size() == 11u);
    BOOST_TEST(gradient(y, x) > 0);
  }
  auto early = std::make_unique<BasicTape<float>>();
  const BasicTape<float> late;
  early.reset();
  const BasicScalar<float> gone = late.size() == 0 ? 2 : 0;
  outer.clear();
  BOOST_TEST(
      refusal([&] { (void)(gradient(gone + x, x)); }) ==
      "[add] a handle was recorded on a tape that no longer lives on this thread; use its numbers "
      "through detach(), or put it on the new tape with tape.variable()");
}

BOOST_AUTO_TEST_CASE(each_thread_has_its_own_tapes_of_them) {
  std::vector<float> slopes(2);
  const auto work = [&](std::size_t k) {
    for (int round = 0; round < 100; ++round) {
      BasicTape<float> tape;
      const BasicScalar<float> x = tape.variable(static_cast<float>(k + 1));
      BasicScalar<float> y = x;
      for (int i = 0; i < 100; ++i) y = y * 0.5f + x;
      slopes[k] = gradient(y * x, x);
    }
  };
  std::thread first([&] { work(0); }), second([&] { work(1); });
  first.join();
  second.join();
  BOOST_TEST(slopes[0] == 4.0f, boost::test_tools::tolerance(1e-6f));
  BOOST_TEST(slopes[1] == 8.0f, boost::test_tools::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_differentiated_is_refused) {
  BasicTape<float> tape;
  const BasicScalar<float> x = tape.variable(2.0f), z = tape.variable(3.0f);
  const BasicScalar<float> y = x * x;
  BOOST_TEST(refusal([&] { (void)(gradient(y, z)); }) ==
             "[gradient] y (node 3) does not depend on x[0] (node 2)");
  BOOST_TEST(refusal([&] { (void)(gradient(BasicScalar<float>(1), x)); }) ==
             "[gradient] y is not recorded on a tape");
  BOOST_TEST(refusal([&] { (void)(gradient(y, BasicScalar<float>(1))); }) ==
             "[gradient] x[0] is not recorded on the tape of y");
  BOOST_TEST(gradient(y, x) == 4);
}
