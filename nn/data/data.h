// Everything about data: sets, where they come from, and the batches of a training loop.
#pragma once

#include "nn/data/batches.h"      // IWYU pragma: export
#include "nn/data/csv.h"          // IWYU pragma: export
#include "nn/data/dataset.h"      // IWYU pragma: export
#include "nn/data/digits.h"       // IWYU pragma: export
#include "nn/data/idx.h"          // IWYU pragma: export
#include "nn/data/image_sets.h"   // IWYU pragma: export
#include "nn/data/standardize.h"  // IWYU pragma: export
