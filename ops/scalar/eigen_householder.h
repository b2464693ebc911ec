// Read by Eigen inside its class MatrixBase, see ops/eigen.h: Householder reflections of active
// columns, preferred to Eigen's own since more constrained. It is no header of its own.
//
// x - beta e_1 for the beta with the sign opposite to x_0, so that nothing cancels; tau and the
// rest of the vector as Eigen stores them.
template <typename EssentialPart>
requires tapestry::detail::ScalarType<typename internal::traits<Derived>::Scalar>
void makeHouseholder(EssentialPart& essential, Scalar& tau, RealScalar& beta) const {
  using tapestry::sqrt, tapestry::square;
  const Index n = this->size();
  const Scalar first = this->coeff(0);
  bool plain = true;
  for (Index i = 1; i < n && plain; ++i) {
    const Scalar x = this->coeff(i);
    plain = !x.is_tracked() && tapestry::detail::is_zero(x.value());
  }
  if (plain) {  // zeros that no tape records: nothing to reflect
    tau = Scalar(0);
    beta = first;
    essential.setZero();
    return;
  }
  const auto rest = this->derived().tail(n - 1);
  const Scalar size = square(first) + Scalar(rest.squaredNorm());
  if (tapestry::detail::primal_of(size) == 0)
    tapestry::detail::refuse(
        "eigen",
        "a Householder reflection of a recorded column of {} zeros; it has no derivative there", n);
  const Scalar length = sqrt(size);
  beta = first >= 0 ? Scalar(-length) : length;
  const Scalar scale = first - beta;
  essential = rest / scale;
  tau = (beta - first) / beta;
}
