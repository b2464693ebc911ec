// Eigen's SelfAdjointEigenSolver of active scalars: Eigen decomposes the plain numbers, and two
// steps of refinement, recorded, give the derivatives. A step takes an error in the vectors to its
// square (T. Ogita, K. Aishima, Iterative refinement for symmetric eigenvalue decomposition, 2018),
// and so a change of the matrix, of which the plain vectors know nothing, up to the third order
// after two.
#pragma once

#include "ops/scalar/c_math.h"

namespace Eigen {

template <typename M>
class SelfAdjointEigenSolver;  // of <Eigen/Eigenvalues>

template <class T, int rows, int columns, int options, int max_rows, int max_columns>
class SelfAdjointEigenSolver<
    Matrix<tapestry::BasicScalar<T>, rows, columns, options, max_rows, max_columns>> {
  static_assert(!tapestry::detail::has_lanes<T>,
                "lanes have no common eigenvectors: decompose each lane");

 public:
  using Scalar = tapestry::BasicScalar<T>;
  using RealScalar = Scalar;
  using MatrixType = Matrix<Scalar, rows, columns, options, max_rows, max_columns>;
  using EigenvectorsType = MatrixType;
  using RealVectorType = Matrix<Scalar, columns, 1, 0, max_columns, 1>;

  SelfAdjointEigenSolver() = default;
  explicit SelfAdjointEigenSolver(Index) {}
  template <class D>
  explicit SelfAdjointEigenSolver(const EigenBase<D>& matrix, int what = ComputeEigenvectors) {
    compute(matrix, what);
  }

  // Of the lower triangle. Error where two eigenvalues are equal, to rounding, and the matrix is
  // recorded: vectors have no derivatives there.
  template <class D>
  SelfAdjointEigenSolver& compute(const EigenBase<D>& matrix, int = ComputeEigenvectors) {
    MatrixType a = matrix.derived();
    const Index n = a.rows();
    using Plain = Matrix<double, rows, columns, options, max_rows, max_columns>;
    Plain numbers(n, n);
    bool active = false;
    for (Index j = 0; j < n; ++j)
      for (Index i = j; i < n; ++i) {
        a(j, i) = a(i, j);
        const double number = tapestry::detail::primal_of(a(i, j));
        numbers(i, j) = numbers(j, i) = number;
        active = active || a(i, j).is_tracked();
        (void)(a(i, j) == number);  // noted: elsewhere the plain vectors are others
      }
    const SelfAdjointEigenSolver<Plain> plain(numbers);
    info_ = plain.info();
    m_eivec = plain.eigenvectors().template cast<Scalar>();
    values_ = plain.eigenvalues().template cast<Scalar>();
    if (!active || info_ != Success) return *this;
    const auto& at = plain.eigenvalues();
    const double size = at.cwiseAbs().maxCoeff() * static_cast<double>(n);
    for (Index i = 1; i < n; ++i)
      if (at(i) - at(i - 1) <= size * 4 * std::numeric_limits<double>::epsilon())
        tapestry::detail::refuse(
            "eigen",
            "eigenvalues {} and {} are {} and {}; equal ones have no derivatives one by one", i - 1,
            i, at(i - 1), at(i));
    refine(a);
    refine(a);
    return *this;
  }
  template <class D>
  SelfAdjointEigenSolver& computeDirect(const EigenBase<D>& matrix,
                                        int what = ComputeEigenvectors) {
    return compute(matrix, what);
  }

  const EigenvectorsType& eigenvectors() const { return m_eivec; }
  const RealVectorType& eigenvalues() const { return values_; }
  ComputationInfo info() const { return info_; }
  MatrixType operatorSqrt() const {
    return m_eivec * values_.cwiseSqrt().asDiagonal() * m_eivec.transpose();
  }
  MatrixType operatorInverseSqrt() const {
    return m_eivec * values_.cwiseInverse().cwiseSqrt().asDiagonal() * m_eivec.transpose();
  }

 protected:
  EigenvectorsType m_eivec;  // Eigen's GeneralizedSelfAdjointEigenSolver goes on with it

 private:
  // With r = I - X'X and s = X'AX: values s_ii / (1 - r_ii), and X (I + e) with
  // e_ij = (s_ij + l_j r_ij) / (l_j - l_i), e_ii = r_ii / 2.
  void refine(const MatrixType& a) {
    const Index n = a.rows();
    const MatrixType r = MatrixType::Identity(n, n) - m_eivec.transpose() * m_eivec;
    const MatrixType s = m_eivec.transpose() * (a * m_eivec);
    MatrixType e(n, n);
    for (Index i = 0; i < n; ++i) values_(i) = s(i, i) / (1 - r(i, i));
    for (Index j = 0; j < n; ++j)
      for (Index i = 0; i < n; ++i)
        if (i == j)
          e(i, i) = 0.5 * r(i, i);
        else
          e(i, j) = (s(i, j) + values_(j) * r(i, j)) / (values_(j) - values_(i));
    m_eivec = (m_eivec + m_eivec * e).eval();
  }

  RealVectorType values_;
  ComputationInfo info_ = InvalidInput;
};

}  // namespace Eigen
