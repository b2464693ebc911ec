// The public face of the mathematics: every op, and the engine below.
#pragma once

#include "engine/language.h"

// The order counts: a compiler's message lists the headers on the way to what it is about, so those
// of a beginner's messages come first and directly.
// clang-format off
#include "engine/tensor.h"
#include "engine/mistakes.h"
#include "engine/factory.h"
#include "engine/transform.h"
#include "ops/elementwise.h"
// clang-format on

#include "engine/engine.h"
#include "ops/arrange.h"
#include "ops/boost_math.h"
#include "ops/c_math.h"
#include "ops/categorical.h"
#include "ops/choose.h"
#include "ops/conv.h"
#include "ops/dual.h"
#include "ops/einsum.h"
#include "ops/fft.h"
#include "ops/gradcheck.h"
#include "ops/index.h"
#include "ops/jacobian.h"
#include "ops/join.h"
#include "ops/lanes.h"
#include "ops/lerp.h"
#include "ops/linalg.h"
#include "ops/matmul.h"
#include "ops/number_stream.h"
#include "ops/odeint.h"
#include "ops/polygamma.h"
#include "ops/reduce.h"
#include "ops/replace.h"
#include "ops/replay_batch.h"
#include "ops/scalar.h"
#include "ops/scalar_hessian.h"
#include "ops/scan.h"
#include "ops/select.h"
#include "ops/softmax.h"
#include "ops/sort.h"
#include "ops/tensordot.h"
#include "ops/view.h"
#include "ops/where.h"
