// How many threads compute.
#pragma once

#include "engine/base/site.h"

namespace tapestry {

// At most n threads share a loop from now on, on whatever thread it is asked for; Error below 1.
// Libraries below (OpenBLAS, oneDNN) are always called for one piece of work on one thread, so the
// number holds for them, too.
void set_threads(int n, detail::Site site = {});
// What was set, or else what OpenMP says for this thread: the processors of the machine, the
// variable OMP_NUM_THREADS or omp_set_num_threads().
int threads();

}  // namespace tapestry
