#include "tools/train/progress.h"

#include <ostream>

namespace tapestry::tools {
using namespace detail;
namespace {

constexpr std::int64_t kCells = 30;
constexpr auto kPause = std::chrono::milliseconds(50);  // between two drawings
constexpr std::string_view kEraseLine = "\r\x1b[K";

std::string bar_text(std::int64_t done, std::int64_t of) {
  std::string text;
  for (std::int64_t cell = 0; cell < kCells; ++cell)
    text += cell * of < done * kCells ? "\u2588" : "\u2591";  // full block, light shade
  return text;
}

}  // namespace

Progress::Progress(std::ostream* out, std::ostream* bar, std::int64_t epochs, Detail detail)
    : out_(out), bar_(bar), epochs_(epochs), detail_(out ? detail : Detail::none) {}

Progress::~Progress() { clear_bar(); }

void Progress::clear_bar() {
  if (!bar_shown_) return;
  *bar_ << kEraseLine << std::flush;
  bar_shown_ = false;
}

void Progress::step_done(const StepReport& report, std::int64_t of) {
  if (detail_ != Detail::none) {
    clear_bar();
    write_step(*out_, report, detail_);
    return;
  }
  if (!bar_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kPause;
  *bar_ << kEraseLine
        << fmt::format("{}  step {}/{}  loss {:#.4g}", bar_text(report.step, of), report.step, of,
                       report.loss)
        << std::flush;
  bar_shown_ = true;
}

void Progress::epoch_done(const EpochReport& report, std::int64_t epoch) {
  clear_bar();
  if (!out_) return;
  const auto width = static_cast<int>(std::to_string(epochs_).size());
  *out_ << fmt::format("epoch {:>{}}/{}  loss {:#.6g}  test accuracy {:.2f} %  {:.2f} s\n", epoch,
                       width, epochs_, report.loss, 100 * report.test_accuracy, report.seconds)
        << std::flush;
}

}  // namespace tapestry::tools
