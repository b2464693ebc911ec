#include "nn/loss.h"

#include "tests/golden/table.h"

namespace tapestry::golden {
namespace {

nn::LossOptions options(const Attributes& with) {
  static const std::map<std::string, nn::Reduction> reductions{
      {"mean", nn::Reduction::mean}, {"sum", nn::Reduction::sum}, {"none", nn::Reduction::none}};
  return {reductions.at(with.at("reduction"))};
}

}  // namespace

Table loss_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"mse_loss",
       [](X x, With with) -> Results { return nn::mse_loss(x[0], x[1], options(with)); }},
      {"cross_entropy",
       [](X x, With with) -> Results { return nn::cross_entropy(x[0], x[1], options(with)); }},
  };
}

}  // namespace tapestry::golden
