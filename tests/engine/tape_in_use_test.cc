// A function that the engine calls neither clears, rewinds nor destroys a tape that the engine is
// working on: refused by name, nothing freed that is read again, no number made of what is gone.
#include <boost/test/unit_test.hpp>
#include <memory>

#include "nn/nn.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

const Tensor kPoint = tensor({1.0, 2.0, 3.0}, DType::f64);

// What a function may try with a tape, and how the refusal begins.
struct Deed {
  std::string name;
  std::function<void(Tape& tape, const TapeMark& mark)> act;
};
const std::vector<Deed> kDeeds{
    {"clear",
     [](Tape& tape, const TapeMark&) {
       tape.clear();
       for (int i = 0; i < 20; ++i) tape.variable(ones({1000}));
     }},
    {"rewind", [](Tape& tape, const TapeMark& mark) { tape.rewind(mark); }},
    {"preaccumulate", [](Tape& tape, const TapeMark& mark) {
       std::vector<Scalar> none;
       preaccumulate(tape, mark, {}, none);
     }}};

// Calls that a gradient makes while it sweeps the tape of x.
using Made = std::function<Tensor(const Tensor& x, const std::function<void()>& act)>;
const std::vector<std::pair<std::string, Made>> kCalls{
    {"the hook of on_gradient",
     [](const Tensor& x, const std::function<void()>& act) {
       return on_gradient(exp(x * x) * x, [act](const Tensor& g) {
         act();
         return g;
       });
     }},
    {"pull of custom_vjp",
     [](const Tensor& x, const std::function<void()>& act) {
       return custom_vjp([](const auto& xs) { return xs[0] * 2.0; },
                         [act](const Tensor& g, const auto&, const Tensor&) {
                           act();
                           return std::vector{g * 2.0};
                         })({x * x});
     }},
    {"its function", [](const Tensor& x, const std::function<void()>& act) {
       const auto calls = std::make_shared<int>(0);
       return checkpoint([act, calls](const Tensor& u) {
         if ((*calls)++ > 0) act();  // not when it is recorded
         return u * u;
       })(x * 2.0);
     }}};

bool is_in_use(const std::string& message, std::string_view what, std::string_view call) {
  return message.starts_with(
      fmt::format("[{}] the tape is in use: gradient sweeps it, and {} is", what, call));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tape_that_is_swept_is_not_cleared_or_rewound) {
  for (const auto& [call, make] : kCalls)
    for (const Deed& deed : kDeeds)
      for (const bool create_graph : {false, true}) BOOST_TEST_CONTEXT(call << " " << deed.name) {
          Tape tape;
          const TapeMark mark = tape.mark();
          const Tensor x = tape.variable(kPoint);
          bool armed = true;
          const Tensor y = sum(make(x,
                                    [&] {
                                      if (armed) deed.act(tape, mark);
                                    }) *
                               x);
          const GradientOptions options{.create_graph = create_graph};
          const std::string message = refusal([&] { gradient(y, x, options); });
          BOOST_TEST((deed.name == "preaccumulate" || is_in_use(message, deed.name, call)),
                     message);
          BOOST_TEST(message != "");
          // The tape is as it was, and serves.
          armed = false;
          BOOST_TEST(gradient(y, x, options).size() == 3);
          tape.clear();
          BOOST_TEST(tape.size() == 0u);
        }
}

BOOST_AUTO_TEST_CASE(a_tape_that_is_destroyed_while_it_is_swept_makes_the_gradient_an_error) {
  for (const auto& [call, make] : kCalls)
    for (const bool create_graph : {false, true})
      for (const bool nested : {false, true}) BOOST_TEST_CONTEXT(call << " " << nested) {
          std::unique_ptr<Tape> outer = nested ? std::make_unique<Tape>() : nullptr;
          const Tensor start = nested ? outer->variable(kPoint) : kPoint;
          auto tape = std::make_unique<Tape>();
          const Tensor x = tape->variable(start);
          const Tensor y = sum(make(x, [&] { tape.reset(); }) * x);
          BOOST_TEST(refusal([&] { gradient(y, x, {.create_graph = create_graph}); }) ==
                     fmt::format("[gradient] {} destroyed the tape that is being swept; a tape in "
                                 "use must live until then",
                                 call));
          BOOST_TEST(!tape);
          // Others are not touched by it.
          Tape other;
          const Tensor z = other.variable(kPoint);
          BOOST_TEST(gradient(sum(z * z), z).to_vector() == (std::vector<double>{2, 4, 6}));
        }
}

BOOST_AUTO_TEST_CASE(a_hook_may_destroy_the_pull_of_vjp_that_runs) {
  std::function<Tensor(const Tensor&)> pull;
  const Function f = [&](const Tensor& x) {
    return on_gradient(x * x,
                       [&](const Tensor& g) {
                         pull = nullptr;
                         return g;
                       }) *
           x;
  };
  pull = vjp(f, kPoint).second;
  BOOST_TEST(pull(ones({3}, DType::f64)).to_vector() == (std::vector<double>{3, 12, 27}));
  BOOST_TEST(!pull);
}

BOOST_AUTO_TEST_CASE(an_inner_gradient_does_not_outlive_the_tape_around_that_is_swept) {
  auto tape = std::make_unique<Tape>();
  const Tensor x = tape->variable(kPoint);
  const Tensor y = sum(on_gradient(x * x, [&](const Tensor& g) {
    return grad([&](const Tensor& u) {
      tape.reset();
      return sum(u * u);
    })(g);
  }));
  BOOST_TEST(refusal([&] { gradient(y, x); }) ==
             "[gradient] the hook of on_gradient destroyed the tape that is being swept; a tape in "
             "use must live until then");
}

// Each transformation's own tape is in use while its function runs.
BOOST_AUTO_TEST_CASE(a_tape_that_a_transformation_made_is_left_as_it_is) {
  const auto attack = [](const Deed& deed, const Tensor& x) {
    const TapeMark mark = recording_tape()->mark();
    const Tensor y = sum(x * x);
    deed.act(*recording_tape(), mark);
    return y;
  };
  struct Way {
    std::string who;
    std::function<void(const Function& f)> call;
  };
  const std::vector<Way> ways{{"grad", [](const Function& f) { grad(f)(kPoint); }},
                              {"grad", [](const Function& f) { value_and_grad(f)(kPoint); }},
                              {"vjp", [](const Function& f) { vjp(f, kPoint); }},
                              {"jvp", [](const Function& f) { jvp(f, kPoint, kPoint); }},
                              {"vmap",
                               [](const Function& f) {
                                 vmap(f)(reshape(kPoint, {1, 3}));
                               }},
                              {"vjp", [](const Function& f) { jacobian_reverse(f, kPoint); }},
                              {"jvp", [](const Function& f) { jacobian_forward(f, kPoint); }},
                              {"grad", [](const Function& f) { hessian(f, kPoint); }},
                              {"grad", [](const Function& f) { hvp(f, kPoint, kPoint); }},
                              {"grad", [](const Function& f) { gradcheck(f, kPoint); }},
                              {"checkpoint", [](const Function& f) {
                                 Tape tape;
                                 checkpoint(f)(tape.variable(kPoint));
                               }}};
  for (const Way& way : ways)
    for (std::size_t i : {0, 1})
      BOOST_TEST(refusal([&] { way.call([&](const Tensor& x) { return attack(kDeeds[i], x); }); })
                     .starts_with(fmt::format(
                         "[{}] the tape is in use: {} made it, and its function is running",
                         kDeeds[i].name, way.who)),
                 way.who << " " << kDeeds[i].name);
}

BOOST_AUTO_TEST_CASE(the_pull_that_forward_mode_transposes_leaves_its_tape_as_it_is) {
  const Function f = [](const Tensor& x) {
    return custom_vjp([](const auto& xs) { return xs[0] * 2.0; },
                      [](const Tensor& g, const auto&, const Tensor&) {
                        recording_tape()->clear();
                        return std::vector{g * 2.0};
                      })({x});
  };
  BOOST_TEST(refusal([&] { jvp(f, kPoint, kPoint); }) ==
             "[clear] the tape is in use: jvp made it, and pull of custom_vjp is running; until it "
             "has returned the tape must stay as it is");
}

BOOST_AUTO_TEST_CASE(a_tape_around_is_not_rewound_to_before_the_call) {
  Tape outer;
  const TapeMark mark = outer.mark();
  const Tensor x = outer.variable(kPoint);
  BOOST_TEST(refusal([&] {
               grad([&](const Tensor& u) {
                 const Tensor y = sum(u * u * x);
                 outer.rewind(mark);
                 return y;
               })(x);
             }).starts_with("[rewind] the tape is around one in use: grad made it"));
  // What the function itself recorded there it may forget.
  const Tensor slope = grad([&](const Tensor& u) {
    const TapeMark here = outer.mark();
    Tensor aside;
    {
      const Tape::Resume there(&outer);
      aside = x * 3.0;
    }
    outer.rewind(here);
    return sum(u * u);
  })(x);
  BOOST_TEST(gradient(sum(slope), x).to_vector() == (std::vector<double>{2, 2, 2}));
}

BOOST_AUTO_TEST_CASE(pieces_of_the_function_itself_may_be_replaced_by_slopes) {
  const auto f = [](const Tensor& x) {
    Tape& tape = *recording_tape();
    const std::vector<Scalar> xs = unstack(x);
    const TapeMark mark = tape.mark();
    std::vector<Scalar> ys{xs[0] * xs[1] * xs[2]};
    preaccumulate(tape, mark, xs, ys);
    return sum(stack(ys));
  };
  BOOST_TEST(grad(f)(kPoint).to_vector() == (std::vector<double>{6, 3, 2}));
  BOOST_TEST(vjp(f, kPoint).second(tensor(1.0, DType::f64)).to_vector() ==
             (std::vector<double>{6, 3, 2}));
}

BOOST_AUTO_TEST_CASE(a_tape_of_the_functions_own_may_be_cleared) {
  Tape own;
  const Function f = [&](const Tensor& x) {
    Tape scratch;
    const Scalar s = scratch.variable(2.0);
    const double slope = gradient(s * s, s);
    scratch.clear();
    own.clear();
    return x * slope;
  };
  BOOST_TEST(jvp(f, kPoint, kPoint).second.to_vector() == (std::vector<double>{4, 8, 12}));
  Tape tape;
  const Tensor x = tape.variable(kPoint);
  const Tensor y = sum(on_gradient(x * x, f));
  BOOST_TEST(gradient(y, x).to_vector() == (std::vector<double>{8, 16, 24}));
}

namespace {

// A number whose products act on tapes of such numbers.
struct Acting {
  double value = 0;
  Acting() = default;
  Acting(double x) : value(x) {}  // NOLINT
  static inline std::function<void()> act;
  friend Acting operator+(Acting a, Acting b) { return a.value + b.value; }
  friend Acting operator-(Acting a, Acting b) { return a.value - b.value; }
  friend Acting operator-(Acting a) { return -a.value; }
  friend Acting operator*(Acting a, Acting b) {
    if (act) act();
    return a.value * b.value;
  }
  friend Acting operator/(Acting a, Acting b) { return a.value / b.value; }
};
bool is_zero(Acting x) { return x.value == 0; }

void multiply_back(NodeId first, NodeId end, const NodeId* leaves, const Acting*,
                   const Acting* values, Acting* adjoints) {
  while (end-- > first) {
    leaves -= 2;
    adjoints[leaves[0]] = adjoints[leaves[0]] + adjoints[end] * values[leaves[1]];
    adjoints[leaves[1]] = adjoints[leaves[1]] + adjoints[end] * values[leaves[0]];
  }
}
constexpr KernelOf<Acting> kProduct{{"product", 2, 0}, &multiply_back};

}  // namespace

BOOST_AUTO_TEST_CASE(operations_of_a_users_number_leave_its_tape_as_it_is) {
  auto tape = std::make_unique<BasicTape<Acting>>();
  const detail::StatementMark mark = tape->mark();
  const BasicScalar<Acting> x = tape->variable(Acting(2)), z = tape->variable(Acting(3));
  const NodeId leaves[] = {x.id(), z.id()};
  const BasicScalar<Acting> y = tape->storage().put(kProduct, leaves, {}, Acting(6));
  const auto slopes = [&] { return tape->gradient(y, {x, z}, Acting(1), false); };
  BOOST_TEST(slopes()[0].value == 3);
  Acting::act = [&] { tape->clear(); };
  BOOST_TEST(refusal(slopes).starts_with("[clear] the tape is in use: gradient sweeps it"));
  Acting::act = [&] { tape->rewind(mark); };
  BOOST_TEST(refusal(slopes).starts_with("[rewind] the tape is in use: gradient sweeps it"));
  Acting::act = nullptr;
  BOOST_TEST(slopes()[1].value == 2);
  Acting::act = [&] { tape.reset(); };
  BOOST_TEST(
      refusal(slopes).starts_with("[gradient] an operation of its numbers destroyed the tape"));
  Acting::act = nullptr;
}
