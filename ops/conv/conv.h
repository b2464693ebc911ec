// Windows that slide over the spatial axes of (N, C, spatial...).
#pragma once

#include "ops/conv/convolve.h"
#include "ops/conv/interpolate.h"
#include "ops/conv/pool.h"
