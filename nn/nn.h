// Learning's public face: modules, losses, optimizers, data.
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

#include "nn/activation.h"
#include "nn/convolution.h"
#include "nn/data/data.h"
#include "nn/init.h"
#include "nn/lambda.h"
#include "nn/layer.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/module.h"
#include "nn/parameter.h"
#include "nn/sequential.h"
#include "nn/sgd.h"
#include "ops/ops.h"

// Programs print, and fmt::join is a part of that.
#include <fmt/format.h>
