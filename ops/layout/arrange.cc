#include "ops/layout/arrange.h"

#include <algorithm>

#include "engine/grad/broadcast.h"
#include "ops/layout/join.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

Tensor flat(const Tensor& x) { return reshape(x, {x.size()}); }

// The axis of extent n becomes n * count: every element, or the whole axis, `count` times.
enum class Order { elements, whole };
Tensor multiplied(std::string_view who, const Tensor& x, int axis, std::int64_t count,
                  Order order) {
  Shape wide = x.shape(), shape = x.shape();
  const int place = order == Order::elements ? axis + 1 : axis;
  wide.insert(place, count);
  shape[axis] = times(who, shape[axis], count);
  return reshape(broadcast_to(unsqueeze(x, place), wide), shape);
}

void refuse_negative(std::string_view who, std::int64_t count) {
  if (count < 0) refuse(who, "the count is {}; it must not be negative", count);
}

Dims axes_once(const Dims& axes, int rank) {
  Dims result;
  for (std::int64_t axis : axes) {
    result.push_back(normalize_axis("movedim", axis, rank));
    if (std::count(result.begin(), result.end(), result.back()) > 1)
      refuse("movedim", "axis {} is named twice in {}; name each axis once", axis, axes);
  }
  return result;
}

}  // namespace

Tensor movedim(const Tensor& x, const Dims& from, const Dims& to, Site site) {
  const CallSite call(site);
  if (from.rank() != to.rank())
    refuse("movedim", "{} names {} axes, {} names {}; there must be as many", from, from.rank(), to,
           to.rank());
  const Dims sources = axes_once(from, x.rank()), places = axes_once(to, x.rank());
  Dims order(x.rank(), -1);
  for (int i = 0; i < from.rank(); ++i) order[static_cast<int>(places[i])] = sources[i];
  std::int64_t next = 0;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (order[axis] >= 0) continue;
    while (std::find(sources.begin(), sources.end(), next) != sources.end()) ++next;
    order[axis] = next++;
  }
  return permute(x, order);
}

Tensor movedim(const Tensor& x, int from, int to, Site site) {
  const CallSite call(site);
  return movedim(x, Dims{from}, Dims{to});
}

Tensor roll(const Tensor& x, std::int64_t shift, int axis, Site site) {
  const CallSite call(site);
  axis = normalize_axis("roll", axis, x.rank());
  const std::int64_t extent = x.shape()[axis];
  if (extent == 0 || shift % extent == 0) return x;
  const std::int64_t rest = shift % extent, cut = rest > 0 ? extent - rest : -rest;
  return concat({slice(x, axis, cut, extent), slice(x, axis, 0, cut)}, axis);
}

Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shifts, const std::vector<int>& axes,
            Site site) {
  const CallSite call(site);
  if (shifts.size() != axes.size())
    refuse("roll", "{} shifts for {} axes; there must be one for each", shifts.size(), axes.size());
  for (int axis : axes) normalize_axis("roll", axis, x.rank());
  Tensor result = x;
  for (std::size_t i = 0; i < axes.size(); ++i) result = roll(result, shifts[i], axes[i]);
  return result;
}

Tensor roll(const Tensor& x, std::int64_t shift, Site site) {
  const CallSite call(site);
  return reshape(roll(flat(x), shift, 0), x.shape());
}

Tensor tile(const Tensor& x, const Dims& counts, Site site) {
  const CallSite call(site);
  for (std::int64_t count : counts) refuse_negative("tile", count);
  Shape shape = x.shape();
  Dims every = counts;
  while (shape.rank() < every.rank()) shape.insert(0, 1);
  while (every.rank() < shape.rank()) every.insert(0, 1);
  Tensor result = reshape(x, shape);
  for (int axis = shape.rank() - 1; axis >= 0; --axis)
    if (every[axis] != 1) result = multiplied("tile", result, axis, every[axis], Order::whole);
  return result;
}

Tensor repeat(const Tensor& x, const Dims& counts, Site site) {
  const CallSite call(site);
  if (counts.rank() < x.rank())
    refuse("repeat", "{} counts for shape {}; there must be one for each axis", counts.rank(),
           x.shape());
  for (std::int64_t count : counts) refuse_negative("repeat", count);
  return tile(x, counts);
}

Tensor repeat(const Tensor& x, std::int64_t count, int axis, Site site) {
  const CallSite call(site);
  axis = normalize_axis("repeat", axis, x.rank());
  refuse_negative("repeat", count);
  return count == 1 ? x : multiplied("repeat", x, axis, count, Order::elements);
}

Tensor detail::repeat_flat(const Tensor& x, std::int64_t count, Site site) {
  const CallSite call(site);
  return repeat(flat(x), count, 0);
}

std::vector<Tensor> chunk(const Tensor& x, std::int64_t chunks, int axis, Site site) {
  const CallSite call(site);
  axis = normalize_axis("chunk", axis, x.rank());
  if (chunks < 1) refuse("chunk", "{} chunks; there must be at least one", chunks);
  const std::int64_t extent = x.shape()[axis], size = extent / chunks + (extent % chunks != 0);
  std::vector<std::int64_t> sizes;
  for (std::int64_t start = 0; start < extent; start += size)
    sizes.push_back(std::min(size, extent - start));
  if (sizes.empty() && chunks > kMostParts)
    refuse("chunk", "{} chunks of an empty axis; at most {} are made", chunks, kMostParts);
  if (sizes.empty()) sizes.assign(static_cast<std::size_t>(chunks), 0);
  return split(x, sizes, axis);
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& vectors, Indexing indexing, Site site) {
  const CallSite call(site);
  const int rank = static_cast<int>(vectors.size());
  Dims place;
  Shape grid;
  for (int k = 0; k < rank; ++k) {
    place.push_back(k);
    grid.push_back(1);
  }
  if (indexing == Indexing::xy && rank >= 2) std::swap(place[0], place[1]);
  for (int k = 0; k < rank; ++k) {
    const Tensor& x = vectors[static_cast<std::size_t>(k)];
    if (x.rank() > 1)
      refuse("meshgrid", "operand {} has shape {}; it must be a vector or a number", k, x.shape());
    grid[static_cast<int>(place[k])] = x.size();
  }
  std::vector<Tensor> result;
  for (int k = 0; k < rank; ++k) {
    const Tensor& x = vectors[static_cast<std::size_t>(k)];
    Shape line(rank, 1);
    line[static_cast<int>(place[k])] = x.size();
    result.push_back(broadcast_to(reshape(x, line), grid));
  }
  return result;
}

}  // namespace tapestry
