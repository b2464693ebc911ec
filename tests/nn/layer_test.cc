// A layer is its members and its forward: names, scopes, places of refusals and tables follow.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "nn/nn.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

Rng rng{1};

struct Residual : nn::Layer {
  nn::Linear inner;
  nn::Parameter scale{ones({4})};
  explicit Residual(std::int64_t in = 4) : inner(in, 4, rng) {}
  Tensor forward(const Tensor& x) const override { return x + inner(x) * scale; }
  nn::Members members() override { return {{"inner", inner}, {"scale", scale}}; }
};

// Of two tensors: it has the call that it needs.
struct Gate : nn::Module {
  nn::Linear keep{4, 4, rng};
  Tensor operator()(const Tensor& x, const Tensor& state) const { return sigmoid(keep(x)) * state; }
  nn::Members members() override { return {{"keep", keep}}; }
};

struct Cell : nn::Layer {
  Gate gate;
  Tensor forward(const Tensor& x) const override { return gate(x, x); }
  nn::Members members() override { return {{"gate", gate}}; }
};

std::vector<std::string> names_on(const Tape& tape) {
  std::vector<std::string> names;
  for (NodeId id = 1; id <= tape.size(); ++id)
    if (!tape.name(id).empty()) names.emplace_back(tape.name(id));
  return names;
}

std::string here(const Site& above) { return fmt::format("{}:{}", above.file(), above.line() + 1); }

}  // namespace

BOOST_AUTO_TEST_CASE(parameters_are_named_by_their_path_on_the_tape_and_in_lists) {
  const nn::Sequential net{nn::Linear(2, 4, rng), nn::Sequential{Residual()}, Cell()};
  const std::vector<std::string> expected{"0.weight",        "0.bias",    "1.0.inner.weight",
                                          "1.0.inner.bias",  "1.0.scale", "2.gate.keep.weight",
                                          "2.gate.keep.bias"};
  std::vector<std::string> names, handles;
  for (const auto& [name, parameter] : net.named_parameters()) {
    names.push_back(name);
    handles.emplace_back(parameter.name());
  }
  BOOST_TEST(names == expected, boost::test_tools::per_element());
  BOOST_TEST(handles == expected, boost::test_tools::per_element());

  const Tape tape;
  net(ones({1, 2}));
  const std::vector<std::string> used = names_on(tape);  // in the order of their use
  BOOST_TEST(std::is_permutation(used.begin(), used.end(), expected.begin(), expected.end()));
}

BOOST_AUTO_TEST_CASE(a_bias_that_is_left_out_is_not_defined) {
  const nn::Linear plain(2, 3, rng, {.bias = false});
  BOOST_TEST(!plain.bias.defined());
  BOOST_TEST(plain.weight.defined());
  BOOST_TEST(!nn::Conv2d(2, 3, 1, rng, {.bias = false}).bias.defined());
  BOOST_TEST(refusal([&] { plain.bias.value(); }) ==
             "[Parameter] there is none: its layer was made without it");
  BOOST_TEST(refusal([&] { plain.bias.tensor(); }) ==
             "[Parameter] there is none: its layer was made without it");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_given_is_kept_and_looking_changes_none) {
  nn::Sequential net{nn::Linear(2, 2, rng, {.bias = false})};
  nn::Parameter weight = net.parameters()[0];
  BOOST_TEST(weight.name() == "0.weight");
  const Residual part;
  BOOST_TEST(part.inner.weight.name() == "weight");
  part.parameters();
  BOOST_TEST(part.inner.weight.name() == "weight");
  weight.set_name("W");
  BOOST_TEST(net.parameters()[0].name() == "W");
  const Tape tape;
  net(ones({1, 2}));
  BOOST_TEST(names_on(tape) == std::vector<std::string>{"W"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_line_of_the_call_and_the_layer) {
  const nn::Sequential net{nn::Linear(3, 4, rng), nn::ReLU(), nn::Linear(5, 2, rng)};
  const auto refused = [&] {
    const Site above;
    const std::string message = refusal_with_place([&] { net(ones({2, 3})); });
    BOOST_TEST(message ==
               "[Linear] the input has shape (2, 4); its last axis must be 5; called at " +
                   here(above) + " in 2: Linear(5, 2)");
  };
  refused();
  const Tape tape;  // recorded or not
  refused();
}

BOOST_AUTO_TEST_CASE(a_refusal_of_an_op_names_the_line_of_its_call) {
  const Site above;
  const std::string message = refusal_with_place([] { matmul(ones({2, 3}), ones({4, 5})); });
  BOOST_TEST(message ==
             "[matmul] inner extents differ: (2, 3) x (4, 5); the 3 and the 4 must be equal; "
             "called at " +
                 here(above));
}

BOOST_AUTO_TEST_CASE(a_refusal_in_a_layer_of_the_users_names_its_line_and_its_path) {
  struct Wrong : nn::Layer {
    mutable std::uint_least32_t line = 0;
    Tensor forward(const Tensor& x) const override {
      line = Site().line() + 1;
      return x + ones({7});
    }
  };
  const nn::Sequential net{nn::Tanh(), Wrong()};
  const std::string message = refusal_with_place([&] { net(ones({2, 3})); });
  const auto line = dynamic_cast<Wrong&>(net[1]).line;
  BOOST_TEST(message.ends_with(fmt::format("layer_test.cc:{} in 1: Wrong", line)), message);
}

BOOST_AUTO_TEST_CASE(a_message_and_its_place_can_be_told_apart) {
  const nn::Sequential net{nn::Linear(3, 4, rng)};
  try {
    net(ones({2, 2}));
    BOOST_ERROR("it was not refused");
  } catch (const Error& error) {
    BOOST_TEST(error.message() == "[Linear] the input has shape (2, 2); its last axis must be 3");
    BOOST_TEST(error.scope() == "0: Linear(3, 4)");
    const Error copy = error;  // NOLINT: copies say the same
    BOOST_TEST(copy.what() == error.what());
    BOOST_TEST(copy.scope() == error.scope());
  }
}

BOOST_AUTO_TEST_CASE(images_that_nobody_flattened_are_refused_with_the_layer_that_is_missing) {
  const nn::Linear fc(12, 3, rng);
  BOOST_TEST(refusal([&] {
               fc(ones({5, 3, 2, 2}));
             }) ==
             "[Linear] the input has shape (5, 3, 2, 2); its last axis must be 12, as it is behind "
             "a Flatten()");
  BOOST_TEST(refusal([&] {
               fc(ones({0, 3, 2, 2}));
             }) == "[Linear] the input has shape (0, 3, 2, 2); its last axis must be 12");
}

BOOST_AUTO_TEST_CASE(labels_and_dtypes_are_refused_with_their_place) {
  {
    const Site above;
    const auto message = refusal_with_place([] { nn::cross_entropy(ones({1, 2}), tensor({1.5})); });
    BOOST_TEST(message.ends_with("must be i64; called at " + here(above)), message);
  }
  {
    const Site above;
    const auto message = refusal_with_place([] { nn::SGD({nn::Parameter(ones({1}))}, -1.0); });
    BOOST_TEST(message ==
               "[SGD] lr is -1; it must be finite and not negative; called at " + here(above));
  }
}

BOOST_AUTO_TEST_CASE(an_optimizer_calls_parameters_by_their_path) {
  const nn::Sequential net{nn::ReLU(), nn::Linear(2, 3, rng)};
  nn::SGD sgd(net.parameters(), 0.1);
  BOOST_TEST(refusal([&] {
               sgd.step({ones({3, 2}), ones({4})});
             }) == "[SGD] gradient 1 has shape (4,), its parameter \"1.bias\" (3,)");
  std::vector<nn::Parameter> twice = net.parameters();
  twice.push_back(twice[0]);
  BOOST_TEST(refusal([&] { nn::SGD again(twice); }) ==
             "[SGD] parameter 2 \"1.weight\" is given twice");
}

BOOST_AUTO_TEST_CASE(an_optimizer_takes_a_learning_rate_alone) {
  const nn::Linear fc(1, 1, rng);
  BOOST_TEST(nn::SGD(fc.parameters(), 0.25).options().lr.value() == 0.25);
  BOOST_TEST(nn::SGD(fc.parameters(), 1).options().lr.value() == 1);
  BOOST_TEST(nn::SGD(fc.parameters()).options().lr.value() == 0.1);
}

BOOST_AUTO_TEST_CASE(a_summary_shows_what_a_forward_calls_and_no_members_lists) {
  struct Forgetful : nn::Layer {
    nn::Linear known, forgotten;
    nn::Dropout drop;
    Forgetful() : known(2, 3, rng), forgotten(3, 2, rng) {}
    Tensor forward(const Tensor& x) const override { return forgotten(drop(known(x))); }
    nn::Members members() override { return {{"known", known}}; }
  };
  const nn::Sequential net{Forgetful(), nn::Linear(2, 1, rng)};
  BOOST_TEST(net.summary({1, 2}) ==
             "layer     type          output  parameters\n"
             "------------------------------------------\n"
             "0.known   Linear(2, 3)  (1, 3)           9\n"
             "unlisted  Dropout(0.5)  (1, 3)           0\n"
             "unlisted  Linear(3, 2)  (1, 2)           8\n"
             "1         Linear(2, 1)  (1, 1)           3\n"
             "------------------------------------------\n"
             "total 12 parameters; 8 more are of layers that no members() lists");
}

BOOST_AUTO_TEST_CASE(a_function_is_a_layer) {
  const nn::Sequential net{nn::Lambda([](const Tensor& x) { return x * 2; }),
                           nn::Lambda([](const Tensor& x) { return sum(x); }, "Total")};
  BOOST_TEST(net(tensor({1.0, 2.0})).item() == 6);
  BOOST_TEST(net[0].type() == "Lambda");
  BOOST_TEST(net[1].type() == "Total");
  BOOST_TEST(refusal([] { nn::Lambda(nullptr); }) ==
             "[Lambda] the function is empty; it must take a tensor and return one");
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_layer_shares_its_parameters_and_is_a_layer_of_its_own) {
  const Residual one;
  Residual other = one;
  other.inner.weight.set(zeros({4, 4}));
  BOOST_TEST(one.inner.weight.value().to_vector() == std::vector<double>(16, 0.0));
  other.eval();
  BOOST_TEST(one.is_training());
  BOOST_TEST(!other.inner.is_training());
}

BOOST_AUTO_TEST_CASE(a_summary_changes_nothing) {
  nn::Dropout looked_at(0.5, Rng(1));
  const nn::Dropout fresh(0.5, Rng(1));
  looked_at.summary({3});
  BOOST_TEST(looked_at(ones({12})).to_vector() == fresh(ones({12})).to_vector());

  nn::Sequential net{nn::Dropout(0.5), nn::Sequential{nn::Dropout(0.5)}, nn::Linear(3, 1, rng)};
  net[1].eval();
  net.summary({2, 3});
  BOOST_TEST(net.is_training());
  BOOST_TEST(net[0].is_training());
  BOOST_TEST(!net[1].is_training());
  const std::string message = refusal_with_place([&] { net.summary({2, 4}); });
  BOOST_TEST(message.ends_with(" in 2: Linear(3, 1)"), message);
  BOOST_TEST(net[0].is_training());  // after a refusal, too

  const Tape tape;
  net.summary({2, 3});
  BOOST_TEST(tape.size() == 0);
}

BOOST_AUTO_TEST_CASE(a_summary_has_a_row_for_each_layer_that_calls_no_other_or_has_parameters) {
  const nn::Sequential net{Residual(), Cell()};
  BOOST_TEST(net.summary({2, 4}) ==
             "layer        type          output  parameters\n"
             "---------------------------------------------\n"
             "0.inner      Linear(4, 4)  (2, 4)          20\n"
             "0            Residual      (2, 4)           4\n"
             "1.gate.keep  Linear(4, 4)  (2, 4)          20\n"
             "---------------------------------------------\n"
             "total 44 parameters");
}

BOOST_AUTO_TEST_CASE(a_layer_that_is_used_twice_is_counted_once) {
  const nn::Linear fc(2, 2, rng);
  const nn::Sequential twice{fc, nn::ReLU(), fc};
  BOOST_TEST(twice.summary({1, 2}) ==
             "layer  type          output  parameters\n"
             "---------------------------------------\n"
             "0      Linear(2, 2)  (1, 2)           6\n"
             "1      ReLU          (1, 2)           0\n"
             "2      Linear(2, 2)  (1, 2)      shared\n"
             "---------------------------------------\n"
             "total 6 parameters");
}

BOOST_AUTO_TEST_CASE(a_layer_that_is_not_there_is_refused) {
  const nn::Sequential net{nn::ReLU()};
  BOOST_TEST(refusal([&] { (void)net[1]; }) == "[Sequential] there is no layer 1; there are 1");
}
