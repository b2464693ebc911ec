// Linear algebra on batches of matrices, in the names of NumPy and PyTorch. f32 and f64,
// differentiable to any order; the same bits for any number of threads.
#pragma once

#include "ops/linalg/cholesky.h"
#include "ops/linalg/determinant.h"
#include "ops/linalg/eigh.h"
#include "ops/linalg/expm.h"
#include "ops/linalg/lstsq.h"
#include "ops/linalg/norm.h"
#include "ops/linalg/qr.h"
#include "ops/linalg/solve.h"
#include "ops/linalg/svd.h"
#include "ops/linalg/triangle.h"
#include "ops/linalg/triangular_solve.h"
