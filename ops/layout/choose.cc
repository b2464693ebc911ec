#include "ops/layout/choose.h"

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

// Row p of axis 0, row q of axis 1 of it...
Tensor at_positions(const Tensor& x, const Dims& positions) {
  constexpr std::string_view kWho = "[]";
  if (positions.rank() == 0 || positions.rank() > x.rank())
    refuse(kWho, "{} positions for shape {}; there must be one to {}", positions.rank(), x.shape(),
           x.rank());
  std::vector<Range> ranges;
  Shape rest = x.shape();
  for (int axis = 0; axis < positions.rank(); ++axis) {
    const std::int64_t start = position_of(kWho, positions[axis], x.shape()[axis], axis);
    ranges.push_back({start, start + 1});
    rest.erase(0);
  }
  return reshape(slice(x, ranges), rest);
}

// The mask covers the leading axes of x.
Tensor at_mask(const Tensor& x, const Tensor& mask) {
  bool fits = mask.rank() > 0 && mask.rank() <= x.rank();
  for (int axis = 0; fits && axis < mask.rank(); ++axis)
    fits = mask.shape()[axis] == x.shape()[axis];
  if (!fits)
    refuse("[]", "the mask has shape {}, x {}; it must have the leading extents of x", mask.shape(),
           x.shape());
  Shape rows{mask.size()};
  for (int axis = mask.rank(); axis < x.rank(); ++axis) rows.push_back(x.shape()[axis]);
  return take(reshape(x, rows), positions_in(mask));
}

}  // namespace

Tensor detail::choose(const Tensor& x, const Subscript& subscript) {
  const CallSite call(subscript.site());
  const Tensor* chooser = subscript.chooser();
  if (!chooser) return at_positions(x, subscript.positions());
  if (chooser->dtype() == DType::boolean) return at_mask(x, *chooser);
  if (chooser->dtype() != DType::i64)
    refuse("[]", "what chooses is {}; it must be i64 indices or a boolean mask", chooser->dtype());
  return take(x, *chooser);
}

Tensor select(const Tensor& x, int axis, std::int64_t position, Site site) {
  const CallSite call(site);
  axis = normalize_axis("select", axis, x.rank());
  const std::int64_t start = position_of("select", position, x.shape()[axis], axis);
  Shape rest = x.shape();
  rest.erase(axis);
  return reshape(slice(x, axis, start, start + 1), rest);
}

Tensor masked_select(const Tensor& x, const Tensor& mask, Site site) {
  const CallSite call(site);
  require_mask("masked_select", mask);
  const Shape common = broadcast_shapes("masked_select", x.shape(), mask.shape());
  return take(reshape(broadcast_to(x, common), {common.size()}),
              positions_in(broadcast_to(mask, common)));
}

}  // namespace tapestry
