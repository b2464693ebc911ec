// says: cannot convert
#include "nn/nn.h"
using namespace tapestry;

double value(const Tensor& loss) {
  double v = loss;
  return v;
}
