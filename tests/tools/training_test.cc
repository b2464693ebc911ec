#include "tools/train/training.h"

#include <omp.h>

#include <boost/test/unit_test.hpp>
#include <utility>

#include "engine/base/parallel.h"
#include "tests/support/refusal.h"
#include "tools/model_spec.h"
#include "tools/train/data_source.h"

namespace tapestry::tools {
using namespace detail;
namespace {

struct Silence : TrainingListener {};

std::vector<EpochReport> train_digits(const TrainingOptions& options, std::uint64_t seed,
                                      TrainingListener& listener,
                                      const std::string& spec = "mlp:64-32-10") {
  Rng rng{seed};
  nn::Sequential model = make_model(parse_model(spec), rng);
  return train(model, load_data("digits"), options, rng, listener);
}

std::vector<double> losses(const TrainingOptions& options, std::uint64_t seed) {
  Silence silence;
  std::vector<double> found;
  for (const EpochReport& report : train_digits(options, seed, silence))
    found.push_back(report.loss);
  return found;
}

BOOST_AUTO_TEST_CASE(digits_are_learned_to_95_percent_in_30_epochs) {
  Silence silence;
  for (const std::uint64_t seed : {0, 1, 2}) {
    const auto reports = train_digits({.epochs = 30}, seed, silence);
    BOOST_TEST(reports.size() == 30U);
    BOOST_TEST(reports.back().test_accuracy >= 0.95);
    BOOST_TEST(reports.back().loss < reports.front().loss / 10);
  }
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_losses_with_one_thread_and_with_two) {
  const int before = omp_get_max_threads();
  const std::int64_t grain = std::exchange(parallel_grain, 1 << 10);
  omp_set_num_threads(1);
  const auto one = losses({.epochs = 3}, 5);
  omp_set_num_threads(2);
  const auto two = losses({.epochs = 3}, 5);
  omp_set_num_threads(before);
  parallel_grain = grain;
  BOOST_TEST(one == two, boost::test_tools::per_element());
  BOOST_TEST(one != losses({.epochs = 3}, 6));
}

BOOST_AUTO_TEST_CASE(looking_at_the_layers_changes_nothing) {
  struct Looking : TrainingListener {
    bool wants_layers() const override { return true; }
    void step_done(const StepReport& report, std::int64_t) override {
      BOOST_REQUIRE(report.layers.size() == 3U);
      BOOST_TEST(report.layers[0].name == "0 Linear(64, 32)");
      BOOST_TEST(report.layers[0].parameters.size() == 2U);
      BOOST_TEST(report.layers[1].activation.shape() == report.layers[1].gradient.shape());
      BOOST_TEST(report.layers[2].parameters[0].gradient.shape() == Shape({10, 32}));
    }
  } looking;
  const auto seen = train_digits({.epochs = 1}, 5, looking);
  BOOST_TEST(seen[0].loss == losses({.epochs = 1}, 5)[0]);
}

BOOST_AUTO_TEST_CASE(each_schedule_begins_at_the_given_rate_and_linear_ends_at_zero) {
  const auto linear = losses({.epochs = 4}, 5);
  const auto constant = losses({.epochs = 4, .schedule = Schedule::constant}, 5);
  BOOST_TEST(std::abs(linear[0] - constant[0]) < 0.5);
  BOOST_TEST(linear[3] != constant[3]);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_stops_the_training_and_names_the_step) {
  Silence silence;
  const std::string why = refusal([&] { train_digits({.lr = 1e30}, 0, silence); });
  BOOST_TEST(why ==
             "[train] the loss is nan at step 2, in epoch 1; a smaller learning rate may help");
}

BOOST_AUTO_TEST_CASE(a_model_must_fit_the_data) {
  Silence silence;
  BOOST_TEST(refusal([&] { train_digits({}, 0, silence, "mlp:65-10"); }) ==
             "[train] the model has 65 inputs, but digits has 64 features");
  BOOST_TEST(refusal([&] { train_digits({}, 0, silence, "mlp:64-9"); }) ==
             "[train] the model has 9 outputs, but digits has 10 classes");
}

BOOST_AUTO_TEST_CASE(a_fifth_of_the_digits_is_held_out_always_the_same) {
  const nn::Split first = load_data("digits"), second = load_data("digits");
  BOOST_TEST(first.test.size() == 359);
  BOOST_TEST(first.train.size() == 1797 - 359);
  BOOST_TEST(first.test.inputs.to_vector() == second.test.inputs.to_vector());
}

}  // namespace
}  // namespace tapestry::tools
