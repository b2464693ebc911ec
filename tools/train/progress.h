// How a training goes on, for people: a line for each epoch; on a terminal a bar while it lasts;
// the steps as far as detail is asked for.
#pragma once

#include <chrono>
#include <iosfwd>

#include "tools/train/training.h"

namespace tapestry::tools {

class Progress : public TrainingListener {
 public:
  // `bar` may be null, else a terminal. Nothing but the bar is written where `out` is null.
  Progress(std::ostream* out, std::ostream* bar, std::int64_t epochs, Detail detail);
  ~Progress() override;

  bool wants_layers() const override { return detail_ >= Detail::gradients; }
  void step_done(const StepReport& report, std::int64_t of) override;
  void epoch_done(const EpochReport& report, std::int64_t epoch) override;

 private:
  void clear_bar();

  std::ostream *out_, *bar_;
  const std::int64_t epochs_;
  const Detail detail_;
  bool bar_shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace tapestry::tools
