// Learning's public face: modules, losses, optimizers, data.
#pragma once

#include "engine/language.h"
//
#include "nn/activation.h"
#include "nn/conv.h"
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
