#include "ops/layout/index.h"

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/factory.h"
#include "ops/layout/choice.h"
#include "ops/layout/indices.h"

namespace tapestry {
using namespace detail;
namespace {

// The axis that an index of x's rank chooses along: one element for each of its own.
struct Along {
  int axis;

  Choice choice(const Tensor& x, const Tensor& index) const {
    Choice chosen{index.shape(), index.strides(), x.strides(), x.strides()[axis], x.shape()[axis]};
    chosen.base[axis] = 0;
    return chosen;
  }
};

// The axis that indices of any rank choose along, behind those that they share with what they
// index: one slice for each.
struct Alongside {
  int axis;
  int shared = 0;

  Choice choice(const Tensor& x, const Tensor& indices) const {
    Choice chosen{x.shape(), Strides(x.rank(), 0), x.strides(), x.strides()[axis], x.shape()[axis]};
    chosen.shape.erase(axis);
    chosen.index.erase(axis);
    chosen.base.erase(axis);
    for (int i = 0; i < shared; ++i) chosen.index[i] = indices.strides()[i];
    for (int i = shared; i < indices.rank(); ++i) {
      const int place = axis + i - shared;
      chosen.shape.insert(place, indices.shape()[i]);
      chosen.index.insert(place, indices.strides()[i]);
      chosen.base.insert(place, 0);
    }
    return chosen;
  }
};

// ---- the ops ----

// What take and gather have in common: they differ by their choice.
template <class Op, class Choosing>
struct Chooser {
  static constexpr int arity = 2;
  static constexpr bool linear = true;
  using Attributes = Choosing;
  static constexpr SaveMask saves(int) { return save_input(1); }
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor index = counted_from_start(Op::name, in[1], in[0].shape()[a.axis]);
    return chosen(in[0], index, a.choice(in[0], index));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }
};

// Indices of each example's own share the batch's axis with x.
Alongside behind_batch(const Batching& b, Alongside along) {
  ++along.axis;
  if (b.is_batched(1) || along.shared) ++along.shared;
  return along;
}

struct Take : Chooser<Take, Alongside> {
  static constexpr std::string_view name = "take";
  static void batch(Batching& b) {
    const Alongside along = behind_batch(b, b.attributes<Alongside>());
    b.execute({b.expanded(0), along.shared ? b.expanded(1) : b.operand(1)}, &along);
  }
  static void vjp(Pullback& p);
};

// The transpose of take: zeros, with slices added at the indices.
struct PutAdd {
  static constexpr std::string_view name = "put_add";
  static constexpr int arity = 2;
  static constexpr bool linear = true;
  struct Attributes {
    Alongside along;
    Shape shape;
  };
  static constexpr SaveMask saves(int) { return save_input(1); }
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result = zeros(a.shape, in[0].dtype());
    const Tensor index = counted_from_start("take", in[1], a.shape[a.along.axis]);
    add_chosen(result, index, in[0], a.along.choice(result, index));
    return result;
  }
  static void batch(Batching& b) {
    auto a = b.attributes<Attributes>();
    a.along = behind_batch(b, a.along);
    a.shape.insert(0, b.size());
    b.execute({b.expanded(0), a.along.shared ? b.expanded(1) : b.operand(1)}, &a);
  }
  static void vjp(Pullback& p) {
    p.give(0, apply<Take>({&p.cotangent(), &p.input(1)}, p.attributes<Attributes>().along));
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("axis={}, shape={}", a.along.axis, a.shape);
  }
};

void Take::vjp(Pullback& p) {
  p.give(0, apply<PutAdd>({&p.cotangent(), &p.input(1)},
                          {p.attributes<Alongside>(), p.input_shape(0)}));
}

struct Gather : Chooser<Gather, Along> {
  static constexpr std::string_view name = "gather";
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const Tensor nothing = zeros(p.input_shape(0), p.input_dtype(0));
    p.give(0, scatter_add(nothing, p.attributes<Attributes>().axis, p.input(1), p.cotangent()));
  }
};

struct ScatterAdd {
  static constexpr std::string_view name = "scatter_add";
  static constexpr int arity = 3;
  static constexpr bool linear = true;
  using Attributes = Along;
  static constexpr SaveMask saves(int operand) { return operand == 2 ? save_input(1) : 0; }
  static Tensor forward(Inputs in, const Attributes& a) {
    const Tensor index = counted_from_start(name, in[1], in[0].shape()[a.axis]);
    Tensor result = copy_of(in[0]);
    add_chosen(result, index, in[2], a.choice(result, index));
    return result;
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    if (p.wants(0)) p.give(0, p.cotangent());
    if (p.wants(2)) p.give(2, gather(p.cotangent(), p.attributes<Attributes>().axis, p.input(1)));
  }
  static std::string describe(const Attributes& a) { return fmt::format("axis={}", a.axis); }
};

struct OneHot {
  static constexpr std::string_view name = "one_hot";
  static constexpr int arity = 1;
  static constexpr bool not_differentiable = true;
  struct Attributes {
    std::int64_t classes;
    DType dtype;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    require_range(name, in[0], a.classes);
    Shape shape = in[0].shape();
    shape.push_back(a.classes);
    Tensor result = zeros(shape, a.dtype);
    const Tensor labels = in[0].contiguous();
    visit(a.dtype, [&]<class T>(std::type_identity<T>) {
      T* row = result.mutable_data<T>();
      for (std::int64_t i = 0; i < labels.size(); ++i, row += a.classes)
        row[labels.data<std::int64_t>()[i]] = T(1);
    });
    return result;
  }
  static void batch(Batching& b) { b.execute(b.expanded()); }
  static std::string describe(const Attributes& a) {
    return fmt::format("classes={}, dtype={}", a.classes, a.dtype);
  }
};

}  // namespace

Tensor take(const Tensor& x, const Tensor& indices, int axis, Site site) {
  const CallSite call(site);
  axis = normalize_axis("take", axis, x.rank());
  require_indices("take", indices);
  return apply<Take>({&x, &indices}, {axis});
}

Tensor gather(const Tensor& x, int axis, const Tensor& index, Site site) {
  const CallSite call(site);
  axis = require_aligned("gather", x, axis, index);
  return apply<Gather>({&x, &index}, {axis});
}

Tensor scatter_add(const Tensor& x, int axis, const Tensor& index, const Tensor& source,
                   Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "scatter_add";
  axis = require_aligned(kWho, x, axis, index);
  if (!(source.shape() == index.shape()))
    refuse(kWho, "the source has shape {}, the index {}; they must be equal", source.shape(),
           index.shape());
  const DType dtype = promote(x.dtype(), source.dtype());
  if (dtype == DType::boolean)
    refuse(kWho, "x and source are boolean; at least one must be numbers");
  const Tensor into = x.to(dtype), terms = source.to(dtype);
  return apply<ScatterAdd>({&into, &index, &terms}, {axis});
}

Tensor one_hot(const Tensor& labels, std::int64_t classes, DType dtype, Site site) {
  const CallSite call(site);
  require_indices("one_hot", labels);
  return apply<OneHot>({&labels}, {classes, dtype});
}

}  // namespace tapestry
