// An x that y does not depend on is refused, alone or among others, unless it is allowed: one
// contract for scalars of all numbers, tensors, both together, recorded or not. Jacobians, hessians
// and gradients of functions have zeros there.
#include <boost/test/unit_test.hpp>

#include "nn/nn.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

bool names(const std::string& message, int position) {
  return message.starts_with("[gradient] y ") &&
         message.find(fmt::format("does not depend on x[{}]", position)) != std::string::npos;
}

const GradientOptions kAllowed{.allow_unused = true};

struct Given {
  Tape tape;
  Scalar a = tape.variable(1.0, "a"), b = tape.variable(2.0, "b"), c = tape.variable(3.0, "c");
  Scalar y = a * b;
  Scalar later = tape.variable(4.0, "later");
};

// Every form of asking for derivatives of y by `used` and by `unused`.
void check(const Scalar& y, Scalar used, Scalar unused, double expected) {
  const std::vector<Scalar> both{used, unused};
  for (const GradientOptions& options :
       {GradientOptions{}, GradientOptions{.create_graph = true}}) {
    BOOST_TEST(names(refusal([&] { gradient(y, unused, options); }), 0));
    BOOST_TEST(names(refusal([&] { gradient(y, both, options); }), 1));
    BOOST_TEST(names(refusal([&] { gradient(y, used, unused, options); }), 1));
    BOOST_TEST(names(refusal([&] { gradient(y, unused, used, used, options); }), 0));
  }
  BOOST_TEST(names(refusal([&] { gradient(y, unused); }), 0));
  BOOST_TEST(names(refusal([&] { gradient(y, both); }), 1));
  BOOST_TEST(names(refusal([&] { gradient(y, used, unused); }), 1));
  BOOST_TEST(names(refusal([&] { gradient(y, used, unused, used); }), 1));
  for (const bool create_graph : {false, true}) {
    const GradientOptions options{.create_graph = create_graph, .allow_unused = true};
    const auto [p, q] = gradient(y, used, unused, options);
    BOOST_TEST(p.value() == expected);
    BOOST_TEST(q.value() == 0);
    BOOST_TEST(gradient(y, both, options)[1].value() == 0);
    BOOST_TEST(gradient(y, unused, options).value() == 0);
  }
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(unused_scalars_are_refused_alone_and_among_others, Given) {
  check(y, a, c, 2);
  check(y, a, later, 2);
  check(y * (c - c), a, later, 0);
}

BOOST_FIXTURE_TEST_CASE(so_are_they_on_a_tape_with_tensors, Given) {
  const Tensor x = tape.variable(ones({2}), "x"), z = tape.variable(ones({2}), "z");
  check(y, a, c, 2);
  const Scalar mixed = y * at(sum(x * 3.0), {});
  check(mixed, a, c, 12);
  BOOST_TEST(names(refusal([&] { gradient(mixed, a, z); }), 1));
  BOOST_TEST(names(refusal([&] { gradient(mixed, x, c); }), 1));
  BOOST_TEST(names(refusal([&] { gradient(mixed, x, z, {.create_graph = true}); }), 1));
  const auto [dx, dz, dc] = gradient(mixed, x, z, c, kAllowed);
  BOOST_TEST(dx.to_vector() == (std::vector<double>{6, 6}));
  BOOST_TEST(dz.to_vector() == (std::vector<double>{0, 0}));
  BOOST_TEST(dc.value() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_slope_of_zero_is_no_reason_to_refuse, Given) {
  const Scalar flat = y + 0 * c;
  BOOST_TEST(gradient(flat, c) == 0);
  const auto [da, dc] = gradient(flat, a, c);
  BOOST_TEST(da == 2);
  BOOST_TEST(dc == 0);
  const Scalar stopped = a + relu(-c);
  const auto [one, none] = gradient(stopped, a, c);
  BOOST_TEST(one == 1);
  BOOST_TEST(none == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_other_numbers_too, T, decltype(std::tuple<float, Lanes, Dual>())) {
  BasicTape<T> tape;
  const BasicScalar<T> a = tape.variable(T(1)), b = tape.variable(T(2)), c = tape.variable(T(3));
  const BasicScalar<T> y = a * b;
  const BasicScalar<T> later = tape.variable(T(4));
  const auto is = [](const T& x, double expected) { return is_zero(x - T(expected)); };
  for (const BasicScalar<T>& unused : {c, later}) {
    const std::vector<BasicScalar<T>> both{a, unused};
    BOOST_TEST(names(refusal([&] { gradient(y, unused); }), 0));
    BOOST_TEST(names(refusal([&] { gradient(y, both); }), 1));
    BOOST_TEST(names(refusal([&] { gradient(y, a, unused); }), 1));
    BOOST_TEST(is(gradient(y, unused, {.allow_unused = true}), 0));
    BOOST_TEST(is(gradient(y, both, {.allow_unused = true})[0], 2));
    BOOST_TEST(is(gradient(y, both, {.allow_unused = true})[1], 0));
    BOOST_TEST(is(gradient(y, both, T(3), {.allow_unused = true})[0], 6));
    const auto [da, du] = gradient(y, a, unused, {.allow_unused = true});
    BOOST_TEST(is(da, 2));
    BOOST_TEST(is(du, 0));
    const auto [u, v, w] = gradient(y, a, unused, b, kAllowed);
    BOOST_TEST(is(w, 1));
  }
  BOOST_TEST(is(gradient(y, a), 2));
  BOOST_TEST(is(gradient(y, a, {}), 2));
  BOOST_TEST(is(gradient(y, a, T(3)), 6));
  BOOST_TEST(is(gradient(BasicScalar<T>(T(1)), a, {.allow_unused = true}), 0));
  BOOST_TEST(refusal([&] {
               gradient(y, a, {.create_graph = true});
             }).starts_with("[gradient] create_graph of scalars that are not of double"));
  BOOST_TEST(refusal([&] {
               gradient(y, a, {.cotangent = ones({})});
             }).starts_with("[gradient] the cotangent is a tensor"));
}

BOOST_AUTO_TEST_CASE(of_scalars_over_scalars_too) {
  Tape outer;
  BasicTape<Scalar> inner;
  const Scalar at = outer.variable(2.0);
  const BasicScalar<Scalar> a = inner.variable(at), c = inner.variable(at);
  const BasicScalar<Scalar> y = a * a;
  BOOST_TEST(refusal([&] { gradient(y, a, c); }).find("does not depend on x[1]") !=
             std::string::npos);
  const auto [da, dc] = gradient(y, a, c, {.allow_unused = true});
  BOOST_TEST(gradient(da, at) == 2);
  BOOST_TEST(!dc.is_tracked());
  BOOST_TEST(dc.value() == 0);
}

BOOST_FIXTURE_TEST_CASE(jacobians_hessians_and_gradients_of_functions_have_zeros, Given) {
  for (const std::vector<Scalar>& xs : {std::vector{c}, std::vector{a, c}, std::vector{c, later}}) {
    const std::vector<double> row = jacobian({y}, xs).to_vector();
    BOOST_TEST(row.back() == 0);
    BOOST_TEST(jacobian_forward({y}, xs).to_vector() == row);
    BOOST_TEST(hessian(y, xs).to_vector().back() == 0);
    BOOST_TEST(hvp(y, xs, std::vector<double>(xs.size(), 1.0)).back() == 0);
  }
  const auto f = [](const Tensor& x, const Tensor&) { return sum(x * x); };
  const auto [first, second] = grad(f)(ones({2}), ones({3}));
  BOOST_TEST(first.to_vector() == (std::vector<double>{2, 2}));
  BOOST_TEST(second.to_vector() == (std::vector<double>{0, 0, 0}));
  BOOST_TEST(grad([](const Tensor&) { return ones({}); })(ones({2})).to_vector() ==
             (std::vector<double>{0, 0}));
}

BOOST_FIXTURE_TEST_CASE(a_refused_gradient_has_let_go_of_nothing, Given) {
  const Tensor x = tape.variable(ones({2})), z = tape.variable(ones({2}));
  const Tensor loss = sum(exp(x));
  BOOST_TEST(names(refusal([&] {
                     gradient(loss, std::vector{x, z}, {.retain_graph = false});
                   }),
                   1));
  BOOST_TEST(gradient(loss, x).to_vector()[0] == std::exp(1.0), boost::test_tools::tolerance(1e-6));
}

BOOST_FIXTURE_TEST_CASE(parameters_stand_beside_tensors_and_scalars, Given) {
  Rng rng{1};
  const nn::Linear layer(2, 1, rng), aside(2, 1, rng);
  const Tensor x = tape.variable(tensor({{1.0, 2.0}}));
  const Tensor loss = sum(layer(x) * 3.0) * a;
  const auto [dw, db] = gradient(loss, layer.weight, layer.bias);
  BOOST_TEST(dw.to_vector() == (std::vector<double>{3, 6}));
  BOOST_TEST(db.to_vector() == (std::vector<double>{3}));
  const auto [p, q, r, s] = gradient(loss, layer.weight, x, a, layer.bias);
  BOOST_TEST(p.to_vector() == dw.to_vector());
  BOOST_TEST(q.shape() == x.shape());
  static_assert(std::is_same_v<decltype(r), const double>);
  BOOST_TEST(s.to_vector() == db.to_vector());
  const auto [u, v, w] =
      gradient(loss, layer.bias, a, aside.bias, {.create_graph = true, .allow_unused = true});
  BOOST_TEST(gradient(u, a) == 3);
  BOOST_TEST(v.is_tracked());
  BOOST_TEST(w.to_vector() == (std::vector<double>{0}));
  BOOST_TEST(names(refusal([&] { gradient(loss, layer.weight, aside.weight); }), 1));
  BOOST_TEST(gradient(loss, layer.bias).to_vector() == db.to_vector());
  BOOST_TEST(gradient(loss, layer.parameters())[0].to_vector() == dw.to_vector());
  // Found by the tape of y, whatever records now.
  Tape inner;
  BOOST_TEST(gradient(loss, layer.bias).to_vector() == db.to_vector());
  const PauseRecording pause;
  const auto [again, same] = gradient(loss, layer.weight, layer.bias);
  BOOST_TEST(again.to_vector() == dw.to_vector());
}
