// The public face of the mathematics: every op, and the engine below.
#pragma once

#include "engine/base/language.h"

// The order counts: a compiler's message lists the headers on the way to what it is about, so those
// of a beginner's messages come first and directly.
// clang-format off
#include "engine/tensor/tensor.h"
#include "engine/mistakes.h"
#include "engine/tensor/factory.h"
#include "engine/grad/transform.h"
#include "ops/elementwise/elementwise.h"
// clang-format on

#include "engine/engine.h"
#include "ops/conv/conv.h"
#include "ops/einsum/einsum.h"
#include "ops/elementwise/lerp.h"
#include "ops/elementwise/polygamma.h"
#include "ops/elementwise/where.h"
#include "ops/fft/fft.h"
#include "ops/layout/arrange.h"
#include "ops/layout/choose.h"
#include "ops/layout/index.h"
#include "ops/layout/join.h"
#include "ops/layout/replace.h"
#include "ops/layout/select.h"
#include "ops/layout/view.h"
#include "ops/linalg/linalg.h"
#include "ops/product/matmul.h"
#include "ops/product/tensordot.h"
#include "ops/reduce/categorical.h"
#include "ops/reduce/reduce.h"
#include "ops/reduce/scan.h"
#include "ops/reduce/softmax.h"
#include "ops/reduce/sort.h"
#include "ops/scalar/c_math.h"
#include "ops/scalar/dual.h"
#include "ops/scalar/lanes_math.h"
#include "ops/scalar/number_stream.h"
#include "ops/scalar/odeint.h"
#include "ops/scalar/replay_batch.h"
#include "ops/scalar/scalar.h"
#include "ops/scalar/scalar_hessian.h"
#include "ops/transform/gradcheck.h"
#include "ops/transform/jacobian.h"
