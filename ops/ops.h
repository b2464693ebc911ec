// The public face of the mathematics: every op, and the engine below.
#pragma once

#include "engine/engine.h"
#include "ops/conv.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/jacobian.h"
#include "ops/join.h"
#include "ops/linalg.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/scalar.h"
#include "ops/softmax.h"
#include "ops/view.h"
#include "ops/where.h"
