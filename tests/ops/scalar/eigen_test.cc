// Scalars as numbers of Eigen's matrices: derivatives through its decompositions against closed
// forms, zeros that it would skip among them.
#include "ops/eigen.h"

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>
#include <functional>
#include <sstream>
#include <vector>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;

namespace {

template <class N>
using Matrix = Eigen::Matrix<N, Eigen::Dynamic, Eigen::Dynamic>;
template <class N>
using Vector = Eigen::Matrix<N, Eigen::Dynamic, 1>;
using Plain = Eigen::MatrixXd;

Matrix<Scalar> variables(Tape& tape, const Plain& m) {
  Matrix<Scalar> x(m.rows(), m.cols());
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) x(i, j) = tape.variable(m(i, j));
  return x;
}
// dy/dx, where x has variables; 0 for those that y does not depend on.
Plain slopes(const Scalar& y, const Matrix<Scalar>& x) {
  Plain result(x.rows(), x.cols());
  const std::vector<Scalar> xs(x.data(), x.data() + x.size());
  const std::vector<double> row = jacobian({y}, xs).to_vector();
  std::copy(row.begin(), row.end(), result.data());
  return result;
}
double distance(const Plain& a, const Plain& b) { return (a - b).cwiseAbs().maxCoeff(); }

const Plain kMatrix = (Plain(3, 3) << 4, 1, 0.5, -1, 3, 0.25, 2, -0.5, 5).finished();
const Plain kDefinite = (Plain(3, 3) << 4, 1, 0.5, 1, 3, 0.25, 0.5, 0.25, 5).finished();
const Plain kWeights = (Plain(3, 3) << 0.3, -0.2, 0.7, 0.1, 0.9, -0.4, 0.8, 0.6, -0.5).finished();
const Eigen::Vector3d kRight(1, -2, 0.5);

// Sum of weights times elements.
template <class D>
Scalar weighed(const Eigen::MatrixBase<D>& m, const Plain& weights) {
  return m.cwiseProduct(weights.topLeftCorner(m.rows(), m.cols())).sum();
}

}  // namespace

BOOST_AUTO_TEST_CASE(plain_numbers_matrices_and_expressions_mix_with_scalars) {
  Tape tape;
  const Matrix<Scalar> a = variables(tape, kMatrix);
  const Scalar x = tape.variable(2.0);
  const Matrix<Scalar> b = 2.0 * a + a * 3 - a / 2.0 + kMatrix * a + a * kMatrix + x * a +
                           a * (x * x) + (x + 1) * a + kMatrix * x + a / (x * 2) - kMatrix;
  const Plain right = (2 + 3 - 0.5 + 2 + 4 + 3 + 2 + 0.25 - 1) * kMatrix + 2 * kMatrix * kMatrix;
  for (int i = 0; i < 9; ++i)
    BOOST_TEST(b.data()[i].value() == right.data()[i], boost::test_tools::tolerance(1e-14));
  BOOST_TEST(distance(slopes(weighed(kMatrix * a, kWeights), a), kMatrix.transpose() * kWeights) <
             1e-14);
  const Scalar y = (a.array() * 2).exp().sum() + a.norm() + a.array().abs().maxCoeff() +
                   a.cwiseMin(1.0).sum() + a.col(0).dot(kRight) + a.trace() +
                   a.array().sqrt()(0, 0);
  BOOST_TEST(std::isfinite(gradient(y, a(0, 0))));
  std::ostringstream out;
  out << a.row(1);
  BOOST_TEST(out.str() == "  -1    3 0.25");
}

// x = A^-1 b: with w = A^-T g the slopes are w by b and -w x' by A.
BOOST_AUTO_TEST_CASE(slopes_of_solutions_are_those_of_the_equation) {
  const auto holds = [](const char* name, const Plain& m, const auto& solve) {
    for (const Eigen::Vector3d& right :
         {kRight, Eigen::Vector3d(0, 0, 1), Eigen::Vector3d(0, 0, 0)}) {
      Tape tape;
      const Matrix<Scalar> a = variables(tape, m), b = variables(tape, right);
      const Vector<Scalar> x = solve(a, Vector<Scalar>(b));
      const Eigen::Vector3d expected = m.partialPivLu().solve(right), g = kWeights.col(0),
                            w = m.transpose().partialPivLu().solve(g);
      for (int i = 0; i < 3; ++i) BOOST_TEST(std::abs(x(i).value() - expected(i)) < 1e-13, name);
      const Scalar y = weighed(x, kWeights);
      Plain by_a = slopes(y, a), expected_by_a = -w * expected.transpose();
      if (m == kDefinite) {  // which half is read is the solver's business
        by_a = (by_a + by_a.transpose()).eval();
        expected_by_a = (expected_by_a + expected_by_a.transpose()).eval();
      }
      BOOST_TEST(distance(by_a, expected_by_a) < 1e-13, name << " by A, b = " << right.transpose());
      BOOST_TEST(distance(slopes(y, b), w) < 1e-13, name << " by b, b = " << right.transpose());
    }
  };
  using M = Matrix<Scalar>;
  using V = Vector<Scalar>;
  holds("LLT", kDefinite, [](const M& a, const V& b) -> V { return a.llt().solve(b); });
  holds("LDLT", kDefinite, [](const M& a, const V& b) -> V { return a.ldlt().solve(b); });
  holds("PartialPivLU", kMatrix,
        [](const M& a, const V& b) -> V { return a.partialPivLu().solve(b); });
  holds("FullPivLU", kMatrix, [](const M& a, const V& b) -> V { return a.fullPivLu().solve(b); });
  holds("HouseholderQR", kMatrix,
        [](const M& a, const V& b) -> V { return a.householderQr().solve(b); });
  holds("ColPivHouseholderQR", kMatrix,
        [](const M& a, const V& b) -> V { return a.colPivHouseholderQr().solve(b); });
  holds("FullPivHouseholderQR", kMatrix,
        [](const M& a, const V& b) -> V { return a.fullPivHouseholderQr().solve(b); });
  holds("inverse", kMatrix, [](const M& a, const V& b) -> V { return a.inverse() * b; });
  // Of a matrix that is triangular already, whose zeros are recorded.
  const Plain upper = kMatrix.triangularView<Eigen::Upper>();
  for (const Plain& m : {upper, Plain(upper.transpose())}) {
    holds("HouseholderQR of a triangle", m,
          [](const M& a, const V& b) -> V { return a.householderQr().solve(b); });
    holds("ColPivHouseholderQR of a triangle", m,
          [](const M& a, const V& b) -> V { return a.colPivHouseholderQr().solve(b); });
    holds("PartialPivLU of a triangle", m,
          [](const M& a, const V& b) -> V { return a.partialPivLu().solve(b); });
  }
}

// L = chol(A): dA = dL L' + L dL'.
BOOST_AUTO_TEST_CASE(slopes_of_a_cholesky_factor_are_those_of_its_product) {
  Tape tape;
  const Matrix<Scalar> a = variables(tape, kDefinite);
  const Matrix<Scalar> l = a.llt().matrixL();
  const Scalar y =
      weighed(l * l.transpose(), kWeights);  // the sum of W A, of which the half is read
  const Plain w = slopes(y, a), symmetric = kWeights + kWeights.transpose();
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j <= i; ++j)
      BOOST_TEST(w(i, j) == (i == j ? kWeights(i, i) : symmetric(i, j)),
                 boost::test_tools::tolerance(1e-13));
  const Scalar determinant = 2 * log(l(0, 0) * l(1, 1) * l(2, 2));
  const Plain inverse = kDefinite.inverse(), d = slopes(determinant, a);
  BOOST_TEST(distance(d + d.transpose(), 2 * inverse) < 1e-13);
}

// Q R = A with Q'Q = I: functions of both give back those of A and I.
BOOST_AUTO_TEST_CASE(slopes_of_q_and_r_are_those_of_their_product) {
  for (const Plain& m : {kMatrix, Plain(kMatrix.triangularView<Eigen::Upper>())}) {
    Tape tape;
    const Matrix<Scalar> a = variables(tape, m);
    const Eigen::HouseholderQR<Matrix<Scalar>> qr(a);
    const Matrix<Scalar> q = qr.householderQ(), r = qr.matrixQR().triangularView<Eigen::Upper>();
    BOOST_TEST(distance(slopes(weighed(q * r, kWeights), a), kWeights) < 1e-13);
    BOOST_TEST(distance(slopes(weighed(q.transpose() * q, kWeights), a), Plain::Zero(3, 3)) <
               1e-14);
    BOOST_TEST(distance(slopes(log(abs(r(0, 0) * r(1, 1) * r(2, 2))), a), m.inverse().transpose()) <
               1e-14);
  }
}

BOOST_AUTO_TEST_CASE(slopes_of_determinants_and_inverses_are_those_of_the_textbook) {
  Tape tape;
  const Matrix<Scalar> a = variables(tape, kMatrix);
  const Plain inverse = kMatrix.inverse();
  BOOST_TEST(distance(slopes(a.determinant(), a), kMatrix.determinant() * inverse.transpose()) <
             1e-12);
  BOOST_TEST(distance(slopes(a.partialPivLu().determinant(), a),
                      kMatrix.determinant() * inverse.transpose()) < 1e-12);
  BOOST_TEST(distance(slopes(weighed(a.inverse(), kWeights), a),
                      -inverse.transpose() * kWeights * inverse.transpose()) < 1e-13);
}

// l_i = v_i' A v_i and dv_i = sum_j v_j (v_j' dA v_i) / (l_i - l_j).
BOOST_AUTO_TEST_CASE(slopes_of_eigenvalues_and_eigenvectors_are_those_of_perturbation_theory) {
  const Plain diagonal = Eigen::Vector3d(1, 4, 2).asDiagonal();  // its recorded zeros count
  for (const Plain& m : {kDefinite, diagonal}) {
    Tape tape;
    const Matrix<Scalar> a = variables(tape, m);
    const Eigen::SelfAdjointEigenSolver<Matrix<Scalar>> of(a);
    const Eigen::SelfAdjointEigenSolver<Plain> plain(m);
    const auto lower = [](const Plain& s) {  // by the half that is read
      Plain half = s + s.transpose();
      half.diagonal() /= 2;
      return Plain(half.triangularView<Eigen::Lower>());
    };
    for (int i = 0; i < 3; ++i) {
      const Eigen::Vector3d v = plain.eigenvectors().col(i);
      BOOST_TEST(of.eigenvalues()(i).value() == plain.eigenvalues()(i),
                 boost::test_tools::tolerance(1e-14));
      BOOST_TEST(distance(slopes(of.eigenvalues()(i), a), lower(v * v.transpose())) < 1e-13);
      Eigen::Vector3d along = Eigen::Vector3d::Zero();
      for (int j = 0; j < 3; ++j)
        if (j != i)
          along += plain.eigenvectors().col(j) * plain.eigenvectors().col(j).dot(kRight) /
                   (plain.eigenvalues()(i) - plain.eigenvalues()(j));
      const Scalar y = Vector<Scalar>(of.eigenvectors().col(i)).dot(kRight);
      BOOST_TEST(distance(slopes(y, a), lower(along * v.transpose())) < 1e-13);
    }
    const Matrix<Scalar> root = of.operatorSqrt();
    BOOST_TEST(distance(slopes(weighed(root * root, kWeights), a), lower(kWeights)) < 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(second_and_third_derivatives_of_eigenvalues_are_right_too) {
  Tape tape;
  const Scalar x = tape.variable(0.75);
  Eigen::Matrix<Scalar, 2, 2> a;
  a << 1.0, x, x, 2.0;
  const Scalar low = Eigen::SelfAdjointEigenSolver<Eigen::Matrix<Scalar, 2, 2>>(a).eigenvalues()(0);
  // 1.5 - sqrt(0.25 + x^2)
  const double s = std::sqrt(0.25 + 0.75 * 0.75);
  const Scalar first = gradient(low, x, {.create_graph = true}),
               second = gradient(first, x, {.create_graph = true});
  BOOST_TEST(first.value() == -0.75 / s, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(second.value() == -0.25 / (s * s * s), boost::test_tools::tolerance(1e-13));
  BOOST_TEST(gradient(second, x) == 3 * 0.25 * 0.75 / (s * s * s * s * s),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(scalars_of_other_numbers_are_numbers_of_eigen_too) {
  BasicTape<float> floats;
  Eigen::Matrix<BasicScalar<float>, 2, 2> f;
  const BasicScalar<float> z = floats.variable(3.0f);
  f << z, 1, 0, 2;
  const Eigen::Matrix<BasicScalar<float>, 2, 1> right(6, 0),
      solution = f.householderQr().solve(right);
  BOOST_TEST(gradient(solution(0), z) == -6.0f / 9, boost::test_tools::tolerance(1e-6f));
  Tape outer;
  BasicTape<Scalar> inner;
  const Scalar a = outer.variable(3.0);
  const BasicScalar<Scalar> x = inner.variable(a);
  Eigen::Matrix<BasicScalar<Scalar>, 2, 2> m;
  m << x, 1.0, 0.0, x * x;
  const Scalar slope = gradient(m.partialPivLu().determinant(), x);
  BOOST_TEST(slope.value() == 27);
  BOOST_TEST(gradient(slope, a) == 18);
}

BOOST_AUTO_TEST_CASE(what_has_no_derivative_is_refused) {
  Tape tape;
  const Matrix<Scalar> zeros = variables(tape, Plain::Zero(3, 3));
  BOOST_TEST(
      refusal([&] { zeros.householderQr(); }) ==
      "[eigen] a Householder reflection of a recorded column of 3 zeros; it has no derivative "
      "there");
  const Matrix<Scalar> equal = variables(tape, Plain::Identity(2, 2));
  BOOST_TEST(refusal([&] { Eigen::SelfAdjointEigenSolver<Matrix<Scalar>> of(equal); }) ==
             "[eigen] eigenvalues 0 and 1 are 1 and 1; equal ones have no derivatives one by one");
  const Matrix<Scalar> passive = Matrix<Scalar>::Identity(2, 2);
  BOOST_TEST(Eigen::SelfAdjointEigenSolver<Matrix<Scalar>>(passive).eigenvalues()(1).value() == 1);
}

BOOST_AUTO_TEST_CASE(what_deduces_the_type_of_an_expression_takes_its_scalar) {
  Tape tape;
  const Scalar x = tape.variable(3.0);
  const Eigen::Matrix<Scalar, 2, 1> v(x, 4.0);
  const Scalar norm = v.stableNorm();
  BOOST_TEST(norm.value() == 5);
  BOOST_TEST(gradient(norm, x) == 0.6, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(gradient(Scalar(Eigen::numext::abs2(x / 2)), x) == 1.5);
}
