// What a closure captures gets its right gradient, or is refused by its name: nothing is lost in
// silence.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "nn/nn.h"
#include "tests/support/differences.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

const Tensor kPoint = tensor({0.5, 1.5}, DType::f64);

std::vector<Tensor> times_two(const Tensor& g, const std::vector<Tensor>& xs, const Tensor&) {
  return std::vector<Tensor>(xs.size(), g * 2.0);
}

// Functions whose own derivative is not taken.
using OfOne = std::function<Tensor(const Function& f, const Tensor& x)>;
const std::vector<std::pair<std::string, OfOne>> kOpaque{
    {"custom_vjp",
     [](const Function& f, const Tensor& x) {
       return custom_vjp([f](const auto& xs) { return f(xs[0]); }, times_two)({x});
     }},
    {"straight_through",
     [](const Function& f, const Tensor& x) { return straight_through(f, x); }}};

std::string refused(std::string_view who, std::string_view what) {
  return fmt::format(
      "[{}] the function captures {}, which a tape follows, and nothing would flow back to it; "
      "make it an argument of custom_vjp, or capture stop_gradient() of it",
      who, what);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tracked_tensor_that_an_opaque_function_uses_is_refused) {
  for (const auto& [who, call] : kOpaque) {
    Tape tape;
    const Tensor x = tape.variable(kPoint, "x"), w = tape.variable(kPoint, "w");
    const Tensor made = w * 2.0;
    const std::vector<Function> uses{
        [&](const Tensor& u) { return u * w; },
        [&](const Tensor& u) { return u * sum(w).item(); },
        [&](const Tensor& u) { return u * w.to_vector()[0]; },
        [&](const Tensor& u) { return u * w.data<double>()[0]; },
        [&](const Tensor& u) { return u * at(w, {1}); },
        [&](const Tensor& u) { return u * unstack(w)[0]; },
        [&](const Tensor&) { return w; },
        [&](const Tensor& u) { return u + detach(w * 1.0); },
        [&](const Tensor& u) { return grad([&](const Tensor& v) { return sum(v * v * w); })(u); },
        [&](const Tensor& u) { return vmap([&](const Tensor& e) { return e * sum(w); })(u); },
        [&](const Tensor& u) { return jvp([&](const Tensor& v) { return v * w; }, u, u).second; },
        [&](const Tensor& u) { return checkpoint([&](const Tensor& v) { return v * w; })(u); },
        [&](const Tensor& u) {
          return custom_vjp([&](const auto& in) { return in[0] * w; }, times_two)({u});
        },
        [&](const Tensor& u) {
          return custom_vjp([](const auto& in) { return in[0] * in[1]; }, times_two)({u, w});
        }};
    for (std::size_t i = 0; i < uses.size(); ++i) BOOST_TEST_CONTEXT(who << ", use " << i) {
        const NodeId before = tape.size();
        BOOST_TEST(refusal([&] { call(uses[i], x); }) == refused(who, "\"w\" (node 2, (2,))"));
        BOOST_TEST(tape.size() == before);
      }
    BOOST_TEST(refusal([&] { call([&](const Tensor& u) { return u + made; }, x); }) ==
               refused(who, "mul (node 4, (2,))"));
    BOOST_TEST(refusal([&] { call([&](const Tensor& u) { return u + x; }, x); }) ==
               refused(who, "\"x\" (node 1, (2,))"));
    const Tensor total = sum(made);
    BOOST_TEST(refusal([&] {
                 call([&](const Tensor& u) { return u * gradient(total, w); }, x);
               }).find("the function captures sum (node") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(what_is_said_to_be_constant_may_be_captured) {
  for (const auto& [who, call] : kOpaque) {
    Tape tape;
    const Tensor x = tape.variable(kPoint, "x"), w = tape.variable(kPoint, "w"),
                 c = tape.constant(kPoint, "c"), indices = tensor({1, 0}, DType::i64);
    const Tensor plain = detach(w), stopped = stop_gradient(w);
    const std::vector<Function> uses{
        [&](const Tensor& u) { return u * plain; },
        [&](const Tensor& u) { return u * stopped; },
        [&](const Tensor& u) { return u * detach(w); },
        [&](const Tensor& u) { return u * stop_gradient(w); },
        [&](const Tensor& u) { return u * c; },
        [&](const Tensor& u) { return where(w > 1, u, 2.0 * u); },
        [&](const Tensor& u) { return take(u, indices); },
        [&](const Tensor& u) { return u * static_cast<double>(w.shape()[0]); },
        [&](const Tensor& u) {
          Tape own;
          const Tensor v = own.variable(u);
          return gradient(sum(v * v), v);
        }};
    for (std::size_t i = 0; i < uses.size(); ++i)
      BOOST_TEST(refusal([&] { call(uses[i], x); }) == "", who << ", use " << i);
  }
}

BOOST_AUTO_TEST_CASE(scalars_and_parameters_and_outer_values_are_refused_likewise) {
  Rng rng{1};
  const nn::Linear layer(2, 2, rng, {.dtype = DType::f64});
  nn::Parameter scale(kPoint, "scale");
  for (const auto& [who, call] : kOpaque) {
    Tape tape;
    const Tensor x = tape.variable(kPoint, "x");
    const Scalar s = tape.variable(2.0, "s");
    BOOST_TEST(refusal([&] { call([&](const Tensor& u) { return u * s; }, x); }) ==
               refused(who, "\"s\" (node 2, ())"));
    BOOST_TEST(refusal([&] {
                 call([&](const Tensor& u) { return u * Scalar(s * s).value(); }, x);
               }) == refused(who, "\"s\" (node 2, ())"));
    BOOST_TEST(refusal([&] { call([&](const Tensor& u) { return u * scale; }, x); }) ==
               refused(who, "\"scale\""));
    BOOST_TEST(refusal([&] {
                 call([&](const Tensor& u) { return reshape(layer(reshape(u, {1, 2})), {2}); }, x);
               }).find("the function captures") != std::string::npos);
    {
      Tape inner;
      const Tensor u = inner.variable(kPoint, "u");
      BOOST_TEST(refusal([&] { call([&](const Tensor& v) { return v * x; }, u); }) ==
                 refused(who, "\"x\" (node 1, (2,))"));
    }
    BasicTape<float> floats;
    const BasicScalar<float> single = floats.variable(2.0f);
    BOOST_TEST(
        refusal([&] {
          call([&](const Tensor& u) { return u * BasicScalar<float>(single * single).value(); }, x);
        }) == refused(who, "a scalar (node 1)"));
    // In forward mode, too.
    BOOST_TEST(
        refusal([&] {
          jvp([&](const Tensor& v) { return call([&](const Tensor& u) { return u * v; }, v); },
              kPoint, kPoint);
        }).find("the function captures variable (node 1, (2,))") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(where_no_tape_follows_it_anything_may_be_captured) {
  nn::Parameter scale(kPoint, "scale");
  for (const auto& [who, call] : kOpaque) {
    Tensor w = kPoint;
    const Function f = [&](const Tensor& x) {
      return call([&](const Tensor& u) { return u * w * scale; }, x);
    };
    BOOST_TEST(f(kPoint).to_vector() == (kPoint * kPoint * kPoint).to_vector());
    // vmap runs it for each example then.
    const Function twice = [&](const Tensor& x) {
      return call([x](const Tensor& u) { return u * x; }, x);
    };
    BOOST_TEST(vmap(twice)(kPoint).to_vector() == (kPoint * kPoint).to_vector());
    BOOST_TEST(refusal([&] {
                 grad([&](const Tensor& x) { return sum(vmap(twice)(x)); })(kPoint);
               }).find("the function captures") != std::string::npos);
  }
}

// The others give what they capture its gradient: w and s through f of x, w, s.
BOOST_AUTO_TEST_CASE(other_closures_follow_what_they_capture) {
  nn::Parameter p(kPoint, "p");
  const auto body = [](const Tensor& u, const Tensor& w, const Tensor& q) { return u * u * w * q; };
  using Call = std::function<Tensor(const Function& f, const Tensor& x)>;
  const Tensor one = ones({2}, DType::f64);
  const std::vector<std::pair<std::string, Call>> calls{
      {"plain", [](const Function& f, const Tensor& x) { return f(x); }},
      {"checkpoint", [](const Function& f, const Tensor& x) { return checkpoint(f)(x); }},
      {"checkpoint_sequential",
       [](const Function& f, const Tensor& x) {
         return checkpoint_sequential({f, [](const Tensor& u) { return u; }}, 2)(x);
       }},
      {"vmap",
       [](const Function& f, const Tensor& x) {
         return vmap(f)(reshape(x, {1, 2}));
       }},
      {"vjp", [](const Function& f, const Tensor& x) { return vjp(f, x).first; }},
      {"jvp", [](const Function& f, const Tensor& x) { return jvp(f, x, x).first; }}};
  const auto of_slopes = [&](const Function& f, const Tensor& x) {
    return grad([&](const Tensor& u) { return sum(f(u)); })(x);  // 2 u w q
  };
  const std::vector<std::pair<std::string, Call>> slopes{
      {"grad", of_slopes},
      {"value_and_grad",
       [](const Function& f, const Tensor& x) {
         return value_and_grad([&](const Tensor& u) { return sum(f(u)); })(x).second;
       }},
      {"vjp", [&](const Function& f, const Tensor& x) { return vjp(f, x).second(one); }},
      {"jvp", [&](const Function& f, const Tensor& x) { return jvp(f, x, one).second; }},
      {"jacobian",
       [&](const Function& f, const Tensor& x) { return sum(jacobian(f, x), {.axis = 1}); }},
      {"jacobian_forward",
       [&](const Function& f, const Tensor& x) {
         return sum(jacobian_forward(f, x), {.axis = 1});
       }},
      {"hvp",
       [&](const Function& f, const Tensor& x) {
         return hvp([&](const Tensor& u) { return sum(f(u)); }, x, x);
       }},
      {"hessian",
       [&](const Function& f, const Tensor& x) {
         return matmul(hessian([&](const Tensor& u) { return sum(f(u)); }, x), x);
       }},
      {"vmap of grad",
       [&](const Function& f, const Tensor& x) {
         return vmap(grad([&](const Tensor& u) { return sum(f(u)); }))(reshape(x, {1, 2}));
       }},
      {"grad of checkpoint",
       [&](const Function& f, const Tensor& x) { return of_slopes(checkpoint(f), x); }}};
  const auto check = [&](const std::string& name, const Call& call, double factor,
                         const Tensor& power) {
    Tape tape;
    const Tensor x = tape.variable(kPoint, "x"), w = tape.variable(kPoint + 1.0, "w");
    const Tensor y = call([&](const Tensor& u) { return body(u, w, p); }, x);
    const Tensor expected = factor * power;
    BOOST_TEST(test::distance(reshape(y, {2}), expected * (kPoint + 1.0) * kPoint) < 1e-13, name);
    const auto [dw, dp] = gradient(sum(y), w, p);
    BOOST_TEST(test::distance(dw, expected * kPoint) < 1e-13, name);
    BOOST_TEST(test::distance(dp, expected * (kPoint + 1.0)) < 1e-13, name);
  };
  for (const auto& [name, call] : calls) check(name, call, 1, square(kPoint));
  for (const auto& [name, call] : slopes) check("slope by " + name, call, 2, kPoint);
}

BOOST_AUTO_TEST_CASE(closures_follow_a_scalar_that_they_capture_or_refuse_it) {
  using Call = std::function<Tensor(const Function& f, const Tensor& x)>;
  const std::vector<std::pair<std::string, Call>> calls{
      {"grad", [](const Function& f,
                  const Tensor& x) { return grad([&](const Tensor& u) { return sum(f(u)); })(x); }},
      {"vjp",
       [](const Function& f, const Tensor& x) { return vjp(f, x).second(ones({2}, DType::f64)); }},
      {"jvp",
       [](const Function& f, const Tensor& x) { return jvp(f, x, ones({2}, DType::f64)).second; }},
      {"vmap of grad",
       [](const Function& f, const Tensor& x) {
         return vmap(grad([&](const Tensor& u) { return sum(f(u)); }))(reshape(x, {1, 2}));
       }},
      {"checkpoint", [](const Function& f, const Tensor& x) { return checkpoint(f)(x); }}};
  for (const auto& [name, call] : calls) {
    Tape tape;
    const Scalar s = tape.variable(3.0, "s");
    std::string message;
    double slope = 0;
    try {
      const Tensor y = call([&](const Tensor& u) { return u * u * s; }, kPoint);
      slope = gradient(sum(y), s);
    } catch (const Error& error) {
      message = error.what();
    }
    if (name == "checkpoint")
      BOOST_TEST(message.find("captures a scalar that a tape follows, \"s\" (node 1, ())") !=
                     std::string::npos,
                 message);
    else
      BOOST_TEST(slope == 4, name << " " << slope << " " << message);
  }
}
