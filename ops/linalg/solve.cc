#include "ops/linalg/solve.h"

#include <limits>

#include "engine/grad/broadcast.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/factory.h"
#include "ops/elementwise/elementwise.h"
#include "ops/layout/mapping.h"
#include "ops/layout/view.h"
#include "ops/linalg/batch.h"
#include "ops/linalg/equations.h"
#include "ops/linalg/lapack.h"
#include "ops/linalg/rank.h"
#include "ops/product/matmul.h"

namespace tapestry {
using namespace detail;
namespace {

using namespace linalg;

struct Solve {
  static constexpr std::string_view name = "solve";
  static constexpr int arity = 2;
  static void batch(Batching& b) { map_aligned(b); }
  static constexpr SaveMask saves(int operand) {
    return operand == 0 ? save_input(0) | save_output() : save_input(0);
  }
  static Tensor forward(Inputs in) {
    const Tensor &a = in[0], &b = in[1];
    const Shape batch = equations_batch(name, a, b);
    const int n = extent(name, rows(b)), k = extent(name, columns(b));
    Tensor x = Tensor::uninitialized(joined(batch, {n, k}), a.dtype());
    Codes codes(batch);
    visit_floating(a.dtype(), [&]<class T>(std::type_identity<T>) {
      const Items<T> as(a, batch), bs(b, batch);
      const std::int64_t size = std::int64_t{n} * k;
      for_stretches(batch.size(), (size + n) * n, [&](std::int64_t first, std::int64_t last) {
        const auto order = static_cast<std::size_t>(n);
        std::vector<T> lu(order * order), right(static_cast<std::size_t>(size));
        std::vector<int> pivots(order);
        const T* factored = nullptr;  // where A is stretched, it is factored once
        bool finite = true;
        int code = 0;
        for (std::int64_t i = first; i < last; ++i) {
          T* result = x.mutable_data<T>() + i * size;
          const Item<T> matrix = as[i];
          if (matrix.data != factored) {
            factored = matrix.data;
            finite = matrix.is_finite();
            matrix.copy_columns(lu.data());
            code = 0;
            if (finite) {
              const int info = lapack::getrf(n, lu.data(), pivots.data());
              code = is_singular(matrix, lu.data(), pivots.data(), info);
            }
          }
          codes[i] = code;
          if (!finite) std::fill(result, result + size, std::numeric_limits<T>::quiet_NaN());
          if (!finite || code) continue;
          bs[i].copy_columns(right.data());
          lapack::getrs(n, k, lu.data(), pivots.data(), right.data());
          Item<T>{right.data(), n, k, 1, n}.copy_rows(result);
        }
      });
    });
    require_regular(name, codes);
    return x;
  }
  // Giles 2008, 2.3.1.
  static void vjp(Pullback& p) {
    const Tensor gb = solve(transpose(p.input(0)), p.cotangent());
    p.give(1, gb);
    if (p.wants(0)) p.give(0, -matmul(gb, transpose(p.output())));
  }
};

struct Inverse {
  static constexpr std::string_view name = "inverse";
  static constexpr int arity = 1;
  struct Attributes {
    std::string_view who;
  };
  static void batch(Batching& b) { map_aligned(b, &b.attributes<Attributes>()); }
  static constexpr SaveMask saves(int) { return save_output(); }
  static Tensor forward(Inputs in, const Attributes& attributes) {
    Tensor y = Tensor::uninitialized(in[0].shape(), in[0].dtype());
    const int n = extent(attributes.who, columns(y));
    const Shape batch = batch_shape(y);
    Codes codes(batch);
    visit_floating(y.dtype(), [&]<class T>(std::type_identity<T>) {
      const Items<T> items(in[0]);
      const std::int64_t size = std::int64_t{n} * n;
      T wanted{};
      lapack::getri<T>(n, nullptr, nullptr, &wanted, -1);
      const int needed = work_size(attributes.who, static_cast<double>(wanted));
      for_stretches(batch.size(), 3 * size * n, [&](std::int64_t first, std::int64_t last) {
        std::vector<T> work(static_cast<std::size_t>(needed));
        std::vector<int> pivots(static_cast<std::size_t>(n));
        for (std::int64_t i = first; i < last; ++i) {
          T* result = y.mutable_data<T>() + i * size;
          if (!items[i].is_finite()) {
            std::fill(result, result + size, std::numeric_limits<T>::quiet_NaN());
            continue;
          }
          items[i].copy_rows(result);  // by columns it is A^T, whose inverse by columns is A^-1
          const int info = lapack::getrf(n, result, pivots.data());
          codes[i] = is_singular(items[i].transposed(), result, pivots.data(), info);
          if (codes[i] == 0) lapack::getri(n, result, pivots.data(), work.data(), needed);
        }
      });
    });
    require_regular(attributes.who, codes);
    return y;
  }
  // Giles 2008, 2.2.3.
  static void vjp(Pullback& p) {
    const Tensor yt = transpose(p.output());
    p.give(0, -matmul(matmul(yt, p.cotangent()), yt));
  }
};

// A^k for k >= 1 by repeated squaring.
Tensor power(Tensor base, std::uint64_t k) {
  Tensor result;
  for (;; base = matmul(base, base)) {
    if (k & 1) result = result.defined() ? matmul(result, base) : base;
    k >>= 1;
    if (k == 0) return result;
  }
}

}  // namespace

Tensor solve(const Tensor& a, const Tensor& b, Site site) {
  const CallSite call(site);
  return solve_equations(Solve::name, a, b, [](const Tensor& left, const Tensor& right) {
    return apply<Solve>({&left, &right});
  });
}

Tensor linalg::inverse_for(std::string_view who, const Tensor& a) {
  require_floating(who, a, "A");
  require_square(who, a);
  return apply<Inverse>({&a}, {who});
}

Tensor inverse(const Tensor& a, Site site) {
  const CallSite call(site);
  return inverse_for(Inverse::name, a);
}

Tensor matrix_power(const Tensor& a, std::int64_t k, Site site) {
  const CallSite call(site);
  constexpr std::string_view kWho = "matrix_power";
  require_floating(kWho, a, "A");
  require_square(kWho, a);
  if (k == 0) return broadcast_to(eye(rows(a), a.dtype()), a.shape());
  const auto times = static_cast<std::uint64_t>(k);
  return k > 0 ? power(a, times) : power(inverse_for(kWho, a), ~times + 1);
}

}  // namespace tapestry
