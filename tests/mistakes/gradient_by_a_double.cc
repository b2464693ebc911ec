// says: make it tape.variable(x)
#include "nn/nn.h"
using namespace tapestry;

double slope(const Scalar& y, double x) { return gradient(y, x); }
