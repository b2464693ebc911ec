// The scalar bench beside ADOL-C, in one run. Needs Debian's libadolc-dev, which the project itself
// does not build on.
#include <adolc/adolc.h>

#include "tests/bench/scalar_recorder.h"
#include "tests/bench/scalar_table.h"

using namespace tapestry::bench;

// ADOL-C has erf alone; found by the argument's namespace, which is the global one.
static adouble erfc(const badouble& x) { return 1.0 - erf(x); }

namespace {

// One recording by ADOL-C: the values that the reverse sweep reads are kept while recording.
class AdolcRecorder {
 public:
  static constexpr std::string_view name = "adol-c";

  explicit AdolcRecorder(const std::vector<double>& point) : inputs_(point.size()) {
    trace_on(kTag, 1);
    for (std::size_t i = 0; i < point.size(); ++i) inputs_[i] <<= point[i];
  }
  ~AdolcRecorder() { finish(); }
  AdolcRecorder(const AdolcRecorder&) = delete;
  AdolcRecorder& operator=(const AdolcRecorder&) = delete;

  template <class Kernel>
  void record(const Kernel& kernel) {
    adouble result = kernel(inputs_);
    double number = 0;
    result >>= number;
    finish();
  }
  std::vector<double> gradient() {
    std::vector<double> adjoints(inputs_.size());
    double seed = 1;
    fos_reverse(kTag, 1, static_cast<int>(inputs_.size()), &seed, adjoints.data());
    return adjoints;
  }
  std::size_t statements() const {
    std::size_t counts[STAT_SIZE];
    tapestats(kTag, counts);
    return counts[NUM_OPERATIONS];
  }

 private:
  static constexpr short kTag = 1;

  void finish() {
    if (recording_) trace_off();
    recording_ = false;
  }

  std::vector<adouble> inputs_;
  bool recording_ = true;
};

}  // namespace

int main(int argc, char** argv) {
  print_table<ScalarRecorder, AdolcRecorder>(table_options(argc, argv));
}
