#include "tests/ops/page/ways.h"

#include "engine/tensor/factory.h"
#include "ops/layout/join.h"
#include "ops/scalar/replay_batch.h"
#include "ops/transform/jacobian.h"
#include "ops/transform/vmap.h"

namespace tapestry::exact {
namespace {

Tensor tensor_of(const Numbers& numbers, DType dtype) {
  return from_vector(numbers, {std::ssize(numbers)}).to(dtype);
}

template <DType dtype, bool recorded>
Found by_tensors(const Line& line, const Numbers& xs, const Numbers& zs) {
  Tape tape;
  const Tensor x = tape.variable(tensor_of(xs, dtype)), z = tape.variable(tensor_of(zs, dtype));
  const Tensor y = line.tensor(x, z);
  std::vector<Tensor> by{x};
  if (line.binary) by.push_back(z);
  const std::vector<Tensor> partials =
      gradient(y, by, {.create_graph = recorded, .cotangent = ones(x.shape(), dtype)});
  Found found{y.to_vector(), partials[0].to_vector(), {}};
  if (line.binary) found.dz = partials[1].to_vector();
  return found;
}

template <DType dtype>
Found by_jvp(const Line& line, const Numbers& xs, const Numbers& zs) {
  const Tensor x = tensor_of(xs, dtype), z = tensor_of(zs, dtype), one = ones(x.shape(), dtype);
  const auto along = [&](const detail::Function& f, const Tensor& at) {
    return jvp(f, at, one).second.to_vector();
  };
  Found found{line.tensor(x, z).to_vector(), {}, {}};
  found.dx = along([&](const Tensor& u) { return line.tensor(u, z); }, x);
  if (line.binary) found.dz = along([&](const Tensor& u) { return line.tensor(x, u); }, z);
  return found;
}

Found by_vmap(const Line& line, const Numbers& xs, const Numbers& zs) {
  const Tensor x = tensor_of(xs, DType::f64), z = tensor_of(zs, DType::f64);
  const detail::FunctionOfMany partials = [&](const std::vector<Tensor>& at) {
    std::vector<Tensor> by{grad([&](const Tensor& u) { return line.tensor(u, at[1]); })(at[0])};
    if (line.binary)
      by.push_back(grad([&](const Tensor& u) { return line.tensor(at[0], u); })(at[1]));
    return by;
  };
  const std::vector<Tensor> found = vmap(partials, {0, 0})({x, z});
  return {line.tensor(x, z).to_vector(), found[0].to_vector(),
          line.binary ? found[1].to_vector() : Numbers{}};
}

// Each point a statement, and all of them added up.
template <class T, class F>
Found by_statements(F f, auto& tape, const Numbers& xs, const Numbers& zs, bool binary,
                    auto partials) {
  using Active = BasicScalar<T>;
  std::vector<Active> x, z;
  Active total = 0;
  Found found;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    x.push_back(tape.variable(static_cast<T>(xs[i])));
    z.push_back(tape.variable(static_cast<T>(zs[i])));
    const Active y = f(x[i], z[i]);
    found.y.push_back(static_cast<double>(y.value()));
    total += y;
  }
  const auto numbers = [](const auto& all) {
    Numbers result;
    for (const auto& p : all)
      if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(p)>>)
        result.push_back(static_cast<double>(p));
      else
        result.push_back(p.value());
    return result;
  };
  found.dx = numbers(partials(total, x));
  if (binary) found.dz = numbers(partials(total, z));
  return found;
}

Found by_scalars(const Line& line, const Numbers& xs, const Numbers& zs) {
  Tape tape;
  return by_statements<double>(line.scalar, tape, xs, zs, line.binary,
                               [](Scalar y, const auto& by) { return gradient(y, by); });
}
Found by_recorded_scalars(const Line& line, const Numbers& xs, const Numbers& zs) {
  Tape tape;
  return by_statements<double>(
      line.scalar, tape, xs, zs, line.binary,
      [](Scalar y, const auto& by) { return gradient(y, by, {.create_graph = true}); });
}
Found by_floats(const Line& line, const Numbers& xs, const Numbers& zs) {
  BasicTape<float> tape;
  return by_statements<float>(line.narrow, tape, xs, zs, line.binary,
                              [](const auto& y, const auto& by) { return gradient(y, by); });
}

Found by_lanes(const Line& line, const Numbers& xs, const Numbers& zs) {
  Found found;
  for (std::size_t first = 0; first < xs.size(); first += kLanes) {
    const std::size_t count = std::min(kLanes, xs.size() - first);
    Lanes at(xs[first]), beside(zs[first]);
    for (std::size_t k = 0; k < count; ++k) at.set(k, xs[first + k]), beside.set(k, zs[first + k]);
    BasicTape<Lanes> tape;
    const BasicScalar<Lanes> x = tape.variable(at), z = tape.variable(beside), y = line.lanes(x, z);
    const Lanes dx = gradient(y, x), dz = line.binary ? gradient(y, z) : Lanes(0);
    for (std::size_t k = 0; k < count; ++k) {
      found.y.push_back(y.value()[k]);
      found.dx.push_back(dx[k]);
      found.dz.push_back(dz[k]);
    }
  }
  return found;
}

// Recorded at the first point, replayed at all of them.
Found by_replay(const Line& line, const Numbers& xs, const Numbers& zs) {
  Tape tape;
  const Scalar x = tape.variable(xs[0]), z = tape.variable(zs[0]), y = line.scalar(x, z);
  std::vector<Scalar> by{x};
  std::vector<Tensor> at{tensor_of(xs, DType::f64)};
  if (line.binary) by.push_back(z), at.push_back(tensor_of(zs, DType::f64));
  const auto result = replay_value_and_grad(y, by, stack(at, 1));
  const Numbers partials = result.gradients.to_vector();
  Found found{result.values.to_vector(), {}, {}};
  for (std::size_t i = 0; i < partials.size(); i += by.size()) {
    found.dx.push_back(partials[i]);
    if (line.binary) found.dz.push_back(partials[i + 1]);
  }
  return found;
}

Found by_duals(const Line& line, const Numbers& xs, const Numbers& zs) {
  Found found;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    Dual x(xs[i]), z(zs[i]);
    x.tangent.set(0, 1);
    z.tangent.set(1, 1);
    const Dual y = line.dual(x, z);
    found.y.push_back(y.value);
    found.dx.push_back(y.tangent[0]);
    found.dz.push_back(y.tangent[1]);
  }
  return found;
}

}  // namespace

const std::vector<Way>& ways() {
  static const std::vector<Way> all{
      {"tensors of f64", false, 1, &by_tensors<DType::f64, false>},
      {"tensors of f32", true, 1, &by_tensors<DType::f32, false>},
      {"tensors of f64, recorded", false, 2, &by_tensors<DType::f64, true>},
      {"tensors of f32, recorded", true, 2, &by_tensors<DType::f32, true>},
      {"tensors of f64, forward", false, 1, &by_jvp<DType::f64>},
      {"tensors of f32, forward", true, 1, &by_jvp<DType::f32>},
      {"vmap", false, 2, &by_vmap},
      {"scalars", false, 1, &by_scalars},
      {"scalars, recorded", false, 2, &by_recorded_scalars},
      {"scalars of float", true, 1, &by_floats},
      {"scalars of lanes", false, 2, &by_lanes},
      {"a replay", false, 1, &by_replay},
      {"dual numbers", false, 1, &by_duals}};
  return all;
}

}  // namespace tapestry::exact
