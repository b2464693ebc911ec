#include "tools/model_spec.h"

#include <charconv>

#include "nn/activation.h"
#include "nn/linear.h"
#include "tools/usage.h"

namespace tapestry::tools {
namespace {

constexpr std::string_view kPrefix = "mlp:";
constexpr std::int64_t kLargest = std::int64_t{1} << 28;  // parameters: 1 GiB of f32

[[noreturn]] void refuse_model(const std::string& text, std::string_view why) {
  throw UsageError(
      fmt::format("the model '{}' {}; expected something like mlp:784-128-10", text, why));
}

}  // namespace

ModelSpec parse_model(const std::string& text) {
  if (!text.starts_with(kPrefix)) refuse_model(text, "does not start with mlp:");
  ModelSpec spec;
  std::int64_t parameters = 0;
  const char* next = text.data() + kPrefix.size();
  const char* const end = text.data() + text.size();
  for (;;) {
    std::int64_t width = 0;
    const auto [after, error] = std::from_chars(next, end, width);
    if (error == std::errc::invalid_argument) refuse_model(text, "lacks a width");
    if (error != std::errc() || width > kLargest) refuse_model(text, "is too large");
    if (width < 1) refuse_model(text, "has a width below 1");
    if (!spec.widths.empty()) parameters += (spec.widths.back() + 1) * width;
    if (parameters > kLargest) refuse_model(text, "has more than 2^28 parameters");
    spec.widths.push_back(width);
    if (after == end) break;
    if (*after != '-') refuse_model(text, fmt::format("has '{}' after a width", *after));
    next = after + 1;
  }
  if (spec.widths.size() < 2) refuse_model(text, "has one width");
  return spec;
}

nn::Sequential make_model(const ModelSpec& spec, Rng& rng) {
  nn::Sequential model;
  for (std::size_t i = 0; i + 1 < spec.widths.size(); ++i) {
    if (i > 0) model.append(nn::ReLU());
    model.append(nn::Linear(spec.widths[i], spec.widths[i + 1], rng));
  }
  return model;
}

}  // namespace tapestry::tools
