#include "engine/slopes.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "engine/called.h"
#include "engine/scalar_jacobian.h"
#include "engine/sweep.h"
#include "engine/tape_storage.h"
#include "engine/walk.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::size_t kMost = 32;  // slopes of one statement; more make a chain of them

template <std::size_t count>
void walk(NodeId first, NodeId end, const NodeId* leaves, const double* slopes, const double*,
          double* adjoints) {
  while (end-- > first) {
    leaves -= count;
    slopes -= count;
    const double g = adjoints[end];
    if (g == 0) continue;
    for (std::size_t i = 0; i < count; ++i) adjoints[leaves[i]] += g * slopes[i];
  }
}

void reverse_recorded(const Run& run, Sweep& sweep) {
  for (std::uint32_t i = 0; i < run.count; ++i)
    if (const Scalar g = sweep.number<Scalar>(run.first + i); g.is_tracked() || g.value() != 0)
      refuse("gradient",
             "node {} is made of slopes given as numbers, whose derivatives nobody knows: "
             "create_graph cannot pass it",
             run.first + i);
}

std::string print(std::span<const double> slopes) {
  std::string text = "slopes=";
  for (std::size_t i = 0; i < slopes.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ",", slopes[i]);
  return text;
}

template <std::size_t count>
constexpr StatementKernel kernel_of() {
  return {"slopes",
          static_cast<int>(count),
          static_cast<int>(count),
          &walk<count>,
          nullptr,
          &reverse_recorded,
          &print};
}
constexpr auto kernels = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<StatementKernel, kMost>{kernel_of<I + 1>()...};
}
(std::make_index_sequence<kMost>());

}  // namespace

Scalar with_slopes(double value, const std::vector<Scalar>& xs, const std::vector<double>& slopes,
                   Site site) {
  const CallSite call(site);
  if (xs.size() != slopes.size())
    refuse("with_slopes", "{} scalars and {} slopes; each scalar has one", xs.size(),
           slopes.size());
  Tape* const tape = recording_tape();
  if (!tape) return value;
  std::vector<NodeId> leaves;
  std::vector<double> numbers;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const NodeId id = tape->id_of("with_slopes", static_cast<int>(i), xs[i]);
    if (!id) continue;
    leaves.push_back(id);
    numbers.push_back(slopes[i]);
  }
  Scalar result = value;
  for (std::size_t begin = 0; begin < leaves.size();) {
    NodeId ids[kMost];
    double parts[kMost];
    std::size_t count = 0;
    if (begin > 0) {
      ids[0] = result.id();
      parts[count++] = 1;
    }
    for (; count < kMost && begin < leaves.size(); ++count, ++begin) {
      ids[count] = leaves[begin];
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
  // A node that is listed twice has its slope once.
  std::vector<Scalar> inputs = xs;
  const auto before = [](const Scalar& a, const Scalar& b) { return a.id() < b.id(); };
  const auto same = [](const Scalar& a, const Scalar& b) { return a.id() == b.id(); };
  std::sort(inputs.begin(), inputs.end(), before);
  inputs.erase(std::unique(inputs.begin(), inputs.end(), same), inputs.end());
  if (mark.next <= tape.size())
    runs_up(tape, mark.next, tape.size(), [&](const Run& run) {
      for (const NodeId leaf : std::span(run.leaves, run.leaves_of(run.count)))
        if (leaf < mark.next &&
            !std::binary_search(inputs.begin(), inputs.end(), Scalar(0, mark.epoch, leaf),
                                before) &&
            !tape.is_constant(leaf))
          refuse(who, "the piece reads {} of the tape before it, which is not among the xs",
                 detail::called(tape, leaf));
    });
  const Tensor slopes = detail::jacobian_of_piece(tape, mark.next, made, inputs);
  // As the tape has them, which a replay may have moved.
  for (Scalar& x : inputs) x = {tape.scalar_value(x.id()), tape.epoch(), x.id()};
  for (Scalar& y : made) y = {tape.scalar_value(y.id()), tape.epoch(), y.id()};
  tape.storage().rewind(mark);
  const ResumeRecording here(&tape);
  const double* row = made.empty() ? nullptr : slopes.data<double>();
  auto next = made.begin();
  for (Scalar& y : ys) {
    if (!y.is_tracked() || y.id() < mark.next) continue;
    y = with_slopes((next++)->value(), inputs, {row, row + inputs.size()});
    row += inputs.size();
  }
}

}  // namespace tapestry
