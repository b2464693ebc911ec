#include "nn/loss.h"

#include "ops/ops.h"

namespace tapestry::nn {
using namespace detail;
namespace {

Tensor reduced(const Tensor& losses, Reduction reduction) {
  switch (reduction) {
    case Reduction::mean:
      return mean(losses);
    case Reduction::sum:
      return sum(losses);
    case Reduction::none:
      break;
  }
  return losses;
}

void check_labels(const Tensor& logits, const Tensor& labels) {
  if (logits.rank() != 2)
    refuse("cross_entropy", "the logits have shape {}; they must be (N, classes)", logits.shape());
  if (labels.dtype() != DType::i64)
    refuse("cross_entropy", "the labels have dtype {}; they must be i64", labels.dtype());
  if (labels.shape() != Shape{logits.shape()[0]})
    refuse("cross_entropy", "the labels have shape {}; for logits {} it must be {}", labels.shape(),
           logits.shape(), Shape{logits.shape()[0]});
  const Tensor plain = labels.contiguous();
  for (std::int64_t row = 0; row < plain.size(); ++row) {
    const std::int64_t label = plain.data<std::int64_t>()[row];
    if (label < 0 || label >= logits.shape()[1])
      refuse("cross_entropy", "label {} in row {} is out of range; there are {} classes, 0 to {}",
             label, row, logits.shape()[1], logits.shape()[1] - 1);
  }
}

}  // namespace

Tensor mse_loss(const Tensor& prediction, const Tensor& target, const LossOptions& options,
                Site site) {
  const CallSite call(site);
  if (prediction.shape() != target.shape())
    refuse("mse_loss", "the prediction has shape {}, the target {}; they must be equal",
           prediction.shape(), target.shape());
  return reduced(square(prediction - target), options.reduction);
}

Tensor cross_entropy(const Tensor& logits, const Tensor& labels, const LossOptions& options,
                     Site site) {
  const CallSite call(site);
  check_labels(logits, labels);
  return reduced(-squeeze(gather(log_softmax(logits, 1), 1, unsqueeze(labels, 1)), 1),
                 options.reduction);
}

}  // namespace tapestry::nn
