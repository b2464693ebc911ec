// says: cannot convert
#include "nn/nn.h"
using namespace tapestry;

double value(const Scalar& s) {
  double v = s;
  return v;
}
