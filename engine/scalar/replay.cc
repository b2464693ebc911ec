#include "engine/scalar/replay.h"

#include <algorithm>
#include <string_view>

#include "engine/tape/called.h"
#include "engine/tape/tape_storage.h"
#include "engine/tape/traverse.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::string_view kWho = "replay";

std::string_view symbol(Relation relation) {
  constexpr std::string_view symbols[] = {"==", "!=", "<", "<=", ">", ">="};
  return symbols[static_cast<std::size_t>(relation)];
}

void set(detail::TapeStorage& store, const std::vector<Scalar>& xs,
         const std::vector<double>& numbers) {
  for (std::size_t i = 0; i < xs.size(); ++i) store.values[xs[i].id()] = numbers[i];
}

// What comes before the first x does not depend on any.
void execute(Tape& tape, NodeId first) {
  detail::TapeStorage& store = tape.storage();
  runs_up(tape, first, tape.size(), [&](const Run& run) {
    if (run.kernel->recompute)
      run.kernel->recompute(run.first, run.first + run.count, run.operands,
                            store.payload.begin() + (run.payload - store.payload.begin()),
                            store.values.begin());
  });
}

double side(const Tape& tape, const Comparison::Side& side) {
  return side.id ? tape.scalar_value(side.id) : side.number;
}

// Those that are plain numbers have the same at all inputs.
std::vector<double> values_of(const std::vector<Scalar>& ys, const Tape* tape) {
  std::vector<double> values;
  for (const Scalar& y : ys)
    values.push_back(y.is_tracked() ? tape->scalar_value(y.id()) : y.value());
  return values;
}

const Comparison* first_broken(const Tape& tape) {
  for (const Comparison& c : tape.comparisons())
    if (holds(c.relation, side(tape, c.x), side(tape, c.z)) != c.outcome) return &c;
  return nullptr;
}

}  // namespace

void detail::refuse_comparison(std::string_view who, const Comparison& c, double x, double z) {
  refuse(who,
         "{}: the recording took {} {} {} for {}, and at these inputs {} {} {} is {}; the program "
         "would branch otherwise, so record it anew",
         c.site, c.x.number, symbol(c.relation), c.z.number, c.outcome, x, symbol(c.relation), z,
         !c.outcome);
}

void detail::check_replay(std::string_view who, const Tape& tape, const std::vector<Scalar>& xs,
                          std::size_t numbers) {
  if (numbers != xs.size())
    refuse(who, "{} numbers for {} variables; each takes one", numbers, xs.size());
  NodeId begin = 0, end = 0;  // of the run of variables that was looked up last
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const NodeId id = xs[i].id();
    if (tape.owns(xs[i]) && id >= begin && id < end) continue;
    if (!tape.owns(xs[i]) || id > tape.size() || !tape.is_variable(id))
      refuse(who, "x[{}] is no variable of the tape of y: make it with tape.variable()", i);
    begin = id;
    end = tape.run_end(id);
  }
  const Runs& runs = tape.storage().runs;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (std::uint32_t k = 0; k < runs[i].period; ++k)
      if (const auto* kernel = kernel_of<double>(runs[i].kernels()[k]);
          !kernel || (kernel->arity > 0 && !kernel->recompute))
        refuse(who, "{} cannot be recomputed: only functions of scalars are",
               called(tape, runs[i].first + k));
}

std::vector<double> replay(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs,
                           const std::vector<double>& numbers, Site site) {
  const CallSite call(site);
  const auto recorded =
      std::find_if(ys.begin(), ys.end(), [](const Scalar& y) { return y.is_tracked(); });
  if (recorded == ys.end() && xs.empty()) return values_of(ys, nullptr);
  if (recorded == ys.end() && !xs[0].is_tracked()) refuse(kWho, "x[0] is not recorded on a tape");
  Tape& tape = tape_of(kWho, recorded == ys.end() ? xs[0] : *recorded);
  for (std::size_t i = 0; i < ys.size(); ++i) {
    if (!ys[i].is_tracked()) continue;
    if (!tape.owns(ys[i]))
      refuse(kWho, "y[{}] and y[{}] are recorded on different tapes", i, recorded - ys.begin());
    tape.check_node(kWho, ys[i].id());
  }
  detail::check_replay(kWho, tape, xs, numbers.size());
  detail::TapeStorage& store = tape.storage();
  NodeId first = tape.size() + 1;
  std::vector<double> before;
  for (const Scalar& x : xs) first = std::min(first, x.id());
  for (const Scalar& x : xs) before.push_back(store.values[x.id()]);
  set(store, xs, numbers);
  execute(tape, first);
  if (const Comparison* broken = first_broken(tape)) {
    const Comparison comparison = *broken;
    const double x = side(tape, comparison.x), z = side(tape, comparison.z);
    set(store, xs, before);
    execute(tape, first);
    detail::refuse_comparison(kWho, comparison, x, z);
  }
  store.moved = true;
  Tape::refresh();  // statements to come are looked at
  return values_of(ys, &tape);
}

double replay(Scalar y, const std::vector<Scalar>& xs, const std::vector<double>& numbers,
              Site site) {
  const CallSite call(site);
  return replay(std::vector<Scalar>{y}, xs, numbers)[0];
}

double replayed(Scalar x, Site site) {
  const CallSite call(site);
  if (!x.is_tracked()) refuse("replayed", "x is a plain number and has no place on a tape");
  const Tape& tape = tape_of("replayed", x);
  tape.check_node("replayed", x.id());
  return tape.scalar_value(x.id());
}

}  // namespace tapestry
