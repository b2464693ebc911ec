// Many outputs of scalars: rows and columns of derivatives in sweeps of eight directions.
#include "engine/scalar/scalar_jacobian.h"

#include <boost/test/unit_test.hpp>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

// Both modes against the rows of gradient().
void check(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs) {
  const std::vector<double> reverse = jacobian_reverse(ys, xs).to_vector(),
                            forward = jacobian_forward(ys, xs).to_vector(),
                            either = jacobian(ys, xs).to_vector();
  for (std::size_t i = 0; i < ys.size(); ++i)
    for (std::size_t k = 0; k < xs.size(); ++k) {
      const double expected =
          ys[i].is_tracked() ? gradient(ys[i], xs[k], {.allow_unused = true}).value() : 0;
      for (double actual :
           {reverse[i * xs.size() + k], forward[i * xs.size() + k], either[i * xs.size() + k]})
        BOOST_TEST(std::abs(actual - expected) <= 1e-13 * std::max(1.0, std::abs(expected)),
                   "y" << i << " by x" << k << ": " << actual << " is not " << expected);
    }
}

struct Given {
  Tape tape;
  std::vector<Scalar> xs;
  explicit Given(int count) {
    for (int i = 0; i < count; ++i) xs.push_back(tape.variable(0.3 + 0.1 * i));
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(rows_are_gradients_for_any_number_of_inputs_and_outputs) {
  for (int inputs : {1, 3, 8, 9, 17})
    for (int outputs : {1, 7, 8, 9, 20}) {
      const Given in(inputs);
      std::vector<Scalar> ys;
      for (int i = 0; i < outputs; ++i) {
        const Scalar x = in.xs[static_cast<std::size_t>(i % inputs)];
        const Scalar z = in.xs[static_cast<std::size_t>((3 * i + 1) % inputs)];
        const Scalar inner = sin(x * z) + i;
        ys.push_back(inner * inner / (1 + exp(-x)) + pow(z, 1.5));
      }
      check(ys, in.xs);
    }
}

BOOST_AUTO_TEST_CASE(an_x_may_be_an_intermediate_on_which_another_leads) {
  const Given in(2);
  const Scalar inner = in.xs[0] * in.xs[1];
  const Scalar y = inner * inner + in.xs[0];
  check({y, inner}, {in.xs[0], inner});
  check({y, inner, y}, {inner, in.xs[0], in.xs[0]});
  check({in.xs[0], y}, {in.xs[0], inner, in.xs[1]});
}

BOOST_AUTO_TEST_CASE(what_does_not_depend_has_zeros) {
  const Given in(3);
  const Scalar a = in.xs[0] * 2, b = exp(in.xs[1]);
  check({a, b, Scalar(3), in.xs[2]}, in.xs);
  check({Scalar(3)}, in.xs);
  check({in.xs[0]}, {b});
  BOOST_TEST(jacobian({}, in.xs).shape() == Shape({0, 3}));
  BOOST_TEST(jacobian({a}, {}).shape() == Shape({1, 0}));
}

BOOST_AUTO_TEST_CASE(a_branch_that_was_not_taken_gives_nothing_however_steep_it_is) {
  Given in(1);
  const Scalar zero = in.xs[0] - in.xs[0].value();
  const Scalar root = sqrt(zero), y = relu(root - 1) + in.xs[0];
  check({y}, {in.xs[0]});
}

BOOST_AUTO_TEST_CASE(sequences_and_other_tapes_scalars_are_told_apart) {
  const Given in(2);
  Scalar y = in.xs[0];
  std::vector<Scalar> ys;
  for (int i = 0; i < 60; ++i) {
    y = y * in.xs[1];
    y = sin(y) + in.xs[0];
    if (i % 5 == 0) ys.push_back(y);
  }
  check(ys, in.xs);
  const std::vector<Scalar> known = {with_partials(2.0, in.xs, {3.0, 4.0})};
  check(known, in.xs);
}

BOOST_AUTO_TEST_CASE(what_it_cannot_walk_is_refused) {
  Given in(2);
  const auto refused = [](auto f, std::string_view text) {
    const std::string message = refusal(f);
    BOOST_TEST(message.find(text) != std::string::npos, message);
  };
  const Scalar plain_way = in.xs[0] * 2;
  const Scalar y = at(exp(stack(in.xs)), {0});
  refused([&] { jacobian_reverse({y}, in.xs); }, "sweeps of many directions pass scalars only");
  refused([&] { jacobian_forward({y}, in.xs); }, "sweeps of many directions pass scalars only");
  const Scalar beside = plain_way * in.xs[1];
  check({beside}, in.xs);  // the tensor is not on its way
  check({beside * at(exp(in.tape.variable(tensor({1.0}, DType::f64))), {0})}, in.xs);
  Tape other;
  const Scalar stranger = other.variable(1.0);
  refused([&] { jacobian({beside}, {in.xs[0], stranger}); }, "x[1] is not recorded");
  refused([&] { jacobian({stranger}, in.xs); }, "y[0] is not recorded");
  refused([&] { jacobian({beside}, {Scalar(1), in.xs[0]}); }, "x[0] is not recorded on a tape");
}

BOOST_AUTO_TEST_CASE(what_was_not_taken_gives_nothing_back_for_an_infinite_adjoint) {
  Tape tape;
  const Scalar x = tape.variable(-1.0);
  const TapeMark mark = tape.mark();
  std::vector<Scalar> ys;
  for (const Scalar& m : {Scalar(maximum(x, 0)), Scalar(relu(x)), Scalar(floor(x + 1))})
    ys.push_back(sqrt(m));
  for (const Scalar& y : ys) {
    BOOST_TEST(gradient(y, x) == 0);
    BOOST_TEST(jacobian_reverse({y}, {x}).item() == 0);
    BOOST_TEST(jacobian_forward({y}, {x}).item() == 0);
  }
  preaccumulate(tape, mark, {x}, ys);
  for (const Scalar& y : ys) BOOST_TEST(gradient(y, x) == 0);
  const Scalar square = x * 0 * x, root = sqrt(square);
  BOOST_TEST(std::isnan(gradient(root, x)));
  BOOST_TEST(std::isnan(jacobian_reverse({root}, {x}).item()));
}
