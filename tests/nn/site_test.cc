// Modules and losses stand at the line of their caller, like every function of tensors.
#include <boost/test/unit_test.hpp>

#include "nn/nn.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

struct Rows {
  Tape tape;
  Tensor flat = tape.variable(ones({2, 4}), "flat");
  Tensor images = tape.variable(ones({2, 1, 4, 4}), "images");
  NodeId inputs = tape.size();

  // Everything recorded since stands on the line after `above`.
  void check(const char* what, Site above = {}) const {
    BOOST_TEST(tape.size() > inputs, what);
    for (NodeId id = inputs + 1; id <= tape.size(); ++id) {
      BOOST_TEST(tape.site(id).file() == above.file(), what);
      BOOST_TEST(tape.site(id).line() + 1 == above.line(), what << ", " << tape.op_name(id));
    }
  }
};

Rng rng{1};

}  // namespace

BOOST_AUTO_TEST_CASE(a_module_stands_at_the_line_of_its_caller) {
  const nn::Linear linear(4, 3, rng);
  const nn::Conv2d conv(1, 2, 3, rng);
  const nn::Sequential net{nn::Linear(4, 3, rng), nn::Tanh(), nn::Linear(3, 2, rng)};
  const nn::Layer& any = net;
  {
    const Rows at;
    linear(at.flat);
    at.check("Linear");
  }
  {
    const Rows at;
    conv(at.images);
    at.check("Conv2d");
  }
  {
    const Rows at;
    nn::MaxPool2d(2)(at.images);
    at.check("MaxPool2d");
  }
  {
    const Rows at;
    nn::AvgPool2d(2)(at.images);
    at.check("AvgPool2d");
  }
  {
    const Rows at;
    nn::ReLU()(at.flat);
    at.check("ReLU");
  }
  {
    const Rows at;
    nn::Sigmoid()(at.flat);
    at.check("Sigmoid");
  }
  {
    const Rows at;
    nn::Tanh()(at.flat);
    at.check("Tanh");
  }
  {
    const Rows at;
    nn::Softmax()(at.flat);
    at.check("Softmax");
  }
  {
    const Rows at;
    nn::Flatten()(at.images);
    at.check("Flatten");
  }
  {
    const Rows at;
    nn::Dropout()(at.flat);
    at.check("Dropout");
  }
  {
    const Rows at;
    net(at.flat);
    at.check("Sequential");
  }
  {
    const Rows at;
    any(at.flat);
    at.check("Layer");
  }
  {
    const Rows at;
    nn::checkpoint_sequential(net, 2)(at.flat);
    at.check("checkpoint_sequential");
  }
}

BOOST_AUTO_TEST_CASE(a_loss_stands_at_the_line_of_its_caller) {
  {
    const Rows at;
    nn::mse_loss(at.flat, zeros({2, 4}));
    at.check("mse_loss");
  }
  {
    const Rows at;
    nn::cross_entropy(at.flat, zeros({2}, DType::i64));
    at.check("cross_entropy");
  }
}

BOOST_AUTO_TEST_CASE(an_anomaly_in_a_layer_is_told_by_the_callers_line_and_the_layers_scope) {
  nn::Sequential net{nn::Linear(2, 2, rng), nn::Linear(2, 1, rng)};
  net[1].parameters()[0].set(full({1, 2}, 3e38));
  const Tensor x = full({1, 2}, 1e3);
  const DetectAnomaly watch;
  const Site above;
  const std::string message = refusal_with_place([&] { net(x); });
  BOOST_TEST(message.find(fmt::format("called at {}:{} in 1: Linear(2, 1)", above.file(),
                                      above.line() + 1)) != std::string::npos,
             message);
}

// A layer of the user's.
class Logarithm : public nn::Layer {
 public:
  Tensor forward(const Tensor& x) const override {
    own_line = Site().line() + 1;
    return log(x);
  }
  mutable std::uint_least32_t own_line = 0;
};

BOOST_AUTO_TEST_CASE(a_layer_of_the_users_stands_at_its_own_lines) {
  const nn::Sequential net{Logarithm()};
  const DetectAnomaly watch;
  const std::string message = refusal_with_place([&] { net(zeros({1})); });
  BOOST_TEST(
      message.find(fmt::format("site_test.cc:{}", dynamic_cast<Logarithm&>(net[0]).own_line)) !=
          std::string::npos,
      message);
}

// A layer that cannot even say what it is.
struct Nameless : nn::Layer {
  Tensor forward(const Tensor& x) const override { return matmul(x, x); }
  std::string type() const override { return fmt::format("{}", ones({2}).item()); }
};

BOOST_AUTO_TEST_CASE(an_error_is_told_of_a_layer_whose_type_is_refused_too) {
  const std::string bare = refusal_with_place([] { Nameless()(ones({2, 3})); });
  BOOST_TEST(bare.starts_with("[matmul] inner extents differ"), bare);
  const nn::Sequential net{Nameless()};
  const std::string message = refusal_with_place([&] { net(ones({2, 3})); });
  BOOST_TEST(message.starts_with("[matmul] inner extents differ"), message);
  BOOST_TEST(message.ends_with(" in 0"), message);
}

BOOST_AUTO_TEST_CASE(the_last_layer_is_the_one_before_the_first) {
  const nn::Sequential net{nn::ReLU(), nn::Tanh()};
  BOOST_TEST(net[-1].type() == "Tanh");
  BOOST_TEST(&net[-2] == &net[0]);
}

// What f refuses is refused at the line of the call in f, which stands within four of this one.
template <class F>
void check_refused_here(F&& f, Site here = {}) {
  const std::string message = refusal_with_place(f);
  std::string expected;
  for (std::uint_least32_t line = here.line(); line < here.line() + 5; ++line) {
    const std::string at = fmt::format("; called at {}:{}", here.file(), line);
    if (message.ends_with(at)) expected = at;
  }
  BOOST_TEST(!expected.empty(), "line " << here.line() << ": " << message);
}

BOOST_AUTO_TEST_CASE(a_tensor_that_cannot_be_made_is_refused_at_the_line_of_its_call) {
  const Shape none{-1};
  check_refused_here([&] { tensor({{1, 2}, {3}}); });
  check_refused_here([&] { tensor(std::vector<std::vector<double>>{{1, 2}, {3}}); });
  check_refused_here([&] { from_vector(std::vector<float>{1}, {2}); });
  check_refused_here([&] { zeros(none); });
  check_refused_here([&] { full({1}, 1e30, DType::i64); });
  check_refused_here([&] { arange(-1); });
  check_refused_here([&] { arange(0, 1, 0); });
  check_refused_here([&] { eye(-1); });
  check_refused_here([&] { uniform({1}, 1, 0, rng); });
  check_refused_here([&] { randn({1}, rng, DType::i64); });
  check_refused_here([&] { bernoulli({1}, 2, rng); });
  check_refused_here([&] { randint({1}, 1, 1, rng); });
  check_refused_here([&] { truncated_normal({1}, 1, 0, rng); });
  check_refused_here([&] { permutation(-1, rng); });
  check_refused_here([&] { ones({2}).item(); });
}

BOOST_AUTO_TEST_CASE(a_derivative_that_cannot_be_taken_is_refused_at_the_line_of_its_call) {
  Tape tape;
  const Tensor x = tape.variable(ones({2}), "x"), z = tape.variable(ones({2}), "z");
  const Scalar s = tape.variable(2, "s"), t = tape.variable(3, "t");
  const std::vector<Scalar> both{s, t}, plain{1};
  check_refused_here([&] { tape.set_name(ones({2}), "y"); });
  check_refused_here([&] { tape.set_name(plain[0], "y"); });
  check_refused_here([&] { tape_of(plain[0]); });
  check_refused_here([&] { tape.rewind(Tape().mark()); });
  check_refused_here([&] { checkpoint({}); });
  check_refused_here([&] { set_threads(0); });
  check_refused_here([&] { Tensor().to_vector(); });
  check_refused_here([&] { Tensor().to(DType::f32); });
  check_refused_here([&] { x.shape()[1]; });
  check_refused_here([&] { gradient(x, x); });
  check_refused_here([&] { gradient(sum(x), z); });
  check_refused_here([&] { gradient(sum(x), x, z); });
  check_refused_here([&] { gradient(s * s, t); });
  check_refused_here([&] { gradient(s * s, s, t); });
  check_refused_here([&] { gradient(s * s, both); });
  check_refused_here([&] { gradient(s * s, t, {.create_graph = true}); });
  check_refused_here([&] { adjoints(x * 2); });
  check_refused_here([&] { explain_gradient(sum(x), ones({2})); });
  check_refused_here([&] { jacobian({s * s}, plain); });
  check_refused_here([&] { hessian(s * s, plain); });
  check_refused_here([&] { hvp(s * s, both, {1}); });
  check_refused_here([&] { replay(s * s, both, {1}); });
  check_refused_here([&] { replayed(1); });
  check_refused_here([&] { replay_value_and_grad(s * s, both, ones({2})); });
  check_refused_here([&] { with_partials(1, both, {1}); });
  check_refused_here([&] { grad([](const Tensor& v) { return v * 2; })(ones({2})); });
  check_refused_here([&] { jvp([](const Tensor& v) { return v; }, ones({2}), ones({3})); });
  check_refused_here([&] { vjp([](const Tensor& v) { return v; }, ones({2})).second(ones({3})); });
}

BOOST_AUTO_TEST_CASE(a_network_that_cannot_be_made_is_refused_at_the_line_of_its_call) {
  nn::Parameter weight(ones({2}));
  const nn::Dataset data = nn::load_digits();
  check_refused_here([&] { nn::Linear(0, 2, rng); });
  check_refused_here([&] { nn::Conv2d(3, 2, 3, rng, {.groups = 2}); });
  check_refused_here([&] { nn::Conv2d(3, 2, 3, rng, {.stride = 0}); });
  check_refused_here([&] { nn::MaxPool2d(0); });
  check_refused_here([&] { nn::AvgPool2d(2, {.stride = -1}); });
  check_refused_here([&] { nn::Lambda(std::function<Tensor(const Tensor&)>()); });
  check_refused_here([&] { nn::Sequential(nn::ReLU())[1]; });
  check_refused_here([&] { nn::Linear(2, 2, rng).to(DType::i64); });
  check_refused_here([&] { nn::ReLU().summary({-1}); });
  check_refused_here([&] { nn::Dropout(2); });
  check_refused_here([&] { nn::Parameter(arange(2, DType::i64)); });
  check_refused_here([&] { weight.set(ones({3})); });
  check_refused_here([&] { nn::uniform_(weight, 1, 0, rng); });
  check_refused_here([&] { nn::SGD({weight}, -1); });
  check_refused_here([&] { nn::split(data, 2, 1); });
  check_refused_here([&] { nn::Batches(data, 0, rng); });
  check_refused_here([&] { nn::Batches(data, -1); });
  check_refused_here([&] { data.class_name(10); });
  check_refused_here([&] { data.subset(std::vector<std::int64_t>{-1}); });
  check_refused_here([&] { nn::Batches(data, 0); });
  check_refused_here([&] { nn::load_csv("/absent.csv"); });
  check_refused_here([&] { nn::load_idx("/absent", "/absent"); });
  check_refused_here([&] { nn::load_mnist("/absent"); });
}
