#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/fft/fft.h"

namespace tapestry::detail {
namespace {

std::vector<Sample> complex_samples(Tensor (*f)(const Tensor&, const FftOptions&, Site)) {
  const Tensor x = sample_numbers({3, 6, 2}), prime = sample_numbers({53, 2}, 2);
  return {
      {"the last axis", {x}, [=](const auto& in) { return f(in[0], {}, {}); }},
      {"the first axis", {x}, [=](const auto& in) { return f(in[0], {.axis = 0}, {}); }},
      {"cut", {x}, [=](const auto& in) { return f(in[0], {.n = 4, .norm = FftNorm::ortho}, {}); }},
      {"filled up",
       {x},
       [=](const auto& in) { return f(in[0], {.n = 7, .norm = FftNorm::forward}, {}); }},
      {"a large prime", {prime}, [=](const auto& in) { return f(in[0], {}, {}); }}};
}

std::vector<Refusal> refusals(std::string_view name,
                              Tensor (*f)(const Tensor&, const FftOptions&, Site), bool complex) {
  const Tensor x = complex ? ones({3, 2}) : ones({3});
  std::vector<Refusal> list{
      {"integers", [=] { f(x.to(DType::i64), {}, {}); },
       fmt::format("[{}] x is i64; it must be f32 or f64: convert with .to()", name)},
      {"the axis", [=] { f(x, {.axis = 1}, {}); },
       fmt::format("[{}] axis 1 is out of range for rank 1; it must lie in [-1, 0]", name)},
      {"the length", [=] { f(x, {.n = 0}, {}); },
       fmt::format("[{}] the length is 0; it must be at least 1", name)}};
  if (complex)
    list.push_back({"real numbers", [=] { f(ones({3}), {}, {}); },
                    fmt::format("[{}] x has shape (3,); its last axis must be of extent 2, real "
                                "and imaginary part",
                                name)});
  return list;
}

}  // namespace

std::vector<OpInfo> fft_cases() {
  const Tensor x = sample_numbers({3, 8}), half = sample_numbers({3, 4, 2});
  return {{"fft", "Fourier transform along an axis; complex numbers are a last axis of 2", true,
           complex_samples(fft), refusals("fft", fft, true)},
          {"ifft", "inverse of fft", true, complex_samples(ifft), refusals("ifft", ifft, true)},
          {"rfft",
           "Fourier transform of real numbers along an axis: the first n / 2 + 1 results",
           true,
           {{"even", {x}, [](const auto& in) { return rfft(in[0]); }},
            {"odd, first axis", {x}, [](const auto& in) { return rfft(in[0], {.axis = 0}); }},
            {"twice odd",
             {x},
             [](const auto& in) { return rfft(in[0], {.n = 6, .norm = FftNorm::ortho}); }},
            {"a large prime",
             {sample_numbers({53}, 2)},
             [](const auto& in) { return rfft(in[0], {.norm = FftNorm::forward}); }}},
           refusals("rfft", rfft, false)},
          {"irfft",
           "inverse of rfft",
           true,
           {{"even", {half}, [](const auto& in) { return irfft(in[0]); }},
            {"odd", {half}, [](const auto& in) { return irfft(in[0], {.n = 7}); }},
            {"fourfold",
             {half},
             [](const auto& in) { return irfft(in[0], {.n = 8, .norm = FftNorm::ortho}); }},
            {"first axis",
             {half},
             [](const auto& in) { return irfft(in[0], {.axis = 0, .norm = FftNorm::forward}); }},
            {"a large prime",
             {sample_numbers({27, 2}, 2)},
             [](const auto& in) { return irfft(in[0], {.n = 53}); }}},
           refusals("irfft", irfft, true)}};
}

}  // namespace tapestry::detail
