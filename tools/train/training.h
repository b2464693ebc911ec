// Training a classifier: batches, loss, gradient, step; after each epoch the accuracy on the test
// part.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/tensor/rng.h"
#include "nn/data/dataset.h"
#include "nn/sequential.h"
#include "tools/train/layer_report.h"

namespace tapestry::tools {

// How the learning rate goes on from step to step. Linear: evenly down, to reach 0 after the last.
enum class Schedule { constant, linear };

struct TrainingOptions {
  std::int64_t epochs = 10, batch = 64;
  double lr = 0.1, momentum = 0.9, weight_decay = 0;
  bool nesterov = false;
  Schedule schedule = Schedule::linear;
};

struct EpochReport {
  double loss = 0;           // the mean over the rows, each as it was met
  double test_accuracy = 0;  // 0 to 1
  double seconds = 0;        // of training, without the test
};

// Is told how the training goes on.
class TrainingListener {
 public:
  virtual ~TrainingListener() = default;
  virtual bool wants_layers() const { return false; }                     // costs time
  virtual void step_done(const StepReport&, std::int64_t /*of*/) {}       // of that many in all
  virtual void epoch_done(const EpochReport&, std::int64_t /*epoch*/) {}  // from 1
};

// Batches are shuffled by rng. The losses depend on model, data, options and rng alone, not on the
// number of threads. Error when the model does not fit the data, and when a loss is not finite: it
// names the step.
std::vector<EpochReport> train(nn::Sequential& model, const nn::Split& data,
                               const TrainingOptions& options, Rng& rng,
                               TrainingListener& listener);

// The fraction of rows whose class has the largest output.
double accuracy(nn::Sequential& model, const nn::Dataset& dataset);

}  // namespace tapestry::tools
