#include <CLI/CLI.hpp>
#include <limits>
#include <ostream>

#include "tools/commands.h"
#include "tools/json.h"
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
  std::string data, model, folder, plot;
  TrainingOptions training;
  std::uint64_t seed = 0;
  std::string schedule = "linear";
  int threads = 0, verbosity = 0;
  bool json = false;
};

Json json_of(const std::vector<EpochReport>& epochs) {
  Json list = Json::array();
  for (const EpochReport& epoch : epochs) {
    list.push_back(
        {{"loss", epoch.loss}, {"test_accuracy", epoch.test_accuracy}, {"seconds", epoch.seconds}});
  }
  return {{"epochs", list}};
}

void train(const Options& options, const Console& console) {
  const ModelSpec spec = parse_model(options.model);
  if (options.training.nesterov && options.training.momentum == 0)
    throw UsageError("--nesterov needs a --momentum above 0");
  TrainingOptions training = options.training;
  training.schedule = options.schedule == "linear" ? Schedule::linear : Schedule::constant;
  if (!options.plot.empty()) check_writable(options.plot);
  if (options.threads > 0) set_threads(options.threads);
  const nn::Split data = load_data(options.data, options.folder);

  Rng rng{options.seed};
  nn::Sequential model = make_model(spec, rng);
  Progress progress(options.json ? nullptr : &console.out,
                    console.notes_seen ? &console.notes : nullptr, options.training.epochs,
                    detail_of(options.verbosity));
  const auto epochs = train(model, data, training, rng, progress);

  if (options.json) console.out << json_of(epochs).dump() << '\n';
  if (!options.plot.empty()) {
    write_file(options.plot,
               loss_plot(epochs, fmt::format("{} on {}", options.model, data.train.name)));
  }
}

constexpr std::uint64_t kMany = 1'000'000'000;

void add_training(CLI::App& command, Options& options) {
  TrainingOptions& training = options.training;
  const auto number = [&](const std::string& name, auto& value, const std::string& what,
                          const CLI::Validator& check) {
    command.add_option(name, value, what)->check(check)->type_name("N")->capture_default_str();
  };
  number("--epochs", training.epochs, "Times through the data", whole_number(1, kMany));
  number("--batch", training.batch, "Rows in a batch", whole_number(1, kMany));
  number("--lr", training.lr, "Learning rate at the start", number_from(0));
  command
      .add_option(
          "--schedule", options.schedule,
          "Of the learning rate: linear, from --lr down to 0 after the last step, or constant")
      ->check(CLI::IsMember({"linear", "constant"}).description(""))
      ->type_name("NAME")
      ->capture_default_str();
  number("--momentum", training.momentum, "Momentum, in [0, 1)", fraction());
  command.add_flag("--nesterov", training.nesterov, "Nesterov's momentum");
  number("--weight-decay", training.weight_decay, "Added to each gradient, times the weight",
         number_from(0));
  number("--seed", options.seed, "Of the first weights and of the order of the rows",
         whole_number(0, std::numeric_limits<std::uint64_t>::max()));
}

}  // namespace

void add_train_command(CLI::App& app, const Console& console) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("train", "Trains a classifier by stochastic gradient descent");
  command
      ->add_option("--data", options->data,
                   "digits, mnist, or a CSV file whose last column is the class. A fifth of digits "
                   "and of a file is held out as the test part; a file's features are standardized")
      ->check(not_empty())
      ->type_name("DATA")
      ->required();
  command
      ->add_option("--data-dir", options->folder,
                   "The folder of MNIST's files; else the variable TAPESTRY_DATA names it")
      ->check(not_empty())
      ->type_name("DIR");
  command
      ->add_option("--model", options->model,
                   "Such as mlp:784-128-10: Linear layers with ReLU between")
      ->type_name("MODEL")
      ->required();
  add_training(*command, *options);
  command
      ->add_option("--threads", options->threads,
                   "Threads to use; all without it. The losses do not depend on it")
      ->check(whole_number(1, 256))
      ->type_name("N");
  command->add_option("--plot", options->plot, "An SVG picture of the course of loss and accuracy")
      ->check(ends_in(".svg"))
      ->type_name("FILE.svg");
  CLI::Option* json =
      command->add_flag("--json", options->json,
                        "One JSON object at the end: loss, test accuracy, seconds of each epoch");
  add_detail(*command, options->verbosity, json);
  command->callback([options, console] { train(*options, console); });
}

}  // namespace tapestry::tools
