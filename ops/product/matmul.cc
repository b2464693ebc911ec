#include "ops/product/matmul.h"

#include <algorithm>
#include <limits>

#include "engine/base/parallel.h"
#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/product/gemm.h"
#include "ops/product/packed.h"
#include "ops/product/stored_matrix.h"

namespace tapestry {
using namespace detail;
namespace {

// (..., m, k) x (k, n) is one product of all the rows at once where these lie evenly in memory.
bool is_one_matrix(const Tensor& x) {
  const int row = x.rank() - 2;
  std::int64_t expected = x.strides()[row] * x.shape()[row];
  for (int axis = row - 1; axis >= 0; --axis) {
    if (x.shape()[axis] == 1) continue;
    if (x.strides()[axis] != expected) return false;
    expected *= x.shape()[axis];
  }
  return layout_of(x) == Layout::rows;
}

// `count` products of equal extents; the operands of number i start where `find(i)` says.
template <class T, class F>
void multiply_large(const Extents& extents, std::int64_t count, T* out, const F& find) {
  const auto all = [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const auto [a, b] = find(i);
      multiply_packed<T>(extents, a, b, out + i * extents.rows * extents.columns, extents.columns);
    }
  };
  if (count < threads())
    all(0, count);
  else
    parallel_for(count, parallel_grain, all);
}

template <class T, class F>
void multiply(const Extents& extents, std::int64_t count, T* out, const F& find) {
  if (std::max({extents.rows, extents.columns, extents.inner}) > std::numeric_limits<int>::max())
    refuse("matmul",
           "({0}, {1}) x ({1}, {2}) has an extent past 2^31 - 1, the most that is supported",
           extents.rows, extents.inner, extents.columns);
  if constexpr (!std::is_same_v<T, std::int64_t>)
    if (is_worth_packing(extents)) return multiply_large<T>(extents, count, out, find);
  const Cuts cuts = cuts_for(extents);
  const std::int64_t blocks = cuts.count(), each = extents.rows * extents.columns;
  const std::int64_t work = each * extents.inner / blocks / 16 + 1;
  parallel_for(count * blocks, work, [&](std::int64_t first, std::int64_t last) {
    const OneThread guard;
    for (std::int64_t unit = first; unit < last; ++unit) {
      const auto [a, b] = find(unit / blocks);
      multiply_block<T>(extents, cuts, unit % blocks, a, b, out + unit / blocks * each,
                        extents.columns);
    }
  });
}

template <class T>
void multiply(const Tensor& a, const Tensor& b, Tensor& c) {
  Extents extents{c.shape()[c.rank() - 2], c.shape().back(), a.shape().back()};
  T* out = c.mutable_data<T>();
  if (c.size() == 0) return;
  if (extents.inner == 0) {
    std::fill(out, out + c.size(), T(0));
  } else if (c.rank() == 2 || (b.size() == extents.inner * extents.columns && is_one_matrix(a))) {
    extents.rows = c.size() / extents.columns;
    multiply(extents, 1, out,
             [&](std::int64_t) { return std::pair(matrix_at<T>(a, 0), matrix_at<T>(b, 0)); });
  } else {
    const Shape batch = without_last(c.shape(), 2);
    const Strides along_a = batch_strides(a, batch), along_b = batch_strides(b, batch);
    multiply(extents, batch.size(), out, [&](std::int64_t i) {
      return std::pair(matrix_at<T>(a, offset_of(i, batch, along_a)),
                       matrix_at<T>(b, offset_of(i, batch, along_b)));
    });
  }
}

Shape product_shape(const Tensor& a, const Tensor& b) {
  const std::int64_t rows = a.shape()[a.rank() - 2], columns = b.shape().back();
  if (a.rank() == 2 && b.rank() == 2) return {rows, columns};
  Shape shape = broadcast_shapes("matmul", without_last(a.shape(), 2), without_last(b.shape(), 2));
  shape.push_back(rows);
  shape.push_back(columns);
  return shape;
}

// Both operands have rank 2 or more. Which of them lies in memory column by column, as a transposed
// weight does: its gradient is made likewise, so that undoing the transpose gives plain rows.
struct Matmul {
  static constexpr std::string_view name = "matmul";
  static constexpr int arity = 2;
  struct Attributes {
    bool columns[2];
  };
  static constexpr bool bilinear = true;
  static constexpr SaveMask saves(int operand) { return save_input(1 - operand); }
  static Tensor forward(Inputs in, const Attributes&) {
    const Tensor a = usable(in[0]), b = usable(in[1]);
    Tensor c = Tensor::uninitialized(product_shape(a, b), a.dtype());
    if (a.dtype() == DType::i64)
      multiply<std::int64_t>(a, b, c);
    else
      visit_floating(a.dtype(), [&]<class T>(std::type_identity<T>) { multiply<T>(a, b, c); });
    return c;
  }
  static double flops(Inputs in, std::span<const Tensor> outputs) {
    return 2.0 * static_cast<double>(outputs[0].size()) * static_cast<double>(in[0].shape().back());
  }
  static void batch(Batching& b) { map_aligned(b); }
  static void vjp(Pullback& p) {
    const Tensor& g = p.cotangent();
    const auto& columns = p.attributes<Attributes>().columns;
    // x z, or the same laid out as columns.
    const auto product = [](const Tensor& x, const Tensor& z, bool by_columns) {
      return by_columns ? transpose(matmul(transpose(z), transpose(x))) : matmul(x, z);
    };
    if (p.wants(0)) p.give(0, product(g, transpose(p.input(1)), columns[0]));
    if (!p.wants(1)) return;
    const Tensor& a = p.input(0);
    if (p.input_shape(1).rank() == 2 && a.rank() > 2) {  // the batch is only more rows
      const Tensor rows = transpose(reshape(a, {-1, a.shape().back()}));
      p.give(1, product(rows, reshape(g, {-1, g.shape().back()}), columns[1]));
    } else {
      p.give(1, product(transpose(a), g, columns[1]));
    }
  }
};

Tensor multiply(const Tensor& a, const Tensor& b) {
  const auto by_columns = [](const Tensor& x) {
    return x.strides()[x.rank() - 2] == 1 && x.strides()[x.rank() - 1] != 1;
  };
  return apply<Matmul>({&a, &b}, {{by_columns(a), by_columns(b)}});
}

void require_vectors(std::string_view who, const Tensor& a, const Tensor& b) {
  if (a.rank() != 1 || b.rank() != 1)
    refuse(who, "needs two vectors; the operands have shapes {} and {}", a.shape(), b.shape());
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = Matmul::name;
  if (a.rank() == 0 || b.rank() == 0)
    refuse(kWho, "operands need at least one axis: {} x {}; multiply by a number with *", a.shape(),
           b.shape());
  const std::int64_t last = a.shape().back(), first = b.shape()[std::max(0, b.rank() - 2)];
  if (last != first)
    refuse(kWho, "inner extents differ: {} x {}; the {} and the {} must be equal", a.shape(),
           b.shape(), last, first);
  const DType dtype = promote(promote(a.dtype(), b.dtype()), DType::i64);
  if (a.rank() >= 2 && b.rank() >= 2 && a.dtype() == dtype && b.dtype() == dtype)
    return multiply(a, b);
  const Tensor row = a.rank() == 1 ? unsqueeze(a, 0) : a,
               column = b.rank() == 1 ? unsqueeze(b, 1) : b;
  const Tensor left = row.to(dtype), right = column.to(dtype);
  const Tensor result = multiply(left, right);
  Shape shape = result.shape();
  if (b.rank() == 1) shape = without_last(shape);
  if (a.rank() == 1) shape.erase(shape.rank() - (b.rank() == 1 ? 1 : 2));
  return reshape(result, shape);
}

Tensor dot(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  require_vectors("dot", a, b);
  if (!(a.shape() == b.shape()))
    refuse("dot", "lengths differ: {} and {}; the {} and the {} must be equal", a.shape(),
           b.shape(), a.size(), b.size());
  return matmul(a, b);
}

Tensor outer(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  require_vectors("outer", a, b);
  return unsqueeze(a, 1) * unsqueeze(b, 0);
}

}  // namespace tapestry
