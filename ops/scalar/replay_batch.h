// The recorded statements at many inputs at once: one interpretation of the tape for each block of
// inputs, step by step through the page's SIMD kernels.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry {

struct ReplayBatch {
  Tensor values;     // f64 (batch)
  Tensor gradients;  // f64 (batch, n)
};

// y and its partials by the n variables xs of its tape at each row of `points`, f64 (batch, n). The
// tape stays as it is. A y that is a plain number stays what it is and has partials 0. The same
// bits for any number of threads; functions are the page's kernels, and so differ from replay's by
// their units in the last place. Error as for replay: an x that is no variable of the tape, points
// of another shape or dtype, an operation on tensors or one that has values of its user's, and a
// comparison that turns out otherwise than recorded at some point, the first of which is told.
ReplayBatch replay_value_and_grad(const Scalar& y, const std::vector<Scalar>& xs,
                                  const Tensor& points, detail::Site site = {});

}  // namespace tapestry
