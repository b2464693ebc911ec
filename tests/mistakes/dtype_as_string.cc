// says: DType::f32, f64, i64 or boolean
#include "nn/nn.h"
using namespace tapestry;

Tensor wide() { return zeros({2, 3}, "f64"); }
