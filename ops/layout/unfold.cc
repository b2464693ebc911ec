#include "ops/layout/unfold.h"

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/rows.h"

namespace tapestry {
using namespace detail;
namespace {

struct Windows {
  int axis;
  std::int64_t extent, size, step;

  std::int64_t count() const { return (extent - size) / step + 1; }
};

// Shape and strides of the windows of a tensor.
std::pair<Shape, Strides> windows_of(const Tensor& x, const Windows& a) {
  Shape shape = x.shape();
  Strides strides = x.strides();
  shape[a.axis] = a.count();
  shape.push_back(a.size);
  strides.push_back(strides[a.axis]);
  if (a.count() > 1) strides[a.axis] *= a.step;
  return {shape, strides};
}

std::string windows_text(const Windows& a) {
  return fmt::format("axis={}, size={}, step={}", a.axis, a.size, a.step);
}

struct Unfold {
  static constexpr std::string_view name = "unfold";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Windows;
  static Tensor forward(Inputs in, const Attributes& a) {
    const auto [shape, strides] = windows_of(in[0], a);
    return in[0].view(shape, strides);
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p);
  static std::string describe(const Attributes& a) { return windows_text(a); }
};

// Adds windows where they lie; position by position within them, since two windows differ there.
struct Fold {
  static constexpr std::string_view name = "fold";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Windows;
  static Tensor forward(Inputs in, const Attributes& a) {
    const Shape once = without_last(in[0].shape());
    Shape shape = once;
    shape[a.axis] = a.extent;
    // Many windows over one element are added in double.
    const bool many = a.size / a.step > 64;
    Tensor result = zeros(shape, many ? DType::f64 : in[0].dtype());
    const Strides &from_all = in[0].strides(), to_all = windows_of(result, a).second;
    const std::int64_t from_next = from_all.back(), to_next = to_all.back();
    const Strides from = without_last(from_all), to = without_last(to_all);
    const Rows<2> rows(once, {&from, &to});
    const auto add = [&]<class T, class Sum>(std::type_identity<T>, Sum* sums) {
      for (std::int64_t k = 0; k < a.size; ++k) {
        const T* source = in[0].data<T>() + k * from_next;
        Sum* target = sums + k * to_next;
        parallel_for(rows.count, rows.length, [&](std::int64_t first, std::int64_t last) {
          rows.for_each(first, last, [&](const std::array<std::int64_t, 2>& at) {
            for (std::int64_t i = 0; i < rows.length; ++i)
              target[at[1] + i * rows.inner[1]] +=
                  static_cast<Sum>(source[at[0] + i * rows.inner[0]]);
          });
        });
      }
    };
    visit_floating(in[0].dtype(), [&]<class T>(std::type_identity<T> type) {
      many ? add(type, result.mutable_data<double>()) : add(type, result.mutable_data<T>());
    });
    return result.to(in[0].dtype());
  }
  static void batch(Batching& b) { batch_along_axes<Attributes>(b); }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Attributes>();
    p.give(0, unfold(p.cotangent(), a.axis, a.size, a.step));
  }
  static std::string describe(const Attributes& a) { return windows_text(a); }
};

void Unfold::vjp(Pullback& p) {
  p.give(0, apply<Fold>({&p.cotangent()}, p.attributes<Attributes>()));
}

}  // namespace

Tensor unfold(const Tensor& x, int axis, std::int64_t size, std::int64_t step, Site site) {
  const CallSite call(site);
  axis = normalize_axis("unfold", axis, x.rank());
  if (size < 1 || step < 1)
    refuse("unfold", "size {} and step {}; both must be at least 1", size, step);
  if (size > x.shape()[axis])
    refuse("unfold", "windows of {} do not fit axis {} of shape {}", size, axis, x.shape());
  return apply<Unfold>({&x}, {axis, x.shape()[axis], size, step});
}

}  // namespace tapestry
