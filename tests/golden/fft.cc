#include "tests/golden/table.h"

namespace tapestry::golden {
namespace {

FftOptions options(const Attributes& with) {
  static const std::map<std::string, FftNorm> norms{
      {"backward", FftNorm::backward}, {"ortho", FftNorm::ortho}, {"forward", FftNorm::forward}};
  FftOptions options{.axis = with.value("axis", -1),
                     .norm = norms.at(with.value("norm", "backward"))};
  if (with.contains("n")) options.n = with["n"].get<std::int64_t>();
  return options;
}

}  // namespace

Table fft_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"fft", [](X x, With with) -> Results { return fft(x[0], options(with)); }},
      {"ifft", [](X x, With with) -> Results { return ifft(x[0], options(with)); }},
      {"rfft", [](X x, With with) -> Results { return rfft(x[0], options(with)); }},
      {"irfft", [](X x, With with) -> Results { return irfft(x[0], options(with)); }},
  };
}

}  // namespace tapestry::golden
