#include "tools/model_spec.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/refusal.h"
#include "tools/usage.h"

namespace tapestry::tools {
namespace {

BOOST_AUTO_TEST_CASE(a_model_is_linear_layers_with_relu_between) {
  Rng rng{0};
  const nn::Sequential model = make_model(parse_model("mlp:784-128-10"), rng);
  BOOST_REQUIRE(model.size() == 3U);
  BOOST_TEST(model[0].type() == "Linear(784, 128)");
  BOOST_TEST(model[1].type() == "ReLU");
  BOOST_TEST(model[2].type() == "Linear(128, 10)");
  BOOST_TEST(model.parameters().back().name() == "2.bias");
}

BOOST_AUTO_TEST_CASE(a_model_of_two_widths_is_one_layer) {
  Rng rng{0};
  BOOST_TEST(make_model(parse_model("mlp:3-1"), rng).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_same_seed_makes_the_same_model) {
  Rng first{7}, second{7};
  const ModelSpec spec = parse_model("mlp:4-3-2");
  const auto a = make_model(spec, first).parameters(), b = make_model(spec, second).parameters();
  for (std::size_t i = 0; i < a.size(); ++i)
    BOOST_TEST(a[i].value().to_vector() == b[i].value().to_vector());
}

BOOST_AUTO_TEST_CASE(what_is_no_model_is_refused_with_the_reason) {
  const auto why = [](const std::string& text) {
    BOOST_CHECK_THROW(parse_model(text), UsageError);
    return refusal([&] { parse_model(text); });
  };
  const std::string expected = "; expected something like mlp:784-128-10";
  BOOST_TEST(why("cnn:3-2") == "the model 'cnn:3-2' does not start with mlp:" + expected);
  BOOST_TEST(why("") == "the model '' does not start with mlp:" + expected);
  BOOST_TEST(why("mlp:") == "the model 'mlp:' lacks a width" + expected);
  BOOST_TEST(why("mlp:3-") == "the model 'mlp:3-' lacks a width" + expected);
  BOOST_TEST(why("mlp:3--2") == "the model 'mlp:3--2' has a width below 1" + expected);
  BOOST_TEST(why("mlp:3x2") == "the model 'mlp:3x2' has 'x' after a width" + expected);
  BOOST_TEST(why("mlp:3-0") == "the model 'mlp:3-0' has a width below 1" + expected);
  BOOST_TEST(why("mlp:3") == "the model 'mlp:3' has one width" + expected);
  BOOST_TEST(why("mlp:99999999999999999999-2") ==
             "the model 'mlp:99999999999999999999-2' is too large" + expected);
  BOOST_TEST(why("mlp:100000-100000") ==
             "the model 'mlp:100000-100000' has more than 2^28 parameters" + expected);
}

}  // namespace
}  // namespace tapestry::tools
