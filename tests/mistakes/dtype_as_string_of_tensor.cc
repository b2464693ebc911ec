// says: DType::f32, f64, i64 or boolean
#include "nn/nn.h"
using namespace tapestry;

Tensor wide() { return tensor({1.0, 2.0}, "f64"); }
