// Derivatives of the user's own: custom_vjp, on_gradient, straight_through.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "nn/nn.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

const Tensor kPoint = tensor({0.3, -0.7, 1.1}, DType::f64);

bool close(const Tensor& a, const Tensor& b, double tolerance = 1e-12) {
  return test::distance(a, b) <= tolerance;
}

// Second derivatives of f at a number, by every way that leads to them.
std::vector<std::pair<std::string, std::function<double(const Function& f, const Tensor& x)>>>
ways_to_second_derivatives() {
  return {
      {"grad of grad", [](const Function& f, const Tensor& x) { return grad(grad(f))(x).item(); }},
      {"hessian", [](const Function& f, const Tensor& x) { return hessian(f, x).item(); }},
      {"hvp", [](const Function& f, const Tensor& x) { return hvp(f, x, ones_like(x)).item(); }},
      {"grad of jvp",
       [](const Function& f, const Tensor& x) {
         return grad([&](const Tensor& u) { return jvp(f, u, ones_like(u)).second; })(x).item();
       }},
      {"gradient of grad",
       [](const Function& f, const Tensor& x) {
         Tape tape;
         const Tensor u = tape.variable(x);
         return gradient(grad(f)(u), u).item();
       }},
      {"grad of a pull of vjp",
       [](const Function& f, const Tensor& x) {
         return grad([&](const Tensor& u) { return vjp(f, u).second(ones_like(u)); })(x).item();
       }},
      {"create_graph",
       [](const Function& f, const Tensor& x) {
         Tape tape;
         const Tensor u = tape.variable(x);
         return gradient(gradient(f(u), u, {.create_graph = true}), u).item();
       }},
      {"create_graph through a checkpoint", [](const Function& f, const Tensor& x) {
         Tape tape;
         const Tensor u = tape.variable(x);
         return gradient(gradient(checkpoint(f)(u), u, {.create_graph = true}), u).item();
       }}};
}

// x^2 by a rule, or seen by a hook, whose slope at a cotangent g is slope(g, x).
using Slope = std::function<Tensor(const Tensor& g, const Tensor& x)>;
Function pulled_by(const std::function<Slope(const Tensor& x)>& make) {
  return [=](const Tensor& x) {
    const Slope slope = make(x);
    return custom_vjp([](const auto& xs) { return xs[0] * xs[0]; },
                      [=](const Tensor& g, const auto& xs, const Tensor&) {
                        return std::vector{slope(g, xs[0])};
                      })({x});
  };
}
Function hooked_by(const std::function<Slope(const Tensor& x)>& make) {
  return [=](const Tensor& x) {
    const Slope slope = make(x);
    return on_gradient(x * 1.0, [=](const Tensor& g) { return slope(g, x); });
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_custom_rule_is_used_and_differentiated) {
  // x^2 with a rule that doubles the true slope.
  const auto twice = custom_vjp(
      [](const auto& xs) { return xs[0] * xs[0]; },
      [](const Tensor& g, const auto& xs, const Tensor&) { return std::vector{g * xs[0] * 4.0}; });
  Tape tape;
  const Tensor x = tape.variable(kPoint);
  const Tensor slope = gradient(sum(twice({x})), x, {.create_graph = true});
  BOOST_TEST(close(slope, 4.0 * kPoint));
  BOOST_TEST(close(gradient(sum(slope), x), full({3}, 4, DType::f64)));
  const auto f = [&](const Tensor& u) { return sum(twice({u})); };
  BOOST_TEST(close(jvp(f, kPoint, kPoint).second, sum(4.0 * kPoint * kPoint)));

  const auto opaque = custom_vjp(
      [](const auto& xs) { return xs[0] * xs[0]; },
      [](const Tensor& g, const auto&, const Tensor&) { return std::vector{detach(g)}; });
  const Tensor w = tape.variable(kPoint);
  BOOST_TEST(refusal([&] { gradient(sum(opaque({w}) * w), w, {.create_graph = true}); }) ==
             "[custom_vjp] cotangent 0 is not recorded: derivatives of it need pull to be written "
             "in differentiable "
             "ops of the cotangent");
}

BOOST_AUTO_TEST_CASE(second_derivatives_of_a_custom_rule_that_reads_numbers_are_refused) {
  // x^3, whose slope is made of numbers that no tape follows.
  const auto cube_by = [](const std::function<Tensor(const Tensor&)>& numbers) {
    return [=](const Tensor& x) {
      return sum(custom_vjp([](const auto& xs) { return xs[0] * xs[0] * xs[0]; },
                            [=](const Tensor& g, const auto& xs, const Tensor&) {
                              return std::vector{g * 3.0 * numbers(xs[0])};
                            })({x}));
    };
  };
  const auto of_row = [](const std::vector<double>& row) { return from_vector(row, {3}); };
  const auto by_data = [=](const Tensor& x) {
    std::vector<double> row;
    for (std::int64_t i = 0; i < x.size(); ++i) row.push_back(std::pow(x.data<double>()[i], 2));
    return of_row(row);
  };
  const std::vector<std::function<Tensor(const Tensor&)>> readers{
      [=](const Tensor& x) { return of_row(square(x).to_vector()); },
      [=](const Tensor& x) { return square(of_row(x.to_vector())); },
      [](const Tensor& x) { return square(detach(x)); },
      [](const Tensor& x) { return detach(square(x)) * 1.0; },
      [=](const Tensor& x) { return of_row(detach(square(x)).to_vector()); },
      [](const Tensor& x) { return sum(x).item() / sum(x) * square(x); },
      by_data,
      [=](const Tensor& x) { return by_data(detach(x)); }};
  const std::string expected =
      "[custom_vjp] pull reads the numbers of a recorded tensor, by item(), to_vector(), data() or "
      "detach(), and its result is recorded to be differentiated again, or for vmap; it must be "
      "written in differentiable ops, or say stop_gradient()";
  for (std::size_t i = 0; i < readers.size(); ++i) {
    BOOST_TEST_CONTEXT("reader " << i) {
      const auto f = cube_by(readers[i]);
      BOOST_TEST(close(grad(f)(kPoint), 3.0 * square(kPoint)));
      BOOST_TEST(close(jvp(f, kPoint, kPoint).second, 3.0 * sum(kPoint * square(kPoint))));
      Tape tape;
      const Tensor x = tape.variable(kPoint);
      BOOST_TEST(refusal([&] { gradient(f(x), x, {.create_graph = true}); }) == expected);
      BOOST_TEST(refusal([&] { grad([&](const Tensor& u) { return sum(grad(f)(u)); })(kPoint); }) ==
                 expected);
      BOOST_TEST(refusal([&] { hessian(f, kPoint); }) == expected);
      BOOST_TEST(refusal([&] { hvp(f, kPoint, kPoint); }) == expected);
      BOOST_TEST(refusal([&] {
                   grad([&](const Tensor& u) { return jvp(f, u, kPoint).second; })(kPoint);
                 }) == expected);
    }
  }
  // What is not a number of the slope may be looked at, and what is said to be constant is.
  const auto harmless = cube_by([](const Tensor& x) {
    BOOST_TEST(!fmt::format("{}", x).empty());
    const bool positive = (x > 0).to_vector()[0] != 0;
    return positive ? x * x : square(x);
  });
  BOOST_TEST(close(hessian(harmless, kPoint), 6.0 * kPoint * eye(3, DType::f64)));
  const auto said = cube_by([](const Tensor& x) { return x * stop_gradient(x); });
  BOOST_TEST(close(hessian(said, kPoint), 3.0 * kPoint * eye(3, DType::f64)));
}

BOOST_AUTO_TEST_CASE(hooks_read_and_replace_adjoints) {
  Tape tape;
  const Tensor x = tape.variable(kPoint);
  Tensor seen;
  const Tensor h = on_gradient(x * 2.0, [&](const Tensor& g) {
    seen = g;
    return clamp(g, -0.5, 0.5);
  });
  const Tensor slope = gradient(sum(h * h), x);
  BOOST_TEST(close(detach(seen), 4.0 * kPoint));
  BOOST_TEST(close(slope, 2.0 * clamp(4.0 * kPoint, -0.5, 0.5)));
  const Tensor rounded = straight_through([](const Tensor& u) { return round(u); }, x);
  BOOST_TEST(rounded.to_vector() == (std::vector<double>{0, -1, 1}));
  BOOST_TEST(close(gradient(sum(rounded * 3.0), x), full({3}, 3, DType::f64)));
}

BOOST_AUTO_TEST_CASE(a_hook_that_replaces_by_numbers_has_no_second_derivative) {
  const auto hooked = [](const Function& hook) {
    return [=](const Tensor& x) { return sum(square(on_gradient(square(x), hook))); };
  };
  const auto clipped = hooked([](const Tensor& g) { return g / norm(g).item(); });
  BOOST_TEST(grad(clipped)(kPoint).size() == 3);
  BOOST_TEST(refusal([&] { hessian(clipped, kPoint); }) ==
             "[on_gradient] the hook reads the numbers of a recorded tensor, by item(), "
             "to_vector(), data() or detach(), and its result is recorded to be differentiated "
             "again, or for vmap; it must be written in differentiable ops, or say "
             "stop_gradient()");
  double seen = 0;
  const auto watched = hooked([&](const Tensor& g) {
    seen = norm(g).item();
    return g;
  });
  BOOST_TEST(close(hessian(watched, kPoint), 12.0 * square(kPoint) * eye(3, DType::f64)));
  BOOST_TEST(seen > 0);
}

BOOST_AUTO_TEST_CASE(what_a_rule_or_a_hook_captures_has_its_part_in_second_derivatives) {
  const Tensor two = tensor(2.0, DType::f64);
  const double expected = std::sin(2.0) + 2 * std::cos(2.0);  // of sin(x) x
  const auto captures_a_value = [](const Tensor& x) -> Slope {
    return [h = sin(x)](const Tensor& g, const Tensor& u) { return g * h * u; };
  };
  const auto captures_x = [](const Tensor& x) -> Slope {
    return [x](const Tensor& g, const Tensor&) { return g * sin(x) * x; };
  };
  const auto gives_what_it_captured = [](const Tensor& x) -> Slope {
    return [h = sin(x) * x](const Tensor&, const Tensor&) { return h; };
  };
  for (const auto& [way, second] : ways_to_second_derivatives()) BOOST_TEST_CONTEXT(way) {
      for (const auto& make :
           std::vector<std::function<Slope(const Tensor&)>>{captures_a_value, captures_x}) {
        BOOST_TEST(std::abs(second(pulled_by(make), two) - expected) < 1e-14);
        if (way != "grad of jvp")  // where a hook does nothing
          BOOST_TEST(std::abs(second(hooked_by(make), two) - expected) < 1e-14);
      }
      if (way != "grad of jvp")
        BOOST_TEST(std::abs(second(hooked_by(gives_what_it_captured), two) - expected) < 1e-14);
    }
  const double third = 2 * std::cos(2.0) - 2 * std::sin(2.0);
  BOOST_TEST(std::abs(grad(grad(grad(pulled_by(captures_a_value))))(two).item() - third) < 1e-14);
  BOOST_TEST(std::abs(hessian(grad(hooked_by(captures_a_value)), two).item() - third) < 1e-14);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_within_a_gradient_knows_what_it_captures_in_second_derivatives) {
  const Tensor two = tensor(2.0, DType::f64);
  const Function f = [](const Tensor& x) {
    return checkpoint([h = sin(x)](const Tensor& q) { return q * h; })(x);
  };
  const double expected = 2 * std::cos(2.0) - 2 * std::sin(2.0);
  for (const auto& [way, second] : ways_to_second_derivatives())
    BOOST_TEST(std::abs(second(f, two) - expected) < 1e-14, way);
  const Function nested = [](const Tensor& x) {
    return checkpoint([h = sin(x)](const Tensor& q) {
      return checkpoint([h, q](const Tensor& r) { return h * r + 0.0 * q; })(q);
    })(x);
  };
  for (const auto& [way, second] : ways_to_second_derivatives())
    BOOST_TEST(std::abs(second(nested, two) - expected) < 1e-14, way);
  // The value that vjp gives is followed by the outer tape, while its own tape still lives.
  Tape tape;
  const Tensor x = tape.variable(two);
  const auto [y, pull] = vjp(f, x);
  BOOST_TEST(std::abs(gradient(y, x).item() - (std::sin(2.0) + 2 * std::cos(2.0))) < 1e-14);
}

BOOST_AUTO_TEST_CASE(numbers_read_of_what_a_rule_or_a_hook_captured_are_refused) {
  const Tensor two = tensor(2.0, DType::f64);
  const std::vector<std::function<Slope(const Tensor&)>> readers{
      [](const Tensor& x) -> Slope {
        return [h = sin(x)](const Tensor& g, const Tensor&) { return g * h.item(); };
      },
      [](const Tensor& x) -> Slope {
        return [h = sin(x)](const Tensor& g, const Tensor&) { return g * detach(h); };
      },
      [](const Tensor& x) -> Slope {
        return
            [h = sin(x)](const Tensor&, const Tensor&) { return full({}, h.item(), DType::f64); };
      },
      [](const Tensor& x) -> Slope {
        return [h = sin(x)](const Tensor&, const Tensor&) { return detach(h); };
      }};
  for (const auto& [way, second] : ways_to_second_derivatives())
    for (std::size_t i = 0; i < readers.size(); ++i) BOOST_TEST_CONTEXT(way << ", reader " << i) {
        BOOST_TEST(refusal([&] { second(pulled_by(readers[i]), two); }) != "");
        if (way != "grad of jvp")
          BOOST_TEST(refusal([&] { second(hooked_by(readers[i]), two); }).find("the hook reads") !=
                     std::string::npos);
      }
  // An outer tape that knows nothing of it does not mind.
  Tape tape;
  for (const auto& reader : readers) {
    BOOST_TEST(grad(pulled_by(reader))(two).item() == std::sin(2.0));
    BOOST_TEST(grad(hooked_by(reader))(two).item() == std::sin(2.0));
  }
}

BOOST_AUTO_TEST_CASE(what_a_rule_gives_no_cotangent_has_the_gradient_zero) {
  const auto f = custom_vjp([](const auto& xs) { return xs[0] * 2.0 + xs[1] * 0.0; },
                            [](const Tensor& g, const auto&, const Tensor&) {
                              return std::vector{g * 2.0, Tensor()};
                            });
  Tape tape;
  const Tensor x = tape.variable(kPoint, "x"), z = tape.variable(kPoint, "z"),
               w = tape.variable(kPoint, "w");
  const Tensor y = sum(f({x, z}));
  const std::vector<Tensor> slopes = gradient(y, std::vector{x, z});
  BOOST_TEST(close(slopes[0], full({3}, 2, DType::f64), 0));
  BOOST_TEST(close(slopes[1], zeros({3}, DType::f64), 0));
  BOOST_TEST(close(gradient(y, z), zeros({3}, DType::f64), 0));
  BOOST_TEST(refusal([&] {
               gradient(y, std::vector{x, w});
             }).find("y does not depend on x[1]") != std::string::npos);
}
