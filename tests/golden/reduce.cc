#include <limits>

#include "tests/golden/table.h"

namespace tapestry::golden {
namespace {

bool keepdims(const Attributes& with) { return with.value("keepdims", false); }

ReduceOptions options(const Attributes& with) { return {axes(with), keepdims(with)}; }

VarianceOptions variance(const Attributes& with) {
  return {axes(with), keepdims(with), with.value("correction", 1.0)};
}

ArgOptions position(const Attributes& with) {
  ArgOptions options{.keepdims = keepdims(with)};
  if (with.contains("axis")) options.axis = with["axis"].get<int>();
  return options;
}

NormOptions norm_options(const Attributes& with) {
  const bool largest = with.contains("ord") && with["ord"] == "infinity";
  return {largest ? std::numeric_limits<double>::infinity() : with.value("ord", 2.0), axes(with),
          keepdims(with)};
}

// The last axes, as many as are normalized.
Shape normalized(const Tensors& x, const Attributes& with) {
  const Shape& shape = x[0].shape();
  return Shape(std::span(shape.end() - with.value("axes", 1), shape.end()));
}

}  // namespace

Table reduce_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"sum", [](X x, With with) -> Results { return sum(x[0], options(with)); }},
      {"prod", [](X x, With with) -> Results { return prod(x[0], options(with)); }},
      {"mean", [](X x, With with) -> Results { return mean(x[0], options(with)); }},
      {"max", [](X x, With with) -> Results { return max(x[0], options(with)); }},
      {"min", [](X x, With with) -> Results { return min(x[0], options(with)); }},
      {"var", [](X x, With with) -> Results { return var(x[0], variance(with)); }},
      {"std", [](X x, With with) -> Results { return tapestry::std(x[0], variance(with)); }},
      {"logsumexp", [](X x, With with) -> Results { return logsumexp(x[0], options(with)); }},
      {"norm", [](X x, With with) -> Results { return norm(x[0], norm_options(with)); }},
      {"argmax", [](X x, With with) -> Results { return argmax(x[0], position(with)); }},
      {"argmin", [](X x, With with) -> Results { return argmin(x[0], position(with)); }},
      {"any", [](X x, With with) -> Results { return any(x[0], options(with)); }},
      {"all", [](X x, With with) -> Results { return all(x[0], options(with)); }},
      {"quantile",
       [](X x, With with) -> Results {
         return quantile(x[0], with.at("q").get<double>(), options(with));
       }},
      {"median", [](X x, With with) -> Results { return median(x[0], options(with)); }},
      {"softmax",
       [](X x, With with) -> Results { return softmax(x[0], with.at("axis").get<int>()); }},
      {"log_softmax",
       [](X x, With with) -> Results { return log_softmax(x[0], with.at("axis").get<int>()); }},
      {"layer_norm",
       [](X x, With with) -> Results {
         return layer_norm(x[0], normalized(x, with), operand(x, 1), operand(x, 2),
                           with.value("eps", 1e-5));
       }},
      {"rms_norm",
       [](X x, With with) -> Results {
         return rms_norm(x[0], normalized(x, with), operand(x, 1), with.value("eps", 1e-5));
       }},
  };
}

}  // namespace tapestry::golden
