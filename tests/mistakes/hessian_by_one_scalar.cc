// says: hessian(y, {x}) of a scalar: the xs are several, in braces
#include "nn/nn.h"
using namespace tapestry;

Tensor curve(Scalar y, Scalar x) { return hessian(y, x); }
