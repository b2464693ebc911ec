// A program that is compiled with other options than the library: the types and functions that both
// know mean the same to them.
#include "nn/nn.h"
//
#if defined(_GLIBCXX_FILESYSTEM) || defined(_GLIBCXX_IOSTREAM) || defined(_GLIBCXX_REGEX) || \
    defined(HWY_HIGHWAY_INCLUDED) || defined(HWY_BASE_H_) || defined(HIGHWAY_HWY_BASE_H_) || \
    defined(BOOST_VERSION)
#error "a public header includes what takes long to compile, or depends on the user's options"
#endif

#include <boost/test/unit_test.hpp>

using namespace tapestry;

BOOST_AUTO_TEST_CASE(lanes_go_through_the_librarys_functions) {
  Lanes x;
  for (std::size_t k = 0; k < kLanes; ++k) x.set(k, 0.1 * static_cast<double>(k + 1));
  BasicTape<Lanes> tape;
  const BasicScalar<Lanes> v = tape.variable(x);
  const Lanes slope = gradient(BasicScalar<Lanes>(v * sin(v) + exp(v) / v), v);
  for (std::size_t k = 0; k < kLanes; ++k) {
    Tape plain;
    const Scalar s = plain.variable(x[k]);
    BOOST_TEST(slope[k] == gradient(Scalar(s * sin(s) + exp(s) / s), s),
               boost::test_tools::tolerance(1e-14));
  }
  BOOST_TEST(fmt::format("{:.1f}", x) == "(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)");
}

BOOST_AUTO_TEST_CASE(dual_numbers_go_through_the_librarys_functions) {
  const Dual y = sin(Dual(0.5, Lanes(2.0)));
  for (std::size_t k = 0; k < kLanes; ++k)
    BOOST_TEST(y.tangent[k] == 2 * std::cos(0.5), boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(scalars_and_tensors_share_a_tape_with_the_library) {
  Tape tape;
  const Scalar x = tape.variable(2.0), z = tape.variable(3.0);
  const Scalar y = x * z + sin(x);
  const Tensor h = hessian(y, std::vector<Scalar>{x, z});
  BOOST_TEST(at(h, {0, 0}).value() == -std::sin(2.0), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(at(h, {0, 1}).value() == 1);
  Rng rng{1};
  const nn::Linear layer(2, 1, rng);
  const Tensor loss = nn::mse_loss(layer(tensor({{1.0, 2.0}, {3.0, 4.0}})), tensor({{1.0}, {0.0}}));
  BOOST_TEST(gradient(loss, layer.parameters()).size() == 2U);
  BOOST_TEST(fmt::format("{:8.3f}|{}|{}", y, Shape{2, 3}, DType::f32) == "   6.909|(2, 3)|f32");
}
