#include <limits>
#include <ostream>

#include "engine/inspect/json.h"
#include "tools/commands.h"
#include "tools/model_spec.h"
#include "tools/option_checks.h"
#include "tools/output_file.h"
#include "tools/train/data_source.h"
#include "tools/train/loss_plot.h"
#include "tools/train/progress.h"
#include "tools/usage.h"

namespace tapestry::tools {
using namespace detail;
namespace {

struct Options {
  std::string data, model, plot;
  DataOptions source;
  TrainingOptions training;
  std::uint64_t seed = 0;
  std::string schedule = "linear";
  int threads = 0, verbosity = 0;
  bool json = false;
};

Json report_of(const std::vector<EpochReport>& epochs) {
  std::vector<Json> list;
  for (const EpochReport& epoch : epochs)
    list.push_back(object_of({{"loss", json_of(epoch.loss)},
                              {"test_accuracy", json_of(epoch.test_accuracy)},
                              {"seconds", json_of(epoch.seconds)}}));
  return object_of({{"epochs", list_of(list)}});
}

void train(const Options& options, const Console& console) {
  const ModelSpec spec = parse_model(options.model);
  if (options.training.nesterov && options.training.momentum == 0)
    throw UsageError("--nesterov needs a --momentum above 0");
  TrainingOptions training = options.training;
  training.schedule = options.schedule == "linear" ? Schedule::linear : Schedule::constant;
  if (!options.plot.empty()) check_writable(options.plot);
  if (options.threads > 0) set_threads(options.threads);
  const nn::Split data = load_data(options.data, options.source);
  for (const std::string& note : data.train.notes)
    console.notes << fmt::format("tapestry: {}: {}\n", data.train.name, note);

  Rng rng{options.seed};
  nn::Sequential model = make_model(spec, rng);
  Progress progress(options.json ? nullptr : &console.out,
                    console.notes_seen ? &console.notes : nullptr, options.training.epochs,
                    detail_of(options.verbosity));
  const auto epochs = train(model, data, training, rng, progress);

  if (options.json) console.out << report_of(epochs).text << '\n';
  if (!options.plot.empty()) {
    write_file(options.plot,
               loss_plot(epochs, fmt::format("{} on {}", options.model, data.train.name)));
  }
}

constexpr std::uint64_t kMany = 1'000'000'000;

void add_training(Command command, Options& options) {
  TrainingOptions& training = options.training;
  command.option("--epochs N", training.epochs, "Times through the data")
      .check(whole_number(1, kMany))
      .shows_default();
  command.option("--batch N", training.batch, "Rows in a batch")
      .check(whole_number(1, kMany))
      .shows_default();
  command.option("--lr N", training.lr, "Learning rate at the start")
      .check(number_from(0))
      .shows_default();
  command
      .option("--schedule NAME", options.schedule,
              "Of the learning rate: linear, from --lr down to 0 after the last step, or constant")
      .check(one_of({"linear", "constant"}))
      .shows_default();
  command.option("--momentum N", training.momentum, "Momentum, in [0, 1)")
      .check(fraction())
      .shows_default();
  command.flag("--nesterov", training.nesterov, "Nesterov's momentum");
  command
      .option("--weight-decay N", training.weight_decay, "Added to each gradient, times the weight")
      .check(number_from(0))
      .shows_default();
  command.option("--seed N", options.seed, "Of the first weights and of the order of the rows")
      .check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      .shows_default();
}

void add_data(Command command, Options& options) {
  DataOptions& source = options.source;
  command
      .option("--data DATA", options.data,
              "digits; mnist, qmnist, emnist-letters and other sets of images; or a CSV file, "
              "gzipped or not. A fifth of digits and of a CSV file is held out as the test "
              "part; the features of a CSV file are standardized")
      .check(not_empty())
      .required();
  command
      .option("--data-dir DIR", source.folder,
              "The folder of a set of images; else the variable TAPESTRY_DATA names it")
      .check(not_empty());
  command
      .option("--target COLUMN", source.target,
              "The column of a CSV file that is the class: its name, or its number from 0, from "
              "the end -1; the last without it. Its labels may be whole numbers or names")
      .check(not_empty());
  command
      .option("--delimiter SIGN", source.delimiter,
              "What separates the fields of a CSV file: a sign, or comma, semicolon, tab, pipe, "
              "space; found without it")
      .check(not_empty());
  command
      .option("--header YES", source.header,
              "Whether the first line of a CSV file holds names: yes or no; found without it")
      .check(one_of({"yes", "no"}));
  command
      .option("--missing HOW", source.missing,
              "What becomes of an empty field, ? or NA of a CSV file: the mean of its column, or "
              "its row is dropped; refused without it")
      .check(one_of({"mean", "drop"}));
}

}  // namespace

void add_train_command(Program& program, const Console& console) {
  auto options = std::make_shared<Options>();
  const Command command =
      program.command("train", "Trains a classifier by stochastic gradient descent");
  add_data(command, *options);
  command
      .option("--model MODEL", options->model,
              "Such as mlp:784-128-10: Linear layers with ReLU between")
      .required();
  add_training(command, *options);
  command
      .option("--threads N", options->threads,
              "Threads to use; all without it. The losses do not depend on it")
      .check(whole_number(1, 256));
  command
      .option("--plot FILE.svg", options->plot, "An SVG picture of the course of loss and accuracy")
      .check(ends_in(".svg"));
  const Option json =
      command.flag("--json", options->json,
                   "One JSON object at the end: loss, test accuracy, seconds of each epoch");
  add_detail(command, options->verbosity, json);
  command.runs([options, console] { train(*options, console); });
}

}  // namespace tapestry::tools
