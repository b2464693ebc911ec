// An op of an author who has read engine/extend.h alone: two outputs, every mode of derivative.
#include "engine/extend.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "ops/ops.h"
#include "tests/support/refusal.h"

namespace tapestry::detail {
namespace {

// The sine and the cosine of each element, in one pass. f32 and f64.
struct SinCos {
  static constexpr std::string_view name = "sincos";
  static constexpr int arity = 1;
  static constexpr bool elementwise = true;
  static constexpr SaveMask saves(int) { return save_output(0) | save_output(1); }

  static void forward(Inputs in, std::span<Tensor> out) {
    require_floating(name, in[0]);
    const Tensor x = in[0].contiguous();
    for (Tensor& y : out) y = Tensor::uninitialized(x.shape(), x.dtype());
    visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
      for (std::int64_t i = 0; i < x.size(); ++i) {
        out[0].mutable_data<T>()[i] = std::sin(x.data<T>()[i]);
        out[1].mutable_data<T>()[i] = std::cos(x.data<T>()[i]);
      }
    });
  }

  static void vjp(Pullback& p) {
    if (p.cotangent(0).defined()) p.give(0, p.cotangent(0) * p.output(1));
    if (p.cotangent(1).defined()) p.give(0, -p.cotangent(1) * p.output(0));
  }
};

struct SinCosed {
  Tensor sine, cosine;
};
SinCosed sincos(const Tensor& x, Site site = {}) {
  const CallSite call(site);
  std::vector<Tensor> y = apply_many<SinCos>({&x}, 2);
  return {y[0], y[1]};
}

// A flag that is false is none.
struct Flagged : SinCos {
  static constexpr bool differentiates_adjoints = false, not_differentiable = false;
  static constexpr bool linear = false, bilinear = false;
};
static_assert(op_of<Flagged>.differentiable && !op_of<Flagged>.differentiates_adjoints);
static_assert(op_of<Flagged>.jvp == &push_by_transposition);

const Tensor kAt = tensor({{0.3, -1.2}, {2.5, 0.0}}, DType::f64);

// x sin(x) cos(x)
Tensor both(const Tensor& x) {
  const auto [s, c] = sincos(x);
  return x * s * c;
}
Tensor composed(const Tensor& x) { return x * sin(x) * cos(x); }

void check_close(const Tensor& a, const Tensor& b) {
  BOOST_TEST(a.shape() == b.shape());
  BOOST_TEST(max(abs(a - b)).item() <= 1e-14);
}

// Ops of authors who made one mistake.
enum class Mistake { no_output, operand, shape, dtype, nothing, cotangent, batch };
template <Mistake mistake>
struct Wrong {
  static constexpr std::string_view name = "wrong";
  static constexpr int arity = 1;
  static constexpr bool elementwise = true;
  static Tensor forward(Inputs in) {
    if (mistake == Mistake::no_output) return {};
    return mistake == Mistake::batch ? sum(detach(in[0]), {.axis = 0}) : detach(in[0]).contiguous();
  }
  static void vjp(Pullback& p) {
    const Tensor g = p.cotangent(mistake == Mistake::cotangent ? 1 : 0);
    if (mistake == Mistake::operand) p.give(1, g);
    if (mistake == Mistake::shape) p.give(0, ones({7}, DType::f64));
    if (mistake == Mistake::dtype) p.give(0, g.to(DType::f32));
    if (mistake == Mistake::nothing) p.give(0, Tensor());
  }
};
template <Mistake mistake>
Tensor wrong(const Tensor& x) {
  return apply<Wrong<mistake>>({&x});
}
template <Mistake mistake>
std::string refusal_of_gradient() {
  return refusal([] { grad([](const Tensor& x) { return sum(wrong<mistake>(x)); })(kAt); });
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_op_of_two_outputs_has_the_derivatives_of_its_composition) {
  const auto whole = [](auto f) { return [f](const Tensor& x) { return sum(f(x)); }; };
  check_close(both(kAt), composed(kAt));
  check_close(grad(whole(both))(kAt), grad(whole(composed))(kAt));
  check_close(hessian(whole(both), kAt), hessian(whole(composed), kAt));
  check_close(jvp(both, kAt, ones({2, 2})).second, jvp(composed, kAt, ones({2, 2})).second);
  check_close(vmap(both)(kAt), composed(kAt));
  check_close(vmap(grad(whole(both)))(kAt), grad(whole(composed))(kAt));
}

BOOST_AUTO_TEST_CASE(an_output_that_is_not_used_gives_nothing_back) {
  const auto sine = [](const Tensor& x) { return sum(sincos(x).sine); };
  check_close(grad(sine)(kAt), cos(kAt));
}

BOOST_AUTO_TEST_CASE(its_refusals_name_the_line_of_the_caller) {
  const Site here;
  const std::string message = refusal_with_place([] { sincos(arange(2, DType::i64)); });
  BOOST_TEST(message == fmt::format("[sincos] x is i64; it must be f32 or f64: convert with .to(); "
                                    "called at {}:{}",
                                    here.file(), here.line() + 1));
}

BOOST_AUTO_TEST_CASE(a_mistake_of_its_author_is_told_in_the_name_of_the_op) {
  BOOST_TEST(refusal([] { apply<SinCos>({}); }) == "[sincos] it has 1 operands; 0 were given");
  BOOST_TEST(refusal([] {
               apply_many<SinCos>({&kAt, &kAt}, 2);
             }) == "[sincos] it has 1 operands; 2 were given");
  BOOST_TEST(refusal([] { wrong<Mistake::no_output>(kAt); }) ==
             "[wrong] its forward made no output 0");
  BOOST_TEST(refusal_of_gradient<Mistake::operand>() ==
             "[wrong] its vjp asks for operand 1; it has 1");
  BOOST_TEST(refusal_of_gradient<Mistake::cotangent>() ==
             "[wrong] its vjp asks for output 1; it has 1");
  BOOST_TEST(refusal_of_gradient<Mistake::shape>() ==
             "[wrong] its vjp gives operand 0, which is (2, 2), a contribution that is (7,)");
  BOOST_TEST(refusal_of_gradient<Mistake::dtype>() ==
             "[wrong] its vjp gives operand 0, which is f64, a contribution that is f32");
  BOOST_TEST(
      refusal_of_gradient<Mistake::nothing>() ==
      "[wrong] its vjp gives operand 0, which is (2, 2), a contribution that is not defined()");
  BOOST_TEST(refusal([] {
               vmap(wrong<Mistake::batch>)(ones({2, 3}));
             }) ==
             "[wrong] by its vmap rule output 0 of a batch of 2 has shape (3,); it must be (2,)");
}

}  // namespace tapestry::detail
