#include <omp.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <ostream>

#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_spec.h"
#include "tools/output_file.h"
#include "tools/train/data_source.h"
#include "tools/train/loss_plot.h"
#include "tools/train/progress.h"
#include "tools/usage.h"

namespace tapestry::tools {
namespace {

struct Options {
  std::string data, model, folder, plot;
  TrainingOptions training;
  std::uint64_t seed = 0;
  int threads = 0, verbosity = 0;
  bool json = false;
};

Json json_of(const std::vector<EpochReport>& epochs) {
  Json list = Json::array();
  for (const EpochReport& epoch : epochs)
    list.push_back({{"loss", epoch.loss},
                    {"test_accuracy", epoch.test_accuracy},
                    {"seconds", epoch.seconds}});
  return {{"epochs", list}};
}

void train(const Options& options, const Console& console) {
  const ModelSpec spec = parse_model(options.model);
  if (options.training.nesterov && options.training.momentum == 0)
    throw UsageError("--nesterov needs a --momentum above 0");
  if (!options.plot.empty()) check_writable(options.plot);
  if (options.threads > 0) omp_set_num_threads(options.threads);
  const nn::Split data = load_data(options.data, options.folder);

  Rng rng{options.seed};
  nn::Sequential model = make_model(spec, rng);
  Progress progress(options.json ? nullptr : &console.out,
                    console.notes_seen ? &console.notes : nullptr, options.training.epochs,
                    detail_of(options.verbosity));
  const auto epochs = train(model, data, options.training, rng, progress);

  if (options.json) console.out << json_of(epochs).dump() << '\n';
  if (!options.plot.empty())
    write_file(options.plot, loss_plot(epochs, fmt::format("{} on {}", options.model, data.train.name)));
}

// A finite number, from `least` on.
CLI::Validator from(double least, std::string name) {
  return {[least](std::string& text) {
            double value = 0;
            const bool read = CLI::detail::lexical_cast(text, value);
            return read && std::isfinite(value) && value >= least
                       ? std::string()
                       : fmt::format("{} is not a finite number from {} on", text, least);
          },
          std::move(name)};
}

void add_training(CLI::App& command, TrainingOptions& training) {
  const auto whole = CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}, "1..");
  command.add_option("--epochs", training.epochs, "Times through the data")
      ->check(whole)
      ->capture_default_str();
  command.add_option("--batch", training.batch, "Rows in a batch")
      ->check(whole)
      ->capture_default_str();
  command.add_option("--lr", training.lr, "Learning rate")
      ->check(from(0, "0.."))
      ->capture_default_str();
  command.add_option("--momentum", training.momentum, "Momentum")
      ->check(from(0, "0.."))
      ->capture_default_str();
  command.add_flag("--nesterov", training.nesterov, "Nesterov's momentum");
  command.add_option("--schedule", training.schedule, "Of the learning rate: linear, down to 0 at the end, or constant")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Schedule>{{"linear", Schedule::linear}, {"constant", Schedule::constant}}))
      ->default_str("linear");
  command.add_option("--weight-decay", training.weight_decay, "Added to each gradient, times the weight")
      ->check(from(0, "0.."))
      ->capture_default_str();
}

}  // namespace

void add_train_command(CLI::App& app, const Console& console) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("train", "Trains a classifier by stochastic gradient descent");
  command->add_option("--data", options->data,
                      "digits, mnist or FILE.csv (the last column is the class). A fifth of digits and "
                      "of FILE is held out as the test part; the features of FILE are standardized")
      ->required();
  command->add_option("--data-dir", options->folder,
                      "The folder of MNIST's files; else the variable TAPESTRY_DATA names it");
  command->add_option("--model", options->model, "Such as mlp:784-128-10: Linear layers with ReLU between")
      ->required();
  add_training(*command, options->training);
  command->add_option("--seed", options->seed, "Of the first weights and of the order of the rows")
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads to use; all without it. Losses do not depend on it")
      ->check(CLI::Range(1, 256));
  command->add_flag("--json", options->json, "One JSON object at the end: loss, accuracy, seconds by epoch");
  command->add_option("--plot", options->plot, "FILE.svg for the course of loss and accuracy");
  command->add_flag("-v,--verbose", options->verbosity,
                    "-v: the loss of each step; -vv: activations and gradients; -vvv: weights and "
                    "biases too");
  command->callback([options, console] { train(*options, console); });
}

}  // namespace tapestry::tools
