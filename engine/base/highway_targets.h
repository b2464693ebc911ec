// Included before Highway, which 1.0.3 does not compile for AVX3_DL when -march=native puts this
// into the baseline; AVX3 does as well. The few processors that have SSSE3 and no SSE4 run what all
// run, which saves a fifth of the time to compile a kernel.
#pragma once

#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_AVX3_DL | HWY_SSSE3)
#endif
