#include "tests/golden/table.h"

namespace tapestry::golden {
namespace {

// left diag(1, 2, ...) right: what does not depend on the signs of vectors.
Tensor weighed_pair(const Tensor& left, const Tensor& right) {
  return matmul(left * (arange(left.shape().back(), left.dtype()) + 1), right);
}

MatrixNorm kind(const Attributes& with) {
  static const std::map<std::string, MatrixNorm> kinds{{"frobenius", MatrixNorm::frobenius},
                                                       {"nuclear", MatrixNorm::nuclear},
                                                       {"one", MatrixNorm::one},
                                                       {"infinity", MatrixNorm::infinity},
                                                       {"two", MatrixNorm::two}};
  return kinds.at(with.at("kind"));
}

}  // namespace

Table linalg_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"cholesky", [](X x, With) -> Results { return cholesky(x[0]); }},
      {"solve", [](X x, With) -> Results { return solve(x[0], x[1]); }},
      {"triangular_solve",
       [](X x, With with) -> Results {
         return triangular_solve(x[0], x[1],
                                 {.upper = with.value("upper", false),
                                  .transpose = with.value("transpose", false),
                                  .unit = with.value("unit", false)});
       }},
      {"inverse", [](X x, With) -> Results { return inverse(x[0]); }},
      {"det", [](X x, With) -> Results { return det(x[0]); }},
      {"slogdet",
       [](X x, With) -> Results {
         const auto [sign, logabsdet] = slogdet(x[0]);
         return {sign, logabsdet};
       }},
      {"qr",
       [](X x, With) -> Results {
         const auto [q, r] = qr(x[0]);
         return {q, r};
       }},
      {"eigh",
       [](X x, With) -> Results {
         const auto [w, v] = eigh(x[0]);
         return {w, weighed_pair(v, transpose(v))};
       }},
      {"eigvalsh", [](X x, With) -> Results { return eigvalsh(x[0]); }},
      {"svd",
       [](X x, With) -> Results {
         const auto [u, s, vh] = svd(x[0]);
         return {s, weighed_pair(u, transpose(u)), weighed_pair(u, vh),
                 weighed_pair(transpose(vh), vh)};
       }},
      {"svdvals", [](X x, With) -> Results { return svdvals(x[0]); }},
      {"pinv", [](X x, With) -> Results { return pinv(x[0]); }},
      {"lstsq", [](X x, With) -> Results { return lstsq(x[0], x[1]); }},
      {"matrix_power", [](X x, With with) -> Results { return matrix_power(x[0], with.at("n")); }},
      {"expm", [](X x, With) -> Results { return expm(x[0]); }},
      {"matrix_norm", [](X x, With with) -> Results { return matrix_norm(x[0], kind(with)); }},
  };
}

}  // namespace tapestry::golden
