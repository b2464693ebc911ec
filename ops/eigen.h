// Active scalars as numbers of Eigen's matrices: products with plain ones, decompositions, solvers.
// Include it before Eigen's own headers. docs/porting.md says what Eigen does behind one's back;
// here that is mended or refused:
//
// - triangular solves skip zeros of the right-hand side, whose partials are not zero: a recorded
// zero is
//   not skipped;
// - Householder reflections skip columns that are zero below the diagonal: a recorded one is
// reflected
//   (ops/scalar/eigen_householder.h), which turns the sign of that row of R and column of Q; a
//   column that is all zero has no derivative, an Error;
// - SelfAdjointEigenSolver iterates until what is left is small, and drops it: here it computes the
// plain
//   numbers and refines them, with derivatives up to the third order; equal eigenvalues are an
//   Error, the tensor's eigh() knows more of them;
// - solvers that drop what is small otherwise, and have no such mend, do not compile: JacobiSVD,
// BDCSVD,
//   EigenSolver, ComplexEigenSolver, RealSchur, RealQZ and those made of them, and sparse
//   triangular solves.
#pragma once

#if defined(EIGEN_WORLD_VERSION)
#error "include ops/eigen.h before the headers of Eigen: it mends what these skip"
#endif
#if defined(EIGEN_MATRIXBASE_PLUGIN)
#error "ops/eigen.h needs EIGEN_MATRIXBASE_PLUGIN for itself: do not define it"
#endif
#define EIGEN_MATRIXBASE_PLUGIN "ops/scalar/eigen_householder.h"

#include <type_traits>

#include "ops/scalar/c_math.h"
#include "ops/scalar/number_stream.h"

namespace Eigen::numext {
// What Eigen asks before it skips a zero. Declared first: its templates look no further.
template <class T>
bool not_equal_strict(const tapestry::BasicScalar<T>& x, const tapestry::BasicScalar<T>& z) {
  return x.is_tracked() || z.is_tracked() || x != z;
}
template <class T>
bool equal_strict(const tapestry::BasicScalar<T>& x, const tapestry::BasicScalar<T>& z) {
  return !not_equal_strict(x, z);
}
}  // namespace Eigen::numext

#if __has_include(<Eigen/Core>)
#include <Eigen/Core>
#else
#include <eigen3/Eigen/Core>
#endif

#include "ops/scalar/eigen_symmetric.h"

template <class T>
struct Eigen::NumTraits<tapestry::BasicScalar<T>> : GenericNumTraits<tapestry::BasicScalar<T>> {
  using Real = tapestry::BasicScalar<T>;
  using NonInteger = tapestry::BasicScalar<T>;
  using Nested = tapestry::BasicScalar<T>;
  using Literal = tapestry::BasicScalar<T>;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 2,
    AddCost = 8,
    MulCost = 8
  };
  static Real dummy_precision() { return std::numeric_limits<Real>::digits == 24 ? 1e-5 : 1e-12; }
};

// numext::abs2(x / z) and the like deduce the type of an expression, and compute with it: its
// scalar stands for it.
namespace Eigen::internal {
template <tapestry::ScalarExpressionType E>
struct global_math_functions_filtering_base<E> {
  using type = tapestry::BasicScalar<typename E::Number>;
};
}  // namespace Eigen::internal

// Plain numbers beside scalars, in whatever operation.
template <class T, class X, class Operation>
requires tapestry::detail::PlainBeside<X, T>
struct Eigen::ScalarBinaryOpTraits<tapestry::BasicScalar<T>, X, Operation> {
  using ReturnType = tapestry::BasicScalar<T>;
};
template <class T, class X, class Operation>
requires tapestry::detail::PlainBeside<X, T>
struct Eigen::ScalarBinaryOpTraits<X, tapestry::BasicScalar<T>, Operation> {
  using ReturnType = tapestry::BasicScalar<T>;
};

namespace tapestry::detail {
template <class M>
concept ActiveMatrix = ScalarType<typename M::Scalar>;
template <class M>
inline constexpr bool refused = false;
}  // namespace tapestry::detail

// ---- products with plain matrices: Eigen's kernels take one type of number ----
namespace Eigen::internal {
template <class Lhs, class Rhs>
struct MixedProduct {
  using Scalar =
      typename ScalarBinaryOpTraits<typename Lhs::Scalar, typename Rhs::Scalar>::ReturnType;
  template <class M>
  static decltype(auto) active(const M& m) {
    if constexpr (std::is_same_v<typename M::Scalar, Scalar>)
      return (m);
    else
      return m.template cast<Scalar>().eval();
  }
  template <class To>
  static void evalTo(To& to, const Lhs& x, const Rhs& z) {
    to.noalias() = active(x) * active(z);
  }
  template <class To>
  static void addTo(To& to, const Lhs& x, const Rhs& z) {
    to.noalias() += active(x) * active(z);
  }
  template <class To>
  static void subTo(To& to, const Lhs& x, const Rhs& z) {
    to.noalias() -= active(x) * active(z);
  }
  template <class To, class Factor>
  static void scaleAndAddTo(To& to, const Lhs& x, const Rhs& z, const Factor& factor) {
    to.noalias() += factor * (active(x) * active(z));
  }
};
template <class Lhs, class Rhs>
concept MixedMatrices =
    !std::is_same_v<typename Lhs::Scalar, typename Rhs::Scalar> &&
    (tapestry::detail::ActiveMatrix<Lhs> || tapestry::detail::ActiveMatrix<Rhs>);
template <class Lhs, class Rhs>
requires MixedMatrices<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemmProduct>
    : MixedProduct<Lhs, Rhs> {
};
template <class Lhs, class Rhs>
requires MixedMatrices<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemvProduct>
    : MixedProduct<Lhs, Rhs> {
};
}  // namespace Eigen::internal

// ---- refused: they decide by small numbers what to drop, and with it go derivatives ----
namespace Eigen {
#define TAPESTRY_REFUSED(name)                                                                   \
  template <typename M>                                                                          \
  class name;                                                                                    \
  template <tapestry::detail::ActiveMatrix M>                                                    \
  class name<M> {                                                                                \
    static_assert(                                                                               \
        tapestry::detail::refused<M>,                                                            \
        #name " loses derivatives of scalars; stack() them and take svd or eigh of the tensor"); \
  };
TAPESTRY_REFUSED(BDCSVD)
TAPESTRY_REFUSED(EigenSolver)
TAPESTRY_REFUSED(ComplexEigenSolver)
TAPESTRY_REFUSED(ComplexSchur)
TAPESTRY_REFUSED(RealSchur)
TAPESTRY_REFUSED(RealQZ)
TAPESTRY_REFUSED(GeneralizedEigenSolver)
#undef TAPESTRY_REFUSED
template <tapestry::detail::ActiveMatrix M, int conditioner>
class JacobiSVD<M, conditioner> {
  static_assert(tapestry::detail::refused<M>,
                "JacobiSVD loses derivatives of scalars; stack() them and take svd of the tensor");
};

namespace internal {
#define TAPESTRY_REFUSED(name, triangle)                                                 \
  template <tapestry::detail::ActiveMatrix Lhs, typename Rhs, int mode>                  \
  struct name<Lhs, Rhs, mode, triangle, ColMajor> {                                      \
    static_assert(tapestry::detail::refused<Lhs>,                                        \
                  "a sparse triangular solve skips zeros of the right-hand side, whose " \
                  "derivatives are not zero");                                           \
  };
template <typename Lhs, typename Rhs, int mode, int triangle, int order>
struct sparse_solve_triangular_selector;
TAPESTRY_REFUSED(sparse_solve_triangular_selector, Lower)
TAPESTRY_REFUSED(sparse_solve_triangular_selector, Upper)
#undef TAPESTRY_REFUSED
}  // namespace internal
}  // namespace Eigen
