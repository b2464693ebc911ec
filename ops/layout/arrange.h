// The elements of tensors repeated, shifted, mirrored and laid out anew. All dtypes, any strides;
// differentiable.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/tensor/tensor.h"
#include "ops/layout/view.h"

namespace tapestry {

// The named axes go to these places, the others keep their order. Error unless both lists name as
// many axes, each once.
Tensor movedim(const Tensor& x, const detail::Dims& from, const detail::Dims& to,
               detail::Site site = {});
Tensor movedim(const Tensor& x, int from, int to, detail::Site site = {});

// What leaves an axis at its end enters at its start; a negative shift goes the other way. Without
// an axis as if x were one row.
Tensor roll(const Tensor& x, std::int64_t shift, int axis, detail::Site site = {});
Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shifts, const std::vector<int>& axes,
            detail::Site site = {});
Tensor roll(const Tensor& x, std::int64_t shift, detail::Site site = {});

// NumPy's tile: x laid out counts[axis] times along each axis. The shorter of counts and shape is
// filled up with ones on the left. Error for negative counts.
Tensor tile(const Tensor& x, const detail::Dims& counts, detail::Site site = {});
// PyTorch's x.repeat(counts): as tile; Error when there are fewer counts than axes.
Tensor repeat(const Tensor& x, const detail::Dims& counts, detail::Site site = {});
// NumPy's repeat: each element `count` times in a row. Without an axis as if x were one row.
Tensor repeat(const Tensor& x, std::int64_t count, int axis, detail::Site site = {});
namespace detail {

Tensor repeat_flat(const Tensor& x, std::int64_t count, Site site = {});

}  // namespace detail

Tensor repeat(const Tensor& x, std::integral auto count, detail::Site site = {}) {
  return detail::repeat_flat(x, static_cast<std::int64_t>(count), site);
}

// Views of equal parts, but for the last, which may be shorter: at most `chunks` of them.
std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, int axis = 0,
                          detail::Site site = {});

// Vectors stretched to the grid of all their combinations, as views: result k varies along axis k,
// with Indexing::xy the first two axes are exchanged. Error for other ranks than 0 and 1.
enum class Indexing { ij, xy };
std::vector<Tensor> meshgrid(const std::vector<Tensor>& vectors, Indexing indexing = Indexing::ij,
                             detail::Site site = {});

}  // namespace tapestry
