// Scalars of other numbers than double: the same statements, on tapes of their own.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <thread>

#include "ops/domain.h"
#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

// A point of each function's domain.
namespace tapestry::domains {
namespace {
double one_of(const Domain& domain, std::size_t i) {
  return sample_domain(domain, {8}, 5).to_vector()[i];
}
#define UNARY(op, result, vjp, kind, domain, ulps, doc) \
  double op##_at(std::size_t i) { return one_of(domain, i); }
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  double op##_at(std::size_t i) { return one_of(domain_x, i); }               \
  double op##_beside(std::size_t i) { return 0.75 * one_of(domain_z, i); }
#include "ops/elementwise.def"
}  // namespace
}  // namespace tapestry::domains

namespace {

struct PageFunction {
  const char* name;
  std::size_t arity;
  double (*x)(std::size_t);
  double (*z)(std::size_t);
};

// f(call, function) for every function of the page, where call(x, z) is an expression that holds it
// inside.
template <class F>
void for_each_function(F&& f) {
#define UNARY(op, result, vjp, kind, domain, ulps, doc)       \
  f([](const auto& x, const auto&) { return op(x) * 2 + x; }, \
    PageFunction{#op, 1, &domains::op##_at, &domains::op##_at});
#define BINARY(op, result, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  f([](const auto& x, const auto& z) { return op(x, z) * 2 + x * z; },        \
    PageFunction{#op, 2, &domains::op##_at, &domains::op##_beside});
#include "ops/elementwise.def"
}

struct Expected {
  double value;
  std::vector<double> slopes;
  Tensor curvature;  // (2, 2)
};

template <class Call>
Expected expected_of(const Call& call, double at, double beside) {
  Tape tape;
  const Scalar x = tape.variable(at), z = tape.variable(beside);
  const Scalar y = call(x, z) + 0 * z;
  return {y.value(), gradient(y, std::vector{x, z}), hessian(y, {x, z})};
}

bool close(double a, double b, double tolerance) {
  return a == b || std::abs(a - b) <= tolerance * (1 + std::abs(b));
}

}  // namespace

BOOST_AUTO_TEST_CASE(of_float_are_the_page_in_double_rounded) {
  for_each_function([](auto call, const PageFunction& f) {
    const auto at = static_cast<float>(f.x(1)), beside = static_cast<float>(f.z(1));
    const Expected expected = expected_of(call, at, beside);
    BasicTape<float> tape;
    const BasicScalar<float> x = tape.variable(at), z = tape.variable(beside);
    const BasicScalar<float> y = call(x, z) + 0 * z;
    BOOST_TEST(close(y.value(), expected.value, 1e-6), f.name);
    const std::vector<float> slopes = gradient(y, std::vector{x, z});
    for (int i : {0, 1}) BOOST_TEST(close(slopes[i], expected.slopes[i], 1e-5), f.name);
  });
}

BOOST_AUTO_TEST_CASE(of_lanes_are_eight_computations) {
  for_each_function([](auto call, const PageFunction& f) {
    BasicTape<Lanes> tape;
    Lanes at, beside;
    for (std::size_t k = 0; k < kLanes; ++k) at.set(k, f.x(k)), beside.set(k, f.z(k));
    const BasicScalar<Lanes> x = tape.variable(at), z = tape.variable(beside);
    const BasicScalar<Lanes> y = call(x, z) + 0 * z;
    const std::vector<Lanes> slopes = gradient(y, std::vector{x, z});
    for (std::size_t k = 0; k < kLanes; ++k) {
      const Expected expected = expected_of(call, at[k], beside[k]);
      BOOST_TEST(close(y.value()[k], expected.value, 1e-14), f.name);
      for (int i : {0, 1}) BOOST_TEST(close(slopes[i][k], expected.slopes[i], 1e-13), f.name);
    }
  });
}

BOOST_AUTO_TEST_CASE(of_duals_give_second_derivatives_forward_over_reverse) {
  for_each_function([](auto call, const PageFunction& f) {
    const Expected expected = expected_of(call, f.x(1), f.z(1));
    const std::vector<double> curvature = expected.curvature.to_vector();
    BasicTape<Dual> tape;
    Dual at(f.x(1)), beside(f.z(1));
    at.tangent.set(0, 1);
    beside.tangent.set(1, 1);
    const BasicScalar<Dual> x = tape.variable(at), z = tape.variable(beside);
    const BasicScalar<Dual> y = call(x, z) + 0 * z;
    const std::vector<Dual> slopes = gradient(y, std::vector{x, z});
    for (std::size_t i : {0, 1}) {
      BOOST_TEST(close(y.value().tangent[i], expected.slopes[i], 1e-14), f.name);
      BOOST_TEST(close(slopes[i].value, expected.slopes[i], 1e-14), f.name);
      for (std::size_t j : {0, 1})
        BOOST_TEST(close(slopes[i].tangent[j], curvature[2 * i + j], 1e-12), f.name);
    }
  });
}

// The inner tape's walk is recorded by the outer one.
BOOST_AUTO_TEST_CASE(of_scalars_give_slopes_that_are_followed) {
  for_each_function([](auto call, const PageFunction& f) {
    const Expected expected = expected_of(call, f.x(1), f.z(1));
    const std::vector<double> curvature = expected.curvature.to_vector();
    Tape outer;
    BasicTape<Scalar> inner;
    const std::vector<Scalar> at = {outer.variable(f.x(1)), outer.variable(f.z(1))};
    const BasicScalar<Scalar> x = inner.variable(at[0]), z = inner.variable(at[1]);
    const BasicScalar<Scalar> y = call(x, z) + 0 * z;
    BOOST_TEST(close(y.value().value(), expected.value, 1e-15), f.name);
    const std::vector<Scalar> slopes = gradient(y, std::vector{x, z});
    for (std::size_t i : {0, 1}) {
      BOOST_TEST(close(slopes[i].value(), expected.slopes[i], 1e-14), f.name);
      const Scalar slope = slopes[i] + 0 * at[0] + 0 * at[1];
      const std::vector<double> row = gradient(slope, at);
      for (std::size_t j : {0, 1}) BOOST_TEST(close(row[j], curvature[2 * i + j], 1e-12), f.name);
    }
  });
}

BOOST_AUTO_TEST_CASE(tapes_of_tapes_of_tapes_give_third_derivatives) {
  Tape outer;
  BasicTape<Scalar> middle;
  BasicTape<BasicScalar<Scalar>> inner;
  const Scalar a = outer.variable(0.75);
  const BasicScalar<Scalar> b = middle.variable(a);
  const BasicScalar<BasicScalar<Scalar>> x = inner.variable(b);
  const auto third = gradient(gradient(gradient(sin(x) * exp(2 * x), x), b), a);
  // Im (2 + i)^3 exp((2 + i) x), (2 + i)^3 = 2 + 11 i
  const double e = std::exp(1.5), expected = e * (2 * std::sin(0.75) + 11 * std::cos(0.75));
  BOOST_TEST(third == expected, boost::test_tools::tolerance(1e-14));
}

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

BOOST_AUTO_TEST_CASE(a_branch_needs_all_lanes_to_agree_and_where_chooses_for_each) {
  BasicTape<Lanes> tape;
  Lanes at(4.0);
  const BasicScalar<Lanes> agreed = tape.variable(at);
  BOOST_TEST((agreed > 1));
  BOOST_TEST(!(agreed == 1));
  BOOST_TEST(isfinite(agreed));
  at.set(2, 0);
  const BasicScalar<Lanes> x = tape.variable(at);
  BOOST_TEST(refusal([&] { (void)(x > 1); }) ==
             "[lanes] a comparison is true in 7 of 8 lanes; a branch needs "
             "all to agree, where() chooses for each");
  // The slope of sqrt at 0 is infinite, in a lane that does not take it.
  const BasicScalar<Lanes> y = where(x.value() > 0, sqrt(x) * 3, 2 * x);
  BOOST_TEST(y.value()[0] == 6);
  BOOST_TEST(y.value()[2] == 0);
  const Lanes slope = gradient(y, x);
  BOOST_TEST(slope[0] == 0.75);
  BOOST_TEST(slope[2] == 2);
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
