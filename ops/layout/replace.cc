#include "ops/layout/replace.h"

#include "engine/grad/broadcast.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/index.h"
#include "ops/layout/indices.h"
#include "ops/layout/search.h"
#include "ops/layout/select.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

// The index that scatter and scatter_add read: indices[k] for each element of slice k of the
// source. The axis is counted from the start.
Tensor spread(std::string_view who, const Tensor& x, int axis, const Tensor& indices,
              const Tensor& source) {
  if (indices.rank() != 1)
    refuse(who, "the indices have shape {}; they must be a vector", indices.shape());
  Shape expected = x.shape();
  expected[axis] = indices.size();
  if (source.shape() != expected)
    refuse(who, "the source has shape {}; for x {} and {} indices along axis {} it must be {}",
           source.shape(), x.shape(), indices.size(), axis, expected);
  Shape along = Shape(x.rank(), 1);
  along[axis] = indices.size();
  return broadcast_to(reshape(indices, along), expected);
}

}  // namespace

Tensor select_scatter(const Tensor& x, const Tensor& source, int axis, std::int64_t position,
                      Site site) {
  const CallSite call(site);
  axis = normalize_axis("select_scatter", axis, x.rank());
  const std::int64_t start = position_of("select_scatter", position, x.shape()[axis], axis);
  Shape row = x.shape();
  row.erase(axis);
  if (!broadcasts_to(source.shape(), row))
    refuse("select_scatter", "the source of shape {} does not broadcast to {}", source.shape(),
           row);
  return slice_scatter(x, unsqueeze(broadcast_to(source, row), axis), axis, {start, start + 1});
}

Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "masked_scatter";
  require_mask(kWho, mask);
  if (!broadcasts_to(mask.shape(), x.shape()))
    refuse(kWho, "the mask of shape {} does not broadcast to x of shape {}", mask.shape(),
           x.shape());
  const Tensor places = positions_in(broadcast_to(mask, x.shape()));
  if (source.size() < places.size())
    refuse(kWho, "the mask holds at {} places, the source has {} elements; it must have as many",
           places.size(), source.size());
  const Tensor first = slice(reshape(source, {source.size()}), 0, 0, places.size());
  return reshape(scatter(reshape(x, {x.size()}), 0, places, first), x.shape());
}

Tensor index_copy(const Tensor& x, int axis, const Tensor& indices, const Tensor& source,
                  Site site) {
  const CallSite call(site);
  axis = normalize_axis("index_copy", axis, x.rank());
  return scatter(x, axis, spread("index_copy", x, axis, indices, source), source);
}

Tensor index_add(const Tensor& x, int axis, const Tensor& indices, const Tensor& source,
                 Site site) {
  const CallSite call(site);
  axis = normalize_axis("index_add", axis, x.rank());
  return scatter_add(x, axis, spread("index_add", x, axis, indices, source), source);
}

}  // namespace tapestry
