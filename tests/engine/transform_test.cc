#include <boost/test/unit_test.hpp>
#include <cmath>

#include "nn/nn.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

const Tensor kPoint = tensor({0.3, -0.7, 1.1}, DType::f64);

Tensor cubic(const Tensor& x) { return sum(tanh(x) * x * x); }

Tensor rosenbrock(const Tensor& x) {
  const std::int64_t n = x.size();
  const Tensor head = slice(x, 0, 0, n - 1), tail = slice(x, 0, 1, n);
  return sum(100.0 * square(tail - square(head)) + square(1.0 - head));
}

bool close(const Tensor& a, const Tensor& b, double tolerance = 1e-12) {
  return test::distance(a, b) <= tolerance;
}

}  // namespace

BOOST_AUTO_TEST_CASE(vmap_adds_adjoints_of_which_one_is_the_same_for_every_example) {
  const Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}, DType::f64);
  const Tensor slopes = vmap(grad([](const Tensor& t) { return sum(t * t + t); }))(x);
  BOOST_TEST(slopes.to_vector() == (std::vector<double>{3, 5, 7, 9, 11, 13}));
}

BOOST_AUTO_TEST_CASE(a_function_of_many_values_has_no_gradient_whether_they_vary_or_not) {
  const auto reason =
      "[grad] the function's value has shape (3,), and a gradient is taken of one number";
  const auto varies = [](const Tensor& x) { return x * x; };
  const auto stays = [](const Tensor&) { return kPoint; };
  BOOST_TEST(refusal([&] { grad(varies)(kPoint); }) == reason);
  BOOST_TEST(refusal([&] { grad(stays)(kPoint); }) == reason);
  BOOST_TEST(refusal([&] { value_and_grad(varies)(kPoint); }) == reason);
  BOOST_TEST(refusal([&] { hessian(varies, kPoint); }) == reason);
  BOOST_TEST(refusal([&] { hvp(varies, kPoint, kPoint); }) == reason);
}

BOOST_AUTO_TEST_CASE(grad_and_value_and_grad_give_plain_numbers_outside_a_tape) {
  const auto [value, slope] = value_and_grad(cubic)(kPoint);
  BOOST_TEST(value.item() == cubic(kPoint).item());
  BOOST_TEST(!slope.is_tracked());
  const Tensor expected =
      test::difference([](const auto& in) { return cubic(in[0]).item(); }, {kPoint}, 0);
  BOOST_TEST(close(slope, expected, 1e-9));
  const auto [da, db] =
      grad([](const Tensor& a, const Tensor& b) { return sum(a * a * b); })(kPoint, kPoint);
  BOOST_TEST(close(da, 2.0 * kPoint * kPoint));
  BOOST_TEST(close(db, kPoint * kPoint));
  BOOST_TEST(close(grad([](const Tensor&) { return tensor(1.0); })(kPoint), zeros_like(kPoint)));
}

BOOST_AUTO_TEST_CASE(grad_of_grad_of_grad_is_the_third_derivative) {
  // f = tanh(x)^3 / (1 + x^2), as a polynomial in t = tanh x and r = 1 / (1 + x^2) differentiated
  // by hand below.
  const auto f = [](const Tensor& x) { return sum(tanh(x) * tanh(x) * tanh(x) / (1.0 + x * x)); };
  const auto along = [](const auto& g) { return [g](const Tensor& x) { return sum(g(x)); }; };
  const auto third = grad(along(grad(along(grad(f)))));
  const Tensor points = arange(-1.8, 2.2, 0.4, DType::f64);
  const std::vector<double> at = points.to_vector(), found = third(points).to_vector();
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double x = at[i], t = std::tanh(x), s = 1 - t * t;
    // a = t^3 and its derivatives; b = 1 / (1 + x^2) and its.
    const double a0 = t * t * t, a1 = 3 * t * t * s, a2 = 6 * t * s * s - 6 * t * t * t * s;
    const double a3 = 6 * s * s * s - 42 * t * t * s * s + 12 * t * t * t * t * s;
    const double r = 1 / (1 + x * x);
    const double b0 = r, b1 = -2 * x * r * r, b2 = (6 * x * x - 2) * r * r * r;
    const double b3 = 24 * x * (1 - x * x) * r * r * r * r;
    BOOST_TEST(found[i] == a3 * b0 + 3 * a2 * b1 + 3 * a1 * b2 + a0 * b3,
               boost::test_tools::tolerance(1e-10));
  }
}

BOOST_AUTO_TEST_CASE(jvp_and_vjp_are_each_others_transpose) {
  const auto f = [](const Tensor& x) {
    return softmax(
        matmul(reshape(x, {1, 3}), tensor({{1.0, 2.0}, {0.5, -1.0}, {2.0, 0.1}}, DType::f64)) +
        sum(sin(x)));
  };
  const Tensor v = tensor({0.2, 0.5, -0.4}, DType::f64), u = tensor({{0.7, -0.3}}, DType::f64);
  const auto [y, tangent] = jvp(f, kPoint, v);
  const auto [z, pull] = vjp(f, kPoint);
  BOOST_TEST(y.to_vector() == z.to_vector());
  BOOST_TEST(std::abs(sum(tangent * u).item() - sum(v * pull(u)).item()) < 1e-15);
  BOOST_TEST(close(pull(u), pull(u)));
}

BOOST_AUTO_TEST_CASE(jacobians_agree_forward_and_reverse) {
  const auto f = [](const Tensor& x) { return concat({sin(x) * sum(x), exp(slice(x, 0, 0, 1))}); };
  const Tensor forward = jacobian_forward(f, kPoint), reverse = jacobian_reverse(f, kPoint);
  BOOST_TEST((forward.shape() == Shape{4, 3}));
  BOOST_TEST(close(forward, reverse));
  BOOST_TEST(close(jacobian(f, kPoint), forward));
  const Tensor square_inputs = reshape(arange(4, DType::f64), {2, 2});
  BOOST_TEST((jacobian([](const Tensor& x) { return matmul(x, x); }, square_inputs).shape() ==
              Shape{2, 2, 2, 2}));
}

BOOST_AUTO_TEST_CASE(the_hessian_of_rosenbrocks_function_is_its_closed_form) {
  constexpr std::int64_t n = 50;
  Rng rng(4);
  const Tensor x = uniform({n}, -1.5, 1.5, rng, DType::f64);
  const std::vector<double> p = x.to_vector();
  std::vector<double> expected(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    if (i + 1 < n) {
      expected[i * n + i] += 1200 * p[i] * p[i] - 400 * p[i + 1] + 2;
      expected[i * n + i + 1] = expected[(i + 1) * n + i] = -400 * p[i];
    }
    if (i > 0) expected[i * n + i] += 200;
  }
  const Tensor h = hessian(rosenbrock, x);
  BOOST_TEST(close(h, from_vector(expected, {n, n})));
  const Tensor v = uniform({n}, -1, 1, rng, DType::f64);
  BOOST_TEST(close(hvp(rosenbrock, x, v), matmul(h, v)));
}

BOOST_AUTO_TEST_CASE(transformations_are_followed_by_an_outer_tape) {
  Tape tape;
  const Tensor x = tape.variable(kPoint), w = tape.variable(tensor(2.0, DType::f64));
  const Tensor slope = grad([&](const Tensor& u) { return cubic(u) * w; })(x);  // w is captured
  BOOST_TEST(slope.is_tracked());
  const auto [dx, dw] = gradient(sum(slope), x, w);
  BOOST_TEST(close(dw, sum(grad(cubic)(kPoint))));
  BOOST_TEST(close(dx, 2.0 * hvp(cubic, kPoint, ones({3}, DType::f64))));
  // The derivative of a jvp with respect to its point and its direction.
  const Tensor v = tape.variable(ones({3}, DType::f64));
  const Tensor along = jvp(cubic, x, v).second;
  const auto [by_point, by_direction] = gradient(along, x, v);
  BOOST_TEST(close(by_direction, grad(cubic)(kPoint)));
  BOOST_TEST(close(by_point, hvp(cubic, kPoint, ones({3}, DType::f64))));
}

BOOST_AUTO_TEST_CASE(vmap_is_a_loop) {
  Rng rng(2);
  const Tensor batch = randn({5, 3}, rng, DType::f64), w = randn({3, 4}, rng, DType::f64);
  const auto check = [&](const Function& f) {
    std::vector<Tensor> rows;
    for (std::int64_t i = 0; i < 5; ++i) rows.push_back(f(squeeze(slice(batch, 0, i, i + 1), 0)));
    const Tensor mapped = vmap(f)(batch);
    BOOST_TEST(close(mapped, stack(rows), 1e-14));
  };
  check([](const Tensor& x) { return sin(x) * 2.0 + sum(x); });
  check([&](const Tensor& x) { return matmul(x, w); });
  check([&](const Tensor& x) { return matmul(reshape(x, {3, 1}), reshape(x, {1, 3})); });
  check([](const Tensor& x) { return softmax(x) * max(x); });
  check([](const Tensor& x) { return where(x > 0, x, exp(x)); });
  check([](const Tensor& x) { return concat({x, cumsum(x, 0)}); });
  check(grad(cubic));
  check([](const Tensor& x) { return hessian(cubic, x); });
  check([](const Tensor&) { return ones({2}, DType::f64); });
  // Followed by an outer tape, and nested in itself.
  const Tensor slope = grad([&](const Tensor& x) { return sum(vmap(cubic)(x)); })(batch);
  BOOST_TEST(close(slope, vmap(grad(cubic))(batch)));
  const Function rows =
      vmap([](const Tensor& row) { return vmap([](const Tensor& e) { return e * e; })(row); });
  BOOST_TEST(close(rows(batch), batch * batch));
  BOOST_TEST(refusal([] { vmap(cubic)(tensor(1.0)); }) ==
             "[vmap] argument 0 has rank 0; it must have an axis that is mapped");
}

BOOST_AUTO_TEST_CASE(vmap_maps_any_axes_of_many_arguments) {
  Rng rng(5);
  const Tensor a = randn({4, 2, 3}, rng, DType::f64), b = randn({3, 5, 4}, rng, DType::f64),
               c = randn({5}, rng, DType::f64);
  const auto f = [](const std::vector<Tensor>& in) {
    return std::vector{matmul(in[0], in[1]) + in[2], sum(in[1])};
  };
  const std::vector<Tensor> got = vmap(f, {0, -1, std::nullopt})({a, b, c});
  BOOST_REQUIRE(got.size() == 2);
  const Tensor last_first = permute(b, {2, 0, 1});
  BOOST_TEST(close(got[0], matmul(a, last_first) + c));
  BOOST_TEST(close(got[1], sum(b, {.axis = {0, 1}})));
  // In both modes of an outer derivative.
  const auto total = [&](const Tensor& x) {
    return sum(square(vmap(f, {0, -1, std::nullopt})({a, x, c})[0]));
  };
  const auto direct = [&](const Tensor& x) {
    return sum(square(matmul(a, permute(x, {2, 0, 1})) + c));
  };
  BOOST_TEST(close(grad(total)(b), grad(direct)(b)));
  BOOST_TEST(close(jvp(total, b, b).second, jvp(direct, b, b).second));

  BOOST_TEST(refusal([&] {
               vmap(f, {0, 0})({a, b, c});
             }) == "[vmap] 3 arguments, and axes for 2; there must be one for each");
  BOOST_TEST(refusal([&] {
               vmap(f, {0, 0, {}})({a, b, c});
             }) == "[vmap] argument 1 has 3 examples, argument 0 4; there must be as many");
  BOOST_TEST(refusal([&] {
               vmap(f, {{}, {}, {}})({a, b, c});
             }) == "[vmap] no argument is mapped; one must be");
  BOOST_TEST(refusal([&] {
               vmap(f, {3, -1, {}})({a, b, c});
             }) == "[vmap] axis 3 is out of range for rank 3; it must lie in [-3, 2]");
  BOOST_TEST(refusal([] {
               vmap(cubic)(zeros({0, 3}));
             }) == "[vmap] argument 0 has no examples; there must be one at least");
  BOOST_TEST(refusal([] {
               vmap([](const Tensor& x) { return nonzero(x); })(eye(2) + ones({1, 2}));
             }).empty());
  BOOST_TEST(refusal([] {
               vmap([](const Tensor& x) { return nonzero(x); })(tril(ones({2, 2})));
             }) ==
             "[vmap] nonzero gives shape (2, 1) for example 1, (1, 1) for example 0; they must be "
             "equal");
}

BOOST_AUTO_TEST_CASE(vmap_runs_f_for_every_example_where_numbers_leave_it) {
  const Tensor batch = tensor({{0.5, 1, 2}, {-0.5, 3, 1}, {-1, 0.2, 0.1}}, DType::f64);
  const auto check = [&](const Function& f) {
    std::vector<Tensor> rows;
    for (const Tensor& row : split(batch, 3)) rows.push_back(f(squeeze(row, 0)));
    BOOST_TEST(close(vmap(f)(batch), stack(rows), 0));
    const Function nested = vmap([&](const Tensor& x) { return vmap(f)(stack({x, 2.0 * x})); });
    BOOST_TEST(close(squeeze(slice(nested(batch), 1, 0, 1), 1), stack(rows), 0));
    const auto total = [&](const Tensor& x) { return sum(sin(f(x))); };
    std::vector<Tensor> slopes;
    for (const Tensor& row : split(batch, 3)) slopes.push_back(grad(total)(squeeze(row, 0)));
    BOOST_TEST(close(vmap(grad(total))(batch), stack(slopes), 1e-15));
  };
  check([](const Tensor& x) { return sum(x).item() > 2.5 ? exp(x) : square(x); });
  check([](const Tensor& x) { return x * x.to_vector()[0]; });
  check([](const Tensor& x) { return checkpoint([](const Tensor& u) { return tanh(u) * u; })(x); });
  check([](const Tensor& x) {
    return custom_vjp([](const auto& xs) { return xs[0] * xs[0]; },
                      [](const Tensor& g, const auto& xs, const Tensor&) {
                        return std::vector{g * xs[0] * 4.0};
                      })({x});
  });
  check([](const Tensor& x) { return on_gradient(square(x), [](const Tensor& g) { return -g; }); });
  check([](const Tensor& x) {
    return straight_through([](const Tensor& u) { return round(u); }, x * x);
  });
  const auto of_scalars = [](const Tensor& x) {
    return x * stack({at(x, {0})}, Shape{}, x.dtype());
  };
  BOOST_TEST(close(vmap(of_scalars)(batch), batch * slice(batch, 1, 0, 1), 0));
}

BOOST_AUTO_TEST_CASE(vmap_draws_the_same_for_every_example) {
  const Tensor batch = ones({4, 3}, DType::f64);
  Rng rng(7);
  const auto drawn = [&](const Tensor& x) { return x * randn({3}, rng, DType::f64); };
  const std::vector<Function> functions{
      drawn, [&](const Tensor& x) { return drawn(x) * sum(x).item(); },
      [&](const Tensor& x) { return checkpoint([&](const Tensor& u) { return drawn(u) * u; })(x); },
      [&](const Tensor& x) {
        return vmap([&](const Tensor& u) { return drawn(u) * u.to_vector()[0]; })(stack({x, x}));
      }};
  for (const Function& f : functions) {
    rng = Rng(7);
    const Tensor once = f(ones({3}, DType::f64));
    const std::vector<double> next = randn({5}, rng).to_vector();
    rng = Rng(7);
    const Tensor mapped = vmap(f)(batch);
    for (const Tensor& row : split(mapped, 4)) BOOST_TEST(close(squeeze(row, 0), once, 0));
    BOOST_TEST(randn({5}, rng).to_vector() == next);
  }
  const auto as_many = [&](const Tensor& x) {
    return sum(randn({static_cast<std::int64_t>(x.item())}, rng));
  };
  BOOST_TEST(vmap(as_many)(tensor({3.0, 2.0})).size() == 2);
  BOOST_TEST(
      refusal([&] {
        vmap(as_many)(tensor({2.0, 3.0}));
      }) ==
      "[vmap] the function draws 3 random numbers of seed 7 when it is computed again, where "
      "it drew 2 of seed 7; it must draw as it did the first time");
}

BOOST_AUTO_TEST_CASE(vmap_looks_at_the_operands_of_every_example) {
  const Tensor places = from_vector(std::vector<std::int64_t>{0, 1, 2, 0, 1, 3}, {2, 3});
  const Tensor x = ones({3});
  const auto out_of = [](std::string_view who) {
    return fmt::format("[{}] index 3 is out of range for extent 3; it must lie in [-3, 2]", who);
  };
  const auto refused = [&](const Function& f) { return refusal([&] { vmap(f)(places); }); };
  BOOST_TEST(refused([&](const Tensor& i) { return take(x, i); }) == out_of("take"));
  BOOST_TEST(refused([&](const Tensor& i) { return gather(x, 0, i); }) == out_of("gather"));
  BOOST_TEST(refused([&](const Tensor& i) { return scatter(x, 0, i, x); }) == out_of("scatter"));
  BOOST_TEST(refused([&](const Tensor& i) { return scatter_add(x, 0, i, x); }) ==
             out_of("scatter_add"));
  const Tensor a = stack({eye(3), zeros({3, 3})});
  BOOST_TEST(refusal([&] {
               vmap([](const Tensor& m) { return lstsq(m, ones({3})); })(a);
             }).starts_with("[lstsq] the matrix is singular to rounding"));
}

BOOST_AUTO_TEST_CASE(nothing_flows_through_stop_gradient) {
  const auto f = [](const Tensor& x) { return sum(x * stop_gradient(max(x)) * x); };
  const Tensor batch = tensor({{0.5, 1, 2}, {-0.5, 3, 1}}, DType::f64);
  const Tensor top = max(batch, {.axis = 1, .keepdims = true});
  const Tensor row = squeeze(slice(batch, 0, 0, 1), 0);
  BOOST_TEST(close(grad(f)(row), 4.0 * row));
  BOOST_TEST(close(jvp(f, row, row).second, sum(4.0 * row * row)));
  BOOST_TEST(close(hessian(f, row), 4.0 * eye(3, DType::f64)));
  BOOST_TEST(close(vmap(f)(batch), sum(batch * batch * top, {.axis = 1})));
  BOOST_TEST(close(vmap(grad(f))(batch), 2.0 * batch * top));
  BOOST_TEST(
      close(grad([&](const Tensor& x) { return sum(vmap(f)(x)); })(batch), 2.0 * batch * top));
  BOOST_TEST(!stop_gradient(batch).is_tracked());
  Tape tape;
  const Tensor x = tape.variable(row);
  BOOST_TEST(!stop_gradient(x).is_tracked());
  BOOST_TEST(tape.op_name(tape.size()) == "stop_gradient");
}

BOOST_AUTO_TEST_CASE(a_checkpoint_computes_again_what_it_did_not_keep) {
  Rng rng(3);
  nn::Sequential block{nn::Linear(3, 8, rng, {.dtype = DType::f64}), nn::Tanh(),
                       nn::Linear(8, 3, rng, {.dtype = DType::f64})};
  const Tensor scale = tensor({1.5, -0.5, 2.0}, DType::f64);
  const auto run = [&](bool checkpointed) {
    Tape tape;
    const Tensor x = tape.variable(reshape(kPoint, {1, 3})), s = tape.variable(scale);
    const Function f = [&](const Tensor& u) { return block(block(u) * s); };
    const Tensor y = sum(square(checkpointed ? checkpoint(f)(x) : f(x)));
    std::vector<Tensor> slopes = gradient(y, std::vector{x, s});
    for (const Tensor& slope : gradient(y, block.parameters())) slopes.push_back(slope);
    return std::pair(slopes, tape.size());
  };
  const auto [plain, plain_nodes] = run(false);
  const auto [again, again_nodes] = run(true);
  BOOST_TEST(again_nodes < plain_nodes);
  BOOST_REQUIRE(plain.size() == again.size());
  for (std::size_t i = 0; i < plain.size(); ++i)
    BOOST_TEST((plain[i].to_vector() == again[i].to_vector()), "gradient " << i);
}

BOOST_AUTO_TEST_CASE(second_derivatives_and_forward_mode_pass_through_a_checkpoint) {
  const auto f = [](const Tensor& x) {
    return sum(checkpoint([](const Tensor& u) { return tanh(u) * u; })(x) * x);
  };
  BOOST_TEST(close(hessian(f, kPoint), hessian(cubic, kPoint)));
  BOOST_TEST(close(jvp(f, kPoint, kPoint).second, jvp(cubic, kPoint, kPoint).second));
  Tape tape;
  const Tensor x = tape.variable(kPoint);
  const Tensor slope = gradient(f(x), x, {.create_graph = true});
  BOOST_TEST(close(gradient(sum(slope), x), hvp(cubic, kPoint, ones({3}, DType::f64))));
}

BOOST_AUTO_TEST_CASE(what_holds_no_function_is_refused_by_name) {
  const Function none;
  const FunctionOfMany none_of_many;
  const Function f = [](const Tensor& x) { return x * x; };
  const auto one = [](const std::vector<Tensor>& xs) { return xs[0]; };
  const auto refused = [](std::string_view who, const std::string& text) {
    return text == fmt::format("[{}] the function is empty; there must be something to call", who);
  };
  BOOST_TEST(refused("checkpoint", refusal([&] { checkpoint(nullptr); })));
  BOOST_TEST(refused("grad", refusal([&] { grad(none); })));
  BOOST_TEST(refused("grad", refusal([&] {
                       Tensor (*pointer)(const Tensor&) = nullptr;
                       grad(pointer);
                     })));
  BOOST_TEST(refused("value_and_grad", refusal([&] { value_and_grad(none); })));
  BOOST_TEST(refused("vjp", refusal([&] { vjp(none, kPoint); })));
  BOOST_TEST(refused("jvp", refusal([&] { jvp(none, kPoint, kPoint); })));
  BOOST_TEST(refused("jvp", refusal([&] { jvp(none_of_many, {kPoint}, {kPoint}); })));
  BOOST_TEST(refused("jacobian", refusal([&] { jacobian(none, kPoint); })));
  BOOST_TEST(refused("hessian", refusal([&] { hessian(none, kPoint); })));
  BOOST_TEST(refused("hvp", refusal([&] { hvp(none, kPoint, kPoint); })));
  BOOST_TEST(refused("vmap", refusal([&] { vmap(none); })));
  BOOST_TEST(refused("vmap", refusal([&] { vmap(none_of_many, {0}); })));
  BOOST_TEST(refused("custom_vjp", refusal([&] {
                       custom_vjp(nullptr, [](const Tensor& g, const auto&, const Tensor&) {
                         return std::vector{g};
                       });
                     })));
  BOOST_TEST(refused("straight_through", refusal([&] { straight_through(none, kPoint); })));
  BOOST_TEST(refused("gradcheck", refusal([&] { gradcheck(none, kPoint); })));
  BOOST_TEST(refusal([&] {
               checkpoint_sequential({f, none}, 1);
             }) ==
             "[checkpoint_sequential] one of the functions is empty; there must be something to "
             "call");
  BOOST_TEST(refusal([&] { custom_vjp(one, nullptr); }) ==
             "[custom_vjp] pull is empty; there must be something to call");
  BOOST_TEST(refusal([&] { on_gradient(kPoint, nullptr); }) ==
             "[on_gradient] the hook is empty; there must be something to call");
}

BOOST_AUTO_TEST_CASE(forward_mode_refuses_scalars) {
  const auto f = [](const Tensor& x) { return sum(x * at(x, {0})); };
  BOOST_TEST(refusal([&] { jvp(f, kPoint, kPoint); }) ==
             "[at] scalars carry no tangents: use a tensor of rank 0 in forward mode");
}

BOOST_AUTO_TEST_CASE(gradcheck_finds_a_wrong_slope) {
  const GradcheckReport right = gradcheck([](const Tensor& x) { return tanh(x) * x; }, kPoint);
  BOOST_TEST(right.ok);
  BOOST_TEST(right.max_error < 1e-10);
  const auto half = custom_vjp(
      [](const auto& xs) { return exp(xs[0]); },
      [](const Tensor& g, const auto&, const Tensor& y) { return std::vector{g * y * 0.5}; });
  const GradcheckReport wrong = gradcheck([&](const Tensor& x) { return half({x}); }, kPoint);
  BOOST_TEST(!wrong.ok);
  BOOST_TEST(fmt::format("{}", wrong).substr(0, 18) == "WRONG: 3 elements,");
}
