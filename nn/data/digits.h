// A small set of real images, carried in the program: README.md beside this file tells where it
// comes from.
#pragma once

#include "nn/data/dataset.h"

namespace tapestry::nn {

// 1797 handwritten digits of 8 x 8 pixels in [0, 1]: inputs (1797, 64), 10 classes.
Dataset load_digits();

}  // namespace tapestry::nn
