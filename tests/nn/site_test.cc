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
