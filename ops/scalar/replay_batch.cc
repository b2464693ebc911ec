#include "ops/scalar/replay_batch.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "engine/base/parallel.h"
#include "engine/graph/ancestry.h"
#include "engine/scalar/replay.h"
#include "engine/tape/called.h"
#include "engine/tape/tape_storage.h"
#include "engine/tape/traverse.h"
#include "ops/scalar/step_kernels.h"

namespace tapestry {
using namespace detail;
namespace {

using detail::StatementPlan, detail::StepKernels;

constexpr std::string_view kWho = "replay_value_and_grad";
constexpr std::int64_t kBlockInputs =
    32;  // inputs of a block: enough that a step's kernel is worth its call

// A number of the tape, at each input of a block.
struct alignas(64) Row {
  double of[kBlockInputs];
};

// Rows from the caching allocator: fresh pages would cost more than the sweeps.
class Rows {
 public:
  explicit Rows(std::size_t count)
      : memory_(Tensor::uninitialized({static_cast<std::int64_t>(count + 1), kBlockInputs},
                                      DType::f64)) {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory_.mutable_data<double>());
    rows_ = reinterpret_cast<Row*>((begin + alignof(Row) - 1) / alignof(Row) * alignof(Row));
  }
  double* operator[](std::size_t i) { return rows_[i].of; }

 private:
  Tensor memory_;
  Row* rows_;
};

// The statements of a tape, one by one, as every block carries them out.
struct Statement {
  const StatementPlan* plan;
  const NodeId* operands;
  const double* payload;
  std::size_t kept;  // where its kept results begin
  NodeId id;
};

// A statement on the way back. Adjoints live from the first contribution to the last, and share
// few rows, which stay in the nearest cache.
struct Pull {
  std::uint32_t statement;
  std::uint32_t adjoint;  // the row of its adjoint
  std::size_t targets;    // where those of its operands begin
};
struct Target {
  static constexpr std::uint32_t kNone = ~0u;  // it depends on no x
  std::uint32_t row = kNone;
  bool first = false;  // the row is written, not added to
};

class Program {
 public:
  Program(const Tape& tape, NodeId y, const std::vector<Scalar>& xs) {
    detail::Cursor<double> cursor(tape.storage());
    for (NodeId id : needed(tape, y, xs).ids()) {
      const Run node = cursor.at(id);
      if (node.kernel->arity == 0) {
        given.push_back(id);
        continue;
      }
      const StatementPlan& plan = plan_for(tape, node);
      statements.push_back({&plan, node.operands, node.payload, kept, id});
      kept += static_cast<std::size_t>(plan.kept);
      steps += plan.steps.size();
      longest = std::max(longest, plan.steps.size());
    }
    plan_reverse_sweep(tape, y, xs);
  }

  std::vector<Statement> statements;
  std::vector<NodeId> given;  // leaves: variables and constants
  std::vector<Pull> pulls;    // in the order of the reverse sweep
  std::vector<Target> targets;
  std::vector<std::uint32_t> x_rows;  // of the adjoints of xs, or kNone: y does not depend on it
  std::uint32_t y_row = 0, adjoints = 0;
  std::size_t kept = 0, steps = 0, longest = 0;

 private:
  // What y, and what the recording compared, was computed from; and the xs, which are set.
  static Ancestry needed(const Tape& tape, NodeId y, const std::vector<Scalar>& xs) {
    std::vector<NodeId> nodes{y};
    for (const Comparison& c : tape.comparisons())
      for (NodeId side : {c.x.id, c.z.id})
        if (side) nodes.push_back(side);
    for (const Scalar& x : xs) nodes.push_back(x.id());
    return Ancestry(tape, nodes);
  }

  const StatementPlan& plan_for(const Tape& tape, const Run& run) {
    if (run.kernel == latest_kernel_) return *latest_;
    const auto [found, is_new] = plans_.try_emplace(run.kernel);
    if (is_new) {
      if (run.kernel->steps.empty())
        refuse(kWho, "{} cannot be recomputed: its steps are not known",
               detail::called(tape, run.first));
      found->second = detail::plan_of(*run.kernel);
    }
    latest_kernel_ = run.kernel;
    return *(latest_ = &found->second);
  }

  void plan_reverse_sweep(const Tape& tape, NodeId y, const std::vector<Scalar>& xs) {
    std::vector<bool> depends(tape.size() + 1);
    for (const Scalar& x : xs) depends[x.id()] = true;
    for (const Statement& s : statements)
      for (int i = 0; i < s.plan->kernel->arity && !depends[s.id]; ++i)
        depends[s.id] = depends[s.operands[i]];

    std::vector<std::uint32_t> rows(tape.size() + 1, Target::kNone), free;
    const auto fresh = [&] {
      if (free.empty()) return adjoints++;
      const std::uint32_t row = free.back();
      free.pop_back();
      return row;
    };
    y_row = rows[y] = fresh();
    for (std::size_t i = statements.size(); i-- > 0;) {
      const Statement& s = statements[i];
      if (rows[s.id] == Target::kNone) continue;
      if (!depends[s.id]) continue;
      pulls.push_back({static_cast<std::uint32_t>(i), rows[s.id], targets.size()});
      targets.resize(targets.size() + static_cast<std::size_t>(s.plan->kernel->arity));
      // In the order in which the steps give to them.
      for (std::size_t k = s.plan->steps.size(); k-- > 0;)
        for (const StepOperand& to : s.plan->kernel->steps[k].operands) {
          if (to.kind != StepOperand::Kind::operand || !depends[s.operands[to.where]]) continue;
          std::uint32_t& row = rows[s.operands[to.where]];
          const bool first = row == Target::kNone;
          if (first) row = fresh();
          targets[pulls.back().targets + to.where] = {row, first};
        }
      free.push_back(rows[s.id]);
    }
    for (const Scalar& x : xs) x_rows.push_back(rows[x.id()]);
  }

  std::unordered_map<const StatementKernel*, StatementPlan> plans_;
  const StatementKernel* latest_kernel_ = nullptr;
  const StatementPlan* latest_ = nullptr;
};

struct Broken {
  const Comparison* comparison;
  double x, z;
};

// Sweeps over a block of inputs; one for each thread.
class Block {
 public:
  Block(const Tape& tape, const Program& program)
      : tape_(tape),
        program_(program),
        values_(tape.size() + 1),
        adjoints_(program.adjoints),
        kept_(program.kept),
        scratch_(program.longest),
        pulled_(program.longest),
        sources_(program.longest),
        payload_(detail::kMostOfAStatement),
        zeros_(1),
        given_(1),
        add_(binary_kernels<double>(Binary::add).forward) {
    std::fill_n(zeros_[0], kBlockInputs, 0.0);
    for (std::size_t i = 0; i < detail::kMostOfAStatement; ++i)
      registers_[detail::StepRegisters::kConstants + i] = payload_[i];
  }

  double* value(NodeId id) { return values_[id]; }
  // The partials of y by x number k, once the sweeps are done.
  double* partial(std::size_t k) {
    const std::uint32_t row = program_.x_rows[k];
    return row == Target::kNone ? zeros_[0] : adjoint(row);
  }

  void set_given() {
    for (NodeId id : program_.given)
      std::fill_n(value(id), kBlockInputs, tape_.storage().values[id]);
  }

  void forward_sweep() {
    for (const Statement& s : program_.statements) {
      load(s);
      for (std::size_t k = 0; k < s.plan->steps.size(); ++k) execute(s.plan->steps[k], k);
    }
  }

  // The first comparison that `count` inputs do not all decide as recorded.
  std::optional<Broken> first_broken(std::int64_t count) {
    for (const Comparison& c : tape_.comparisons())
      for (std::int64_t i = 0; i < count; ++i) {
        const double x = c.x.id ? value(c.x.id)[i] : c.x.number,
                     z = c.z.id ? value(c.z.id)[i] : c.z.number;
        if (holds(c.relation, x, z) != c.outcome) return Broken{&c, x, z};
      }
    return std::nullopt;
  }

  void reverse_sweep() {
    std::fill_n(adjoint(program_.y_row), kBlockInputs, 1.0);
    for (const Pull& p : program_.pulls)
      pull(program_.statements[p.statement], adjoint(p.adjoint),
           program_.targets.data() + p.targets);
  }

 private:
  double* adjoint(std::uint32_t row) { return adjoints_[row]; }

  // Points the registers to what a statement has.
  void load(const Statement& s) {
    const StatementPlan& plan = *s.plan;
    for (int i = 0; i < plan.kernel->arity; ++i)
      registers_[detail::StepRegisters::kLeaves + static_cast<std::size_t>(i)] =
          value(s.operands[i]);
    for (std::size_t i = 0; i < plan.literals; ++i)
      std::fill_n(payload_[i], kBlockInputs, s.payload[i]);
    const std::size_t last = plan.steps.size() - 1;
    for (std::size_t k = 0; k < last; ++k) {
      const StepKernels& step = plan.steps[k];
      registers_[k] = step.keep == StepKernels::Keep::kept
                          ? kept_[s.kept + static_cast<std::size_t>(step.place)]
                          : scratch_[k];
    }
    registers_[last] = value(s.id);
  }
  void execute(const StepKernels& step, std::size_t k) {
    const double* const in[] = {registers_[step.operands[0]], registers_[step.operands[1]]};
    step.value(in, registers_[k], kBlockInputs);
  }

  // Gives the adjoint of a statement back to its operands, step by step. A lane whose adjoint is
  // zero gives zeros, as the kernels do.
  void pull(const Statement& s, const double* adjoint_of_s, const Target* targets) {
    load(s);
    const std::vector<StepKernels>& steps = s.plan->steps;
    const std::size_t count = steps.size();
    for (std::size_t k = 0; k + 1 < count; ++k)
      if (steps[k].keep == StepKernels::Keep::recomputed) execute(steps[k], k);
    sources_[count - 1] = adjoint_of_s;
    for (std::size_t k = count; k-- > 0;) {
      const Step& step = s.plan->kernel->steps[k];
      const double* const in[] = {registers_[steps[k].operands[0]],
                                  registers_[steps[k].operands[1]], registers_[k], sources_[k]};
      for (int slot = 0; slot < step.arity(); ++slot) {
        const StepOperand& to = step.operands[slot];
        const Kernel<double> vjp = steps[k].vjp[slot];
        if (to.kind == StepOperand::Kind::operand) {
          if (const Target& target = targets[to.where]; target.row != Target::kNone)
            give(target, vjp, in);
        } else if (to.kind == StepOperand::Kind::step) {
          sources_[to.where] = vjp ? pulled_[to.where] : in[3];
          if (vjp) vjp(in, pulled_[to.where], kBlockInputs);
        }
      }
    }
  }
  void give(const Target& target, Kernel<double> vjp, const double* const* in) {
    double* const sum = adjoint(target.row);
    if (target.first) {
      if (vjp)
        vjp(in, sum, kBlockInputs);
      else
        std::copy_n(in[3], kBlockInputs, sum);
      return;
    }
    if (vjp) vjp(in, given_[0], kBlockInputs);
    const double* const terms[] = {sum, vjp ? given_[0] : in[3]};
    add_(terms, sum, kBlockInputs);
  }

  const Tape& tape_;
  const Program& program_;
  Rows values_, adjoints_, kept_, scratch_, pulled_;
  std::vector<const double*> sources_;  // the adjoints of steps
  Rows payload_, zeros_, given_;
  double* registers_[detail::StepRegisters::kCount] = {};
  Kernel<double> add_;
};

// Between rows of inputs and rows of lanes: calls move(rows, lane, first column, columns) for
// tiles, so that both are read and written by whole cache lines, one after the other.
constexpr std::int64_t kTile = 64;
template <class RowOf, class Move>
void transpose(std::int64_t columns, std::int64_t lanes, RowOf&& row_of, Move&& move) {
  double* rows[kTile];
  for (std::int64_t from = 0; from < columns; from += kTile) {
    const std::int64_t count = std::min(kTile, columns - from);
    for (std::int64_t k = 0; k < count; ++k) rows[k] = row_of(static_cast<std::size_t>(from + k));
    for (std::int64_t i = 0; i < lanes; ++i) move(rows, i, from, count);
  }
}

void check_points(const std::vector<Scalar>& xs, const Tensor& points) {
  const auto n = static_cast<std::int64_t>(xs.size());
  if (points.rank() != 2 || points.shape()[1] != n || points.dtype() != DType::f64)
    refuse(kWho, "points are {} {}; (batch, {}) f64 for {} variables is expected", points.shape(),
           points.dtype(), n, n);
}

}  // namespace

ReplayBatch replay_value_and_grad(const Scalar& y, const std::vector<Scalar>& xs,
                                  const Tensor& points, Site site) {
  const CallSite call(site);
  if (!y.is_tracked() && (xs.empty() || !xs[0].is_tracked()))
    refuse(kWho, "neither y nor x[0] is recorded on a tape");
  const Tape& tape = tape_of(kWho, y.is_tracked() ? y : xs[0]);
  if (y.id() > tape.size())
    refuse(kWho, "node {} was forgotten: the tape was rewound to node {}", y.id(), tape.size());
  check_points(xs, points);
  detail::check_replay(kWho, tape, xs, xs.size());
  // A plain y has its value at all points; the branches that led to it are checked all the same.
  const NodeId root = (y.is_tracked() ? y : xs[0]).id();
  const Program program(tape, root, xs);

  const Tensor rows = points.contiguous();
  const double* const x = rows.data<double>();
  const std::int64_t batch = points.shape()[0], blocks = (batch + kBlockInputs - 1) / kBlockInputs;
  const auto n = static_cast<std::int64_t>(xs.size());
  ReplayBatch result{Tensor::uninitialized({batch}, DType::f64),
                     Tensor::uninitialized({batch, n}, DType::f64)};
  double* const values = result.values.mutable_data<double>();
  double* const partials = result.gradients.mutable_data<double>();
  std::vector<std::optional<Broken>> broken(static_cast<std::size_t>(blocks));

  const auto work = static_cast<std::int64_t>(program.steps + xs.size()) * kBlockInputs;
  parallel_for(blocks, work, [&](std::int64_t first, std::int64_t last) {
    Block block(tape, program);
    block.set_given();
    for (std::int64_t b = first; b < last; ++b) {
      const std::int64_t begin = b * kBlockInputs, count = std::min(kBlockInputs, batch - begin);
      // Lanes beyond the batch repeat its last point.
      transpose(
          n, kBlockInputs, [&](std::size_t k) { return block.value(xs[k].id()); },
          [&](double* const* to, std::int64_t i, std::int64_t from, std::int64_t columns) {
            const double* const point = x + (begin + std::min(i, count - 1)) * n + from;
            for (std::int64_t k = 0; k < columns; ++k) to[k][i] = point[k];
          });
      block.forward_sweep();
      std::copy_n(block.value(root), count, values + begin);
      if ((broken[static_cast<std::size_t>(b)] = block.first_broken(count))) continue;
      block.reverse_sweep();
      transpose(
          n, count, [&](std::size_t k) { return block.partial(k); },
          [&](double* const* of, std::int64_t i, std::int64_t from, std::int64_t columns) {
            double* const partial = partials + (begin + i) * n + from;
            for (std::int64_t k = 0; k < columns; ++k) partial[k] = of[k][i];
          });
    }
  });
  if (!y.is_tracked()) {
    std::fill_n(values, batch, y.value());
    std::fill_n(partials, batch * n, 0.0);
  }
  for (const auto& found : broken)
    if (found) detail::refuse_comparison(kWho, *found->comparison, found->x, found->z);
  return result;
}

}  // namespace tapestry
