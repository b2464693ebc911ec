// Linear algebra on batches of matrices, in the names of NumPy and PyTorch. f32 and f64,
// differentiable to any order; the same bits for any number of threads.
#pragma once

#include "ops/linalg/cholesky.h"
#include "ops/linalg/determinant.h"
#include "ops/linalg/solve.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
