#include "ops/linalg/triangle.h"

#include <algorithm>

#include "engine/grad/broadcast.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/factory.h"
#include "ops/layout/assign.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"

namespace tapestry {
using namespace detail;
namespace {

struct Offset {
  std::int64_t k;
};
std::string offset_text(const Offset& a) { return fmt::format("k={}", a.k); }

enum class Side { lower, upper };

template <Side side>
struct Triangle {
  static constexpr std::string_view name = side == Side::lower ? "tril" : "triu";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Offset;
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result = Tensor::uninitialized(in[0].shape(), in[0].dtype());
    const std::int64_t m = linalg::rows(result), n = linalg::columns(result),
                       k = std::clamp(a.k, -m, n);  // beyond it is all or nothing
    visit(result.dtype(), [&]<class T>(std::type_identity<T>) {
      T* row = result.mutable_data<T>();
      copy_elements(in[0], row);
      const std::int64_t count = n ? result.size() / n : 0;
      for (std::int64_t i = 0; i < count; ++i, row += n) {
        const std::int64_t diagonal = i % m + k;
        if constexpr (side == Side::lower)
          std::fill(row + std::clamp<std::int64_t>(diagonal + 1, 0, n), row + n, T(0));
        else
          std::fill(row, row + std::clamp<std::int64_t>(diagonal, 0, n), T(0));
      }
    });
    return result;
  }
  static void batch(Batching& b) { map_aligned(b, &b.attributes<Attributes>()); }
  static void vjp(Pullback& p) {
    p.give(0, apply<Triangle>({&p.cotangent()}, p.attributes<Attributes>()));
  }
  static std::string describe(const Attributes& a) { return offset_text(a); }
};

// The elements of diagonal k in the memory of x.
Tensor diagonal_view(const Tensor& x, std::int64_t k) {
  const int row = x.rank() - 2, column = x.rank() - 1;
  const std::int64_t length = k >= 0 ? std::min(x.shape()[row], x.shape()[column] - k)
                                     : std::min(x.shape()[row] + k, x.shape()[column]);
  Shape shape = linalg::batch_shape(x);
  Strides strides = x.strides();
  const std::int64_t down = strides[row], across = strides[column];
  shape.push_back(std::max<std::int64_t>(0, length));
  strides.erase(column);
  strides[row] = down + across;
  return x.view(shape, strides, shape.size() == 0 ? 0 : k >= 0 ? k * across : -k * down);
}

struct Diagonal {
  static constexpr std::string_view name = "diagonal";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Offset;
  static Tensor forward(Inputs in, const Attributes& a) { return diagonal_view(in[0], a.k); }
  static void batch(Batching& b) { map_aligned(b, &b.attributes<Attributes>()); }
  static void vjp(Pullback& p);
  static std::string describe(const Attributes& a) { return offset_text(a); }
};

// The transpose of Diagonal.
struct DiagEmbed {
  static constexpr std::string_view name = "diag_embed";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  struct Attributes {
    std::int64_t k, rows, columns;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    const Shape shape = linalg::joined(without_last(in[0].shape()), {a.rows, a.columns});
    Tensor result = zeros(shape, in[0].dtype());
    const Tensor place = diagonal_view(result, a.k);
    if (place.size() == 0) return result;
    const std::int64_t offset = a.k >= 0 ? a.k : -a.k * a.columns;
    assign(in[0], result, place.strides(), offset);
    return result;
  }
  static void batch(Batching& b) { map_aligned(b, &b.attributes<Attributes>()); }
  static void vjp(Pullback& p) {
    p.give(0, apply<Diagonal>({&p.cotangent()}, {p.attributes<Attributes>().k}));
  }
  static std::string describe(const Attributes& a) {
    return fmt::format("k={}, matrix=({}, {})", a.k, a.rows, a.columns);
  }
};

void Diagonal::vjp(Pullback& p) {
  const Shape from = p.input_shape(0);
  p.give(0, apply<DiagEmbed>({&p.cotangent()},
                             {p.attributes<Attributes>().k, from[from.rank() - 2], from.back()}));
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t k, Site site) {
  const CallSite call(site);
  linalg::require_matrices("tril", x, "x");
  return apply<Triangle<Side::lower>>({&x}, {k});
}

Tensor triu(const Tensor& x, std::int64_t k, Site site) {
  const CallSite call(site);
  linalg::require_matrices("triu", x, "x");
  return apply<Triangle<Side::upper>>({&x}, {k});
}

Tensor diagonal(const Tensor& x, std::int64_t k, Site site) {
  const CallSite call(site);
  linalg::require_matrices("diagonal", x, "x");
  return apply<Diagonal>({&x}, {k});
}

Tensor diag_embed(const Tensor& x, std::int64_t k, Site site) {
  const CallSite call(site);
  if (x.rank() == 0) refuse("diag_embed", "a diagonal needs an axis; x has shape {}", x.shape());
  if (k > kMostElements || k < -kMostElements)
    refuse("diag_embed", "a matrix with a diagonal {} has too many elements", k);
  const std::int64_t n = x.shape().back() + std::abs(k);
  return apply<DiagEmbed>({&x}, {k, n, n});
}

Tensor diag(const Tensor& x, std::int64_t k, Site site) {
  const CallSite call(site);
  if (x.rank() != 1 && x.rank() != 2)
    refuse("diag",
           "needs a vector or a matrix; x has shape {}: for batches see diagonal and "
           "diag_embed",
           x.shape());
  return x.rank() == 1 ? diag_embed(x, k) : diagonal(x, k);
}

Tensor trace(const Tensor& x, Site site) {
  const CallSite call(site);
  linalg::require_matrices("trace", x, "x");
  const Tensor d = diagonal(x);
  const AxisSet last = axis_bit(d.rank() - 1);
  return sum_axes(d, last, last);
}

}  // namespace tapestry
