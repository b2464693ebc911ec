// Included before Highway, which 1.0.3 does not compile for AVX3_DL when -march=native puts this
// into the baseline; AVX3 does as well.
#pragma once

#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS HWY_AVX3_DL
#endif
