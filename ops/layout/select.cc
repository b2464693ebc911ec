#include "ops/layout/select.h"

#include "engine/grad/batching.h"
#include "engine/grad/broadcast.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/rows.h"
#include "ops/elementwise/constant.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"
#include "ops/layout/index.h"
#include "ops/layout/indices.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

// For each place of a tensor of this shape the element of the index, counted in row-major order,
// that is the last to name it; -1 where none does. The count starts anew after `count` elements:
// those of one example.
struct LastNamed {
  static constexpr std::string_view name = "last_named";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  struct Attributes {
    int axis;
    Shape shape;
    std::int64_t count;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor index = counted_from_start("scatter", in[0], a.shape[a.axis]);
    Tensor result = full(a.shape, -1, DType::i64);
    Strides base = result.strides();
    const std::int64_t step = base[a.axis];
    base[a.axis] = 0;
    const Rows<2> rows(index.shape(), {&index.strides(), &base});
    std::int64_t element = 0;
    rows.for_each([&](const std::array<std::int64_t, 2>& at) {
      const auto* row = index.data<std::int64_t>() + at[0];
      auto* place = result.mutable_data<std::int64_t>() + at[1];
      for (std::int64_t i = 0; i < rows.length; ++i) {
        place[i * rows.inner[1] + row[i * rows.inner[0]] * step] = element;
        element = element + 1 == a.count ? 0 : element + 1;
      }
    });
    return result;
  }
  static void batch(Batching& b) {
    Attributes a = b.attributes<Attributes>();
    ++a.axis;
    a.shape.insert(0, b.size());
    b.execute({b.operand(0)}, &a);
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("axis={}, shape={}", a.axis, a.shape);
  }
};

// A plain number beside x. Error when it would change x's dtype.
Tensor number_of(std::string_view who, const Tensor& x, double value) {
  const bool fits = is_floating(x.dtype()) ||
                    (std::abs(value) < 0x1p62 && full({}, value, x.dtype()).item() == value);
  if (!fits) refuse(who, "the value {} is not {} as x is; convert x with .to()", value, x.dtype());
  return full({}, value, x.dtype());
}

Shape with_extent(Shape shape, int axis, std::int64_t extent) {
  shape[axis] = extent;
  return shape;
}

}  // namespace

Tensor take_along_axis(const Tensor& x, const Tensor& indices, int axis, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "take_along_axis";
  axis = normalize_axis(kWho, axis, x.rank());
  require_indices(kWho, indices);
  if (indices.rank() != x.rank())
    refuse(kWho, "indices of shape {} for x of shape {}; the ranks must be equal", indices.shape(),
           x.shape());
  const Shape common = broadcast_shapes(kWho, with_extent(x.shape(), axis, 1),
                                        with_extent(indices.shape(), axis, 1));
  return gather(broadcast_to(x, with_extent(common, axis, x.shape()[axis])), axis,
                broadcast_to(indices, with_extent(common, axis, indices.shape()[axis])));
}

Tensor index_select(const Tensor& x, int axis, const Tensor& indices, Site site) {
  const CallSite call(site);
  if (indices.rank() != 1)
    refuse("index_select", "the indices have shape {}; they must be a vector", indices.shape());
  return take(x, indices, axis);
}

Tensor scatter(const Tensor& x, int axis, const Tensor& index, const Tensor& source, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "scatter";
  axis = require_aligned(kWho, x, axis, index);
  if (!(source.shape() == index.shape()))
    refuse(kWho, "the source has shape {}, the index {}; they must be equal", source.shape(),
           index.shape());
  const DType dtype = promote(x.dtype(), source.dtype());
  if (index.size() == 0)  // nothing is put, yet the result depends on the source
    return is_floating(dtype) ? scatter_add(x, axis, index, source) : x.to(dtype);
  const Tensor last = apply<LastNamed>({&index}, {axis, x.shape(), index.size()});
  const Tensor put = take(reshape(source, {source.size()}), maximum(last, 0));
  return where(last >= 0, put, x);
}

Tensor scatter(const Tensor& x, int axis, const Tensor& index, double value, Site site) {
  const CallSite call(site);
  return scatter(x, axis, index, broadcast_to(number_of("scatter", x, value), index.shape()));
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, double value, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "masked_fill";
  require_mask(kWho, mask);
  if (!broadcasts_to(mask.shape(), x.shape()))
    refuse(kWho, "the mask of shape {} does not broadcast to x of shape {}", mask.shape(),
           x.shape());
  return where(mask, number_of(kWho, x, value), x);
}

}  // namespace tapestry
