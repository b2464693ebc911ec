// says: y is a plain number
#include "nn/nn.h"
using namespace tapestry;

double slope(const Scalar& x) {
  double y = x.value() * 2;
  return gradient(y, x);
}
