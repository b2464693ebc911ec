#include "ops/layout/replace.h"

#include "engine/grad/broadcast.h"
#include "engine/tensor/factory.h"
#include "ops/catalogue/catalogue.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/index.h"
#include "ops/layout/indices.h"
#include "ops/layout/select.h"
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

std::vector<Record> detail::replace_records() {
  const Tensor x = sample_numbers({4, 3}), two = sample_numbers({4, 2}, 2);
  const Tensor some = from_vector(std::vector<std::int64_t>{2, -3}, {2});
  return {
      {"select_scatter",
       "x with one position of an axis replaced.",
       true,
       {{"column",
         {x, sample_numbers({4}, 2)},
         [](const auto& in) { return select_scatter(in[0], in[1], 1, -1); }}},
       {{"range", [] { select_scatter(zeros({3}), zeros({}), 0, 3); },
         "[select_scatter] position 3 of axis 0 is out of range for extent 3; it must lie in [-3, "
         "2]"},
        {"shape",
         [] {
           select_scatter(zeros({3, 2}), zeros({3}), 0, 0);
         },
         "[select_scatter] the source of shape (3,) does not broadcast to (2,)"}}},
      {"masked_scatter",
       "x with the places of a mask replaced, in row-major order.",
       true,
       {{"elements",
         {x, x > 0, sample_numbers({4, 3}, 2)},
         [](const auto& in) { return masked_scatter(in[0], in[1], in[2]); }}},
       {{"dtype", [] { masked_scatter(zeros({2}), zeros({2}), zeros({2})); },
         "[masked_scatter] the mask is f32; it must be boolean"},
        {"few", [] { masked_scatter(zeros({2}), ones({2}, DType::boolean), zeros({1})); },
         "[masked_scatter] the mask holds at 2 places, the source has 1 elements; it must have as "
         "many"}}},
      {"index_copy",
       "x with slices along an axis replaced, by a vector of indices.",
       true,
       {{"columns",
         {x, some, two},
         [](const auto& in) { return index_copy(in[0], 1, in[1], in[2]); }}},
       {{"shape",
         [] {
           index_copy(zeros({3, 2}), 0, zeros({2}, DType::i64), zeros({1, 2}));
         },
         "[index_copy] the source has shape (1, 2); for x (3, 2) and 2 indices along axis 0 it "
         "must "
         "be (2, 2)"}}},
      {"index_add",
       "x with slices added along an axis, by a vector of indices.",
       true,
       {{"columns",
         {x, some, two},
         [](const auto& in) { return index_add(in[0], 1, in[1], in[2]); }}},
       {{"rank",
         [] {
           index_add(zeros({2}), 0, zeros({1, 1}, DType::i64), zeros({1}));
         },
         "[index_add] the indices have shape (1, 1); they must be a vector"}}},
  };
}

}  // namespace tapestry
