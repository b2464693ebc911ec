#include "engine/grad/bridge.h"

#include <algorithm>
#include <span>

#include "engine/grad/pullback.h"
#include "engine/grad/sweep.h"
#include "engine/tape/apply.h"
#include "engine/tape/called.h"
#include "engine/tape/captures.h"
#include "engine/tape/nesting.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/escapes.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/number.h"

namespace tapestry {
using namespace detail;
namespace {

Scalar record_at(const Tensor& read, std::int64_t position, double value);

struct StackScalars {
  static constexpr std::string_view name = "stack";
  static constexpr int arity = kVariadic;
  static constexpr std::string_view example_by_example = "scalars have no axes";
  static Tensor forward(Inputs) { refuse("stack", "is executed by the tape"); }
  static void vjp(Pullback& p) {
    const Tensor& adjoint = p.cotangent();
    const std::vector<double> numbers = numbers_of(p, adjoint);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const NodeId operand = p.node().operands[i];
      if (!p.wants(static_cast<int>(i))) continue;
      if (p.sweep().recorded())
        p.sweep().add(operand, record_at(adjoint, static_cast<std::int64_t>(i), numbers[i]));
      else
        p.sweep().add(operand, numbers[i]);
    }
  }
  static std::vector<double> numbers_of(const Pullback& p, const Tensor& adjoint) {
    if (!p.sweep().recorded()) return adjoint.to_vector();
    const detail::UnwatchedReading recorded;
    return adjoint.to_vector();
  }
};

template <class Number>
void reverse_at(const Run& run, Sweep& sweep) {
  for (std::uint32_t i = run.count; i-- > 0;)
    if (const Number adjoint = sweep.number<Number>(run.first + i); !is_zero(adjoint))
      sweep.add_element(run.operands[i], static_cast<std::size_t>(run.payload[i]), adjoint);
}

constexpr KernelOf<double> kAt{
    {"at", 1, 1},
    nullptr,
    nullptr,
    [](const Run& run, Sweep& sweep) {
      sweep.recorded() ? reverse_at<Scalar>(run, sweep) : reverse_at<double>(run, sweep);
    },
    [](const Run& run) {
      return fmt::format("index={}", static_cast<std::int64_t>(run.payload[0]));
    }};

Scalar record_at(const Tensor& read, std::int64_t position, double value) {
  Tape* tape = recording_tape();
  if (tape && read.is_tracked() && !detail::lives_here(read))
    detail::refuse_stale("at", "a handle", read.epoch());
  const Tensor x = tape ? detail::known_to(*tape, read) : read;
  while (tape && !tape->owns(x)) tape = tape->outer();
  if (!tape) {
    if (detail::context.escapes) detail::note_reading(x);
    return value;
  }
  if (tape->outer_value(x.id()).defined())
    refuse("at", "the tensor is followed by an outer tape, too: scalars do not nest");
  detail::note_function();
  const NodeId operand = x.id();
  const auto index = static_cast<double>(position);
  return tape->record_statement(kAt, {&operand, 1}, {&index, 1}, value);
}

}  // namespace

namespace {

void note_outer(const Tape& tape, const std::vector<Scalar>& scalars) {
  std::string& first = detail::context.escapes->outer_scalar;
  for (const Scalar& x : scalars)
    if (first.empty() && tape.owns(x)) first = detail::called(tape, x.id());
}

}  // namespace

Tensor stack(const std::vector<Scalar>& scalars, const Shape& shape, DType dtype, Site site) {
  const CallSite call(site);
  if (static_cast<std::int64_t>(scalars.size()) != shape.size())
    refuse("stack", "{} scalars do not fill shape {}", scalars.size(), shape);
  std::vector<double> numbers;
  numbers.reserve(scalars.size());
  for (const Scalar& x : scalars) numbers.push_back(x.value());
  const Tensor result = from_vector(numbers, shape).to(dtype);
  const auto owned_by = [&](const Tape& tape) {
    return std::any_of(scalars.begin(), scalars.end(), [&](Scalar x) { return tape.owns(x); });
  };
  for (const Scalar& x : scalars) detail::note_captured(x);
  Tape* const recording = recording_tape();
  Tape* tape = recording;
  while (tape && !owned_by(*tape)) tape = tape->outer();
  if (!tape) {  // passive, or stale
    for (std::size_t i = 0; recording && i < scalars.size(); ++i)
      recording->id_of("stack", static_cast<int>(i), scalars[i]);
    return result;
  }
  if (tape != recording && detail::context.escapes) note_outer(*tape, scalars);
  return tape->record_bridge(op_of<StackScalars>, scalars, nullptr, result);
}

Tensor stack(const std::vector<Scalar>& scalars, DType dtype, Site site) {
  const CallSite call(site);
  return stack(scalars, {static_cast<std::int64_t>(scalars.size())}, dtype);
}

Scalar at(const Tensor& x, const Dims& index, Site site) {
  const CallSite call(site);
  if (index.rank() != x.rank()) refuse("at", "index {} does not fit shape {}", index, x.shape());
  std::int64_t position = 0, offset = 0;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t extent = x.shape()[axis],
                       here = index[axis] + (index[axis] < 0 ? extent : 0);
    if (here < 0 || here >= extent)
      refuse("at", "index {} is out of range for shape {}", index, x.shape());
    position = position * extent + here;
    offset += here * x.strides()[axis];
  }
  const double value = visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    const detail::UnwatchedReading recorded;
    return static_cast<double>(x.data<T>()[offset]);
  });
  return record_at(x, position, value);
}

Scalar Tensor::at(const Dims& place, Site site) const { return tapestry::at(*this, place, site); }

std::vector<Scalar> unstack(const Tensor& x, Site site) {
  const CallSite call(site);
  std::vector<double> numbers;
  {
    const detail::UnwatchedReading recorded;
    numbers = x.to_vector();
  }
  std::vector<Scalar> scalars;
  scalars.reserve(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    scalars.push_back(record_at(x, static_cast<std::int64_t>(i), numbers[i]));
  return scalars;
}

}  // namespace tapestry
