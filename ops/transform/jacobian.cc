#include "ops/transform/jacobian.h"

#include "engine/tensor/escapes.h"
#include "engine/tensor/factory.h"
#include "ops/layout/join.h"
#include "ops/layout/view.h"

namespace tapestry {
using namespace detail;
namespace {

Shape joined(const Shape& first, const Shape& second) {
  Shape shape = first;
  for (std::int64_t extent : second) shape.push_back(extent);
  return shape;
}

// The unit tensors of a shape, in row-major order.
Tensor unit(const Shape& shape, DType dtype, std::int64_t i) {
  Tensor e = zeros(shape, dtype);
  visit_floating(dtype, [&]<class T>(std::type_identity<T>) { e.mutable_data<T>()[i] = 1; });
  return e;
}

}  // namespace

Tensor jacobian_reverse(const Function& f, const Tensor& x, Site site) {
  detail::require_function("jacobian_reverse", f);
  const auto [y, pull] = vjp(f, x, site);
  std::vector<Tensor> rows;
  for (std::int64_t i = 0; i < y.size(); ++i) rows.push_back(pull(unit(y.shape(), y.dtype(), i)));
  const Shape shape = joined(y.shape(), x.shape());
  return rows.empty() ? zeros(shape, x.dtype()) : reshape(stack(rows), shape);
}

Tensor jacobian_forward(const Function& f, const Tensor& x, Site site) {
  detail::require_function("jacobian_forward", f);
  std::vector<Tensor> columns;
  for (std::int64_t i = 0; i < x.size(); ++i)
    columns.push_back(jvp(f, x, unit(x.shape(), x.dtype(), i), site).second);
  if (columns.empty()) return zeros(joined(f(detach(x)).shape(), x.shape()), x.dtype());
  const Shape y = columns[0].shape();
  return reshape(stack(columns, y.rank()), joined(y, x.shape()));
}

Tensor jacobian(const Function& f, const Tensor& x, Site site) {
  detail::require_function("jacobian", f);
  std::int64_t results = 0;
  {
    const PauseRecording pause;
    const detail::UnwatchedReading counted;
    results = f(detach(x)).size();
  }
  return results <= x.size() ? jacobian_reverse(f, x, site) : jacobian_forward(f, x, site);
}

Tensor hessian(const Function& f, const Tensor& x, Site site) {
  detail::require_function("hessian", f);
  return jacobian_forward(grad(f, site), x, site);
}

Tensor hvp(const Function& f, const Tensor& x, const Tensor& v, Site site) {
  detail::require_function("hvp", f);
  return jvp(grad(f, site), x, v, site).second;
}

}  // namespace tapestry
