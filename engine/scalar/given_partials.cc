#include "engine/scalar/given_partials.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "engine/grad/sweep.h"
#include "engine/scalar/scalar_jacobian.h"
#include "engine/tape/called.h"
#include "engine/tape/tape_storage.h"
#include "engine/tape/traverse.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::size_t kMost = 32;  // partials of one statement; more make a chain of them

template <std::size_t count>
void reverse(NodeId first, NodeId end, const NodeId* operands, const double* partials,
             const double*, double* adjoints) {
  while (end-- > first) {
    operands -= count;
    partials -= count;
    const double g = adjoints[end];
    if (g == 0) continue;
    for (std::size_t i = 0; i < count; ++i) adjoints[operands[i]] += g * partials[i];
  }
}

void reverse_recorded(const Run& run, Sweep& sweep) {
  for (std::uint32_t i = 0; i < run.count; ++i)
    if (const Scalar g = sweep.number<Scalar>(run.first + i); g.is_tracked() || g.value() != 0)
      refuse("gradient",
             "node {} is made of partials given as numbers, whose derivatives are not known: "
             "create_graph cannot pass it",
             run.first + i);
}

std::string print(const Run& run) {
  return fmt::format("partials={}", fmt::join(run.payload, run.payload_of(1), ","));
}

template <int count>
constexpr KernelOf<double> kernel{
    {"partials", count, count}, &reverse<count>, nullptr, &reverse_recorded, &print};
constexpr auto kernels = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array{kernel<I + 1>...};
}
(std::make_index_sequence<kMost>());

}  // namespace

Scalar with_partials(double value, const std::vector<Scalar>& xs,
                     const std::vector<double>& partials, Site site) {
  const CallSite call(site);
  if (xs.size() != partials.size())
    refuse("with_partials", "{} scalars and {} partials; each scalar has one", xs.size(),
           partials.size());
  Tape* const tape = recording_tape();
  if (!tape) return value;
  std::vector<NodeId> operands;
  std::vector<double> numbers;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const NodeId id = tape->id_of("with_partials", static_cast<int>(i), xs[i]);
    if (!id) continue;
    operands.push_back(id);
    numbers.push_back(partials[i]);
  }
  Scalar result = value;
  for (std::size_t begin = 0; begin < operands.size();) {
    NodeId ids[kMost];
    double parts[kMost];
    std::size_t count = 0;
    if (begin > 0) {
      ids[0] = result.id();
      parts[count++] = 1;
    }
    for (; count < kMost && begin < operands.size(); ++count, ++begin) {
      ids[count] = operands[begin];
      parts[count] = numbers[begin];
    }
    result = tape->record_statement(kernels[count - 1], {ids, count}, {parts, count}, value);
  }
  return result;
}

void preaccumulate(Tape& tape, const TapeMark& mark, const std::vector<Scalar>& xs,
                   std::vector<Scalar>& ys, Site site) {
  const CallSite call(site);
  constexpr std::string_view who = "preaccumulate";
  tape.check_mark(who, mark);
  detail::TapeUse::check_rewind(who, tape, mark.callbacks, false);
  for (NodeId id = mark.next; id <= tape.size(); ++id)
    if (!tape.is_scalar(id))
      refuse(who, "node {} ({}) of the piece is a tensor's", id, tape.op_name(id));
  for (std::size_t i = 0; i < xs.size(); ++i)
    if (!tape.owns(xs[i]) || xs[i].id() >= mark.next)
      refuse(who, "x[{}] is not recorded on this tape before the piece", i);
  std::vector<Scalar> made;
  for (std::size_t i = 0; i < ys.size(); ++i) {
    if (!ys[i].is_tracked()) continue;
    if (!tape.owns(ys[i]) || ys[i].id() > tape.size())
      refuse(who, "y[{}] is not recorded on this tape", i);
    if (ys[i].id() >= mark.next) made.push_back(ys[i]);
  }
  // A node that is listed twice has its partial once.
  std::vector<Scalar> inputs = xs;
  const auto before = [](const Scalar& a, const Scalar& b) { return a.id() < b.id(); };
  const auto same = [](const Scalar& a, const Scalar& b) { return a.id() == b.id(); };
  std::sort(inputs.begin(), inputs.end(), before);
  inputs.erase(std::unique(inputs.begin(), inputs.end(), same), inputs.end());
  if (mark.next <= tape.size())
    runs_up(tape, mark.next, tape.size(), [&](const Run& run) {
      for (const NodeId operand : std::span(run.operands, run.operands_of(run.count)))
        if (operand < mark.next &&
            !std::binary_search(inputs.begin(), inputs.end(), Scalar(0, mark.epoch, operand),
                                before) &&
            !tape.is_constant(operand))
          refuse(who, "the piece reads {} of the tape before it, which is not among the xs",
                 detail::called(tape, operand));
    });
  const Tensor partials = detail::jacobian_of_piece(tape, mark.next, made, inputs);
  // As the tape has them, which a replay may have moved.
  for (Scalar& x : inputs) x = {tape.scalar_value(x.id()), tape.epoch(), x.id()};
  for (Scalar& y : made) y = {tape.scalar_value(y.id()), tape.epoch(), y.id()};
  tape.storage().rewind(mark);
  const Tape::Resume here(&tape);
  const double* row = made.empty() ? nullptr : partials.data<double>();
  auto next = made.begin();
  for (Scalar& y : ys) {
    if (!y.is_tracked() || y.id() < mark.next) continue;
    y = with_partials((next++)->value(), inputs, {row, row + inputs.size()});
    row += inputs.size();
  }
}

}  // namespace tapestry
