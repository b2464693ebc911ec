#include "tools/train/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/base/spelling.h"
#include "nn/nn.h"
#include "tools/train/flush_denormals.h"

namespace tapestry::tools {
using namespace detail;
namespace {

using Clock = std::chrono::steady_clock;

// The first few, in brackets.
std::string names_of_classes(const nn::Dataset& data) {
  constexpr std::size_t kTold = 10;
  const auto& names = data.class_names;
  if (names.empty()) return "";
  return fmt::format(" ({}{})", joined(std::span(names).first(std::min(kTold, names.size())), ", "),
                     names.size() > kTold ? ", ..." : "");
}

void check_fit(const nn::Sequential& model, const nn::Dataset& data) {
  if (data.inputs.rank() != 2) {
    refuse("train", "the inputs of {} have shape {}; expected (rows, features)", data.name,
           data.inputs.shape());
  }
  const std::int64_t features = data.inputs.shape()[1];
  const auto* first = model.size() ? dynamic_cast<const nn::Linear*>(&model[0]) : nullptr;
  if (first && first->weight.shape()[1] != features) {
    refuse("train", "the model has {} inputs, but {} has {} features", first->weight.shape()[1],
           data.name, features);
  }
  const PauseRecording pause;
  const std::int64_t outputs = model(zeros({1, features})).shape().back();
  if (outputs != data.classes) {
    refuse("train", "the model has {} outputs, but {} has {} classes{}", outputs, data.name,
           data.classes, names_of_classes(data));
  }
}

void check_loss(double loss, std::int64_t step, std::int64_t epoch) {
  if (std::isfinite(loss)) return;
  refuse("train", "the loss is {} at step {}, in epoch {}; a smaller learning rate may help",
         std::isnan(loss) ? "nan" : "infinite", step, epoch);
}

double learning_rate(const TrainingOptions& options, std::int64_t step, std::int64_t of) {
  if (options.schedule == Schedule::constant) return options.lr;
  return options.lr * (1 - static_cast<double>(step) / static_cast<double>(of));
}

class Trainer {
 public:
  Trainer(nn::Sequential& model, const TrainingOptions& options, TrainingListener& listener)
      : model_(model),
        options_(options),
        listener_(listener),
        parameters_(model.named_parameters()),
        sgd_(model.parameters(), {.lr = options.lr,
                                  .momentum = options.momentum,
                                  .weight_decay = options.weight_decay,
                                  .nesterov = options.nesterov}) {}

  // Learns from one batch and returns the loss before.
  double step(const nn::Batch& batch, std::int64_t epoch, std::int64_t of) {
    sgd_.set_lr(learning_rate(options_, steps_, of));
    StepReport report;
    report.step = ++steps_;
    const Tape tape;
    std::vector<Tensor> outputs{batch.inputs};
    for (std::size_t i = 0; i < model_.size(); ++i) outputs.push_back(model_[i](outputs.back()));
    const Tensor loss = nn::cross_entropy(outputs.back(), batch.labels);
    report.loss = loss.item();
    check_loss(report.loss, report.step, epoch);

    const bool layers = listener_.wants_layers();
    const std::vector<Tensor> gradients =
        gradient(loss, nodes(layers ? outputs : Outputs{}), {.retain_graph = false});
    const std::vector<Tensor> of_parameters(gradients.begin(), gradients.begin() + count());
    if (layers) report.layers = layers_of(outputs, gradients);
    sgd_.step(of_parameters);
    listener_.step_done(report, of);
    return report.loss;
  }

 private:
  using Outputs = std::vector<Tensor>;

  std::ptrdiff_t count() const { return static_cast<std::ptrdiff_t>(parameters_.size()); }

  // The parameters, then the outputs of the layers; the first output is the batch itself.
  std::vector<Tensor> nodes(const Outputs& outputs) const {
    std::vector<Tensor> wanted;
    for (const auto& [name, parameter] : parameters_) wanted.push_back(parameter.tensor());
    for (std::size_t i = 1; i < outputs.size(); ++i) wanted.push_back(outputs[i]);
    return wanted;
  }

  std::vector<LayerReport> layers_of(const Outputs& outputs, const std::vector<Tensor>& gradients) {
    std::vector<LayerReport> layers;
    for (std::size_t i = 0; i < model_.size(); ++i) {
      layers.push_back({fmt::format("{} {}", i, model_[i].type()),
                        detach(outputs[i + 1]),
                        gradients[parameters_.size() + i],
                        {}});
      const std::string prefix = fmt::format("{}.", i);
      for (std::size_t p = 0; p < parameters_.size(); ++p) {
        const auto& [name, parameter] = parameters_[p];
        if (name.starts_with(prefix))
          layers.back().parameters.push_back({name, parameter.value(), gradients[p]});
      }
    }
    return layers;
  }

  nn::Sequential& model_;
  const TrainingOptions& options_;
  TrainingListener& listener_;
  const std::vector<std::pair<std::string, nn::Parameter>> parameters_;
  nn::SGD sgd_;
  std::int64_t steps_ = 0;
};

}  // namespace

std::vector<EpochReport> train(nn::Sequential& model, const nn::Split& data,
                               const TrainingOptions& options, Rng& rng,
                               TrainingListener& listener) {
  check_fit(model, data.train);
  check_fit(model, data.test);
  const FlushDenormals flush;
  Trainer trainer(model, options, listener);
  nn::Batches batches(data.train, options.batch, rng);
  std::vector<EpochReport> reports;
  for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
    EpochReport report;
    model.train();
    const auto start = Clock::now();
    for (const nn::Batch& batch : batches) {
      report.loss += trainer.step(batch, epoch, options.epochs * batches.size()) *
                     static_cast<double>(batch.labels.size());
    }
    report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    report.loss /= static_cast<double>(data.train.size());
    report.test_accuracy = accuracy(model, data.test);
    reports.push_back(report);
    listener.epoch_done(report, epoch);
  }
  return reports;
}

double accuracy(nn::Sequential& model, const nn::Dataset& dataset) {
  constexpr std::int64_t kRows = 1000;
  const PauseRecording pause;
  model.eval();
  nn::Batches batches(dataset, kRows, 0, {.shuffle = false});
  double right = 0;
  for (const nn::Batch& batch : batches)
    right += sum(argmax(model(batch.inputs), {.axis = 1}) == batch.labels).item();
  return right / static_cast<double>(dataset.size());
}

}  // namespace tapestry::tools
