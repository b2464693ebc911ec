#include "engine/inspect/picture.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "engine/graph/ancestry.h"
#include "engine/inspect/profile.h"
#include "engine/tape/steps.h"
#include "engine/tensor/factory.h"

namespace tapestry::detail {
namespace {

using Node = Picture::Node;

Tensor value_of(const Active& x) {
  return x.is_scalar() ? full({}, x.scalar().value(), DType::f64) : detach(x.tensor());
}

class Painter {
 public:
  Painter(std::string_view who, const Tape& tape, const Active* y, const WriteOptions& options)
      : who_(who), tape_(tape), y_(y), options_(options) {}

  Picture paint() {
    check();
    collect();
    for (NodeId id : shown_.ids())
      if (has_steps(id))
        unroll(id);
      else
        picture_.nodes.push_back(node(id));
    for (std::size_t i = 0; i < picture_.nodes.size(); ++i) place_[picture_.nodes[i].id] = i;
    if (y_) {
      picture_.output = y_->id();
      if (options_.values && !y_->is_scalar()) at(y_->id()).value = value_of(*y_);
    }
    if (options_.gradients) {
      for (const Adjoint& adjoint : adjoints(*y_))
        at(adjoint.of).gradient = value_of(adjoint.value);
      for (const Unrolled& statement : unrolled_) pull(statement);
    }
    link_adjoints();
    if (options_.profile) add_times();
    return std::move(picture_);
  }

 private:
  // A statement of several operations, drawn as the nodes from `place` on.
  struct Unrolled {
    const StatementKernel* kernel;
    std::size_t place;
    std::vector<std::pair<double, double>> reads;
    std::vector<double> values;
  };

  void check() const {
    for (const Adjoint& adjoint : options_.adjoints) {
      if (adjoint.of == 0 || adjoint.of > tape_.size())
        refuse(who_, "an adjoint is given of node {}; the tape holds 1 to {}", adjoint.of,
               tape_.size());
      if (adjoint.value.is_tracked() && adjoint.value.epoch() != tape_.epoch())
        refuse(who_, "the adjoint of node {} is not recorded on the tape that is drawn",
               adjoint.of);
    }
    if (!options_.gradients) return;
    if (!y_)
      refuse(who_, "gradients are those of one number: give that number instead of the tape");
    if (!is_floating(tape_.dtype(y_->id())))
      refuse(who_, "gradients are asked for, but y has dtype {}", tape_.dtype(y_->id()));
    const Shape shape = tape_.shape(y_->id());
    if (shape.size() != 1)
      refuse(who_, "gradients are those of one number, and y has shape {}: reduce it first", shape);
  }

  // What to show, and the part of it that y needs.
  void collect() {
    std::vector<NodeId> roots;
    if (y_) roots.push_back(y_->id());
    forward_ = y_ ? Ancestry(tape_, roots) : Ancestry(tape_);
    for (const Adjoint& adjoint : options_.adjoints) {
      roots.push_back(adjoint.of);
      if (adjoint.value.is_tracked()) roots.push_back(adjoint.value.id());
    }
    shown_ = y_ ? Ancestry(tape_, roots) : forward_;
  }

  Node node(NodeId id) const {
    Node node;
    node.id = id;
    if (tape_.is_variable(id)) node.role = Picture::Role::variable;
    if (tape_.is_constant(id)) node.role = Picture::Role::constant;
    node.backward = !forward_.contains(id);
    node.name = tape_.name(id);
    node.op = tape_.op_name(id);
    node.attributes = tape_.attributes_text(id);
    node.shape = tape_.shape(id);
    node.dtype = tape_.dtype(id);
    const auto operands = tape_.operands(id);
    node.operands.assign(operands.begin(), operands.end());
    if (options_.values) {
      if (tape_.is_scalar(id))
        node.value = full({}, tape_.scalar_value(id), DType::f64);
      else if (const Tensor* kept = tape_.kept_value(id))
        node.value = *kept;
    }
    return node;
  }

  bool has_steps(NodeId id) const {
    return tape_.is_scalar(id) && tape_.statement(id).kernel->steps.size() > 1;
  }

  // A statement of several operations as a node for each. The last of them is the statement's own.
  void unroll(NodeId id) {
    const Run run = tape_.statement(id);
    const auto& steps = run.kernel->steps;
    std::vector<NodeId> ids;
    std::vector<double> values(steps.size());
    Unrolled unrolled{run.kernel, picture_.nodes.size(), {}, {}};
    const auto draw = [&](std::size_t k, double x, double z) {
      const Step& step = steps[k];
      Node one = node(id);
      if (k + 1 < steps.size()) {
        ids.push_back(next_id_++);
        picture_.parts[ids.back()] = {id, static_cast<int>(k + 1)};
        one.name.clear();
      } else {
        ids.push_back(id);
      }
      one.id = ids.back();
      one.op = step.function->name;
      one.attributes.clear();
      one.operands.clear();
      const double read[] = {x, z};
      for (int slot = 0; slot < step.arity(); ++slot) {
        const StepOperand& of = step.operands[slot];
        if (of.kind == StepOperand::Kind::literal)
          one.attributes = fmt::format("{}={}", slot == 0 ? "x" : "z", read[slot]);
        else
          one.operands.push_back(of.kind == StepOperand::Kind::step ? ids[of.where]
                                                                    : run.operands[of.where]);
      }
      const double value = step.function->value(x, z);
      unrolled.reads.push_back({x, z});
      if (options_.values) one.value = full({}, value, DType::f64);
      picture_.nodes.push_back(std::move(one));
      return value;
    };
    execute_steps(
        steps, run.payload, values.data(),
        [&](std::size_t i) { return tape_.scalar_value(run.operands[i]); }, draw);
    unrolled.values = std::move(values);
    unrolled_.push_back(std::move(unrolled));
  }

  // The adjoints of the steps of a statement, from its own.
  void pull(const Unrolled& statement) {
    const auto& steps = statement.kernel->steps;
    const Tensor& gradient = picture_.nodes[statement.place + steps.size() - 1].gradient;
    if (!gradient.defined()) return;
    std::vector<double> adjoints(steps.size());
    adjoints.back() = gradient.item();
    reverse_steps(
        steps, adjoints.data(),
        [](const StepOperand& to) { return to.kind == StepOperand::Kind::step; },
        [&](std::size_t k, int slot, double g) {
          const auto [x, z] = statement.reads[k];
          return steps[k].function->vjp[slot](x, z, statement.values[k], g);
        },
        [](std::size_t, double) {});
    for (std::size_t k = 0; k + 1 < steps.size(); ++k)
      picture_.nodes[statement.place + k].gradient = full({}, adjoints[k], DType::f64);
  }

  void add_times() {
    for (const auto& [id, seconds] : options_.profile->seconds_by_node(tape_)) {
      const auto place = place_.find(id);
      if (place == place_.end()) continue;
      picture_.nodes[place->second].seconds = seconds;
      picture_.longest = std::max(picture_.longest, seconds);
    }
  }

  void link_adjoints() {
    std::vector<Node> numbers;
    for (const Adjoint& adjoint : options_.adjoints) {
      if (adjoint.value.is_tracked()) {
        Node& known = at(adjoint.value.id());
        known.adjoint_of.push_back(adjoint.of);
        if (options_.values) known.value = value_of(adjoint.value);
        continue;
      }
      Node number;
      number.id = next_id_++;
      number.role = Picture::Role::constant;
      number.op = "constant";
      number.backward = true;
      const Tensor value = value_of(adjoint.value);
      number.shape = value.shape();
      number.dtype = value.dtype();
      number.adjoint_of = {adjoint.of};
      if (options_.values) number.value = value;
      numbers.push_back(std::move(number));
    }
    for (Node& number : numbers) picture_.nodes.push_back(std::move(number));
    for (Node& node : picture_.nodes)
      if (!node.adjoint_of.empty() && node.name.empty()) node.name = adjoint_name(node);
  }

  // "d loss / d x, z"
  std::string adjoint_name(const Node& node) const {
    constexpr std::size_t kNamed = 3;
    const std::string_view result = y_ ? tape_.name(y_->id()) : std::string_view{};
    std::string text = fmt::format("d {} / d ", result.empty() ? "y" : result);
    for (std::size_t i = 0; i < std::min(kNamed, node.adjoint_of.size()); ++i) {
      const NodeId of = node.adjoint_of[i];
      std::string_view name = tape_.name(of);
      if (name.empty()) name = y_ && of == y_->id() ? "y" : tape_.op_name(of);
      text += fmt::format("{}{}", i ? ", " : "", name);
    }
    return node.adjoint_of.size() > kNamed ? text + ", ..." : text;
  }

  Node& at(NodeId id) { return picture_.nodes[place_.at(id)]; }

  const std::string_view who_;
  const Tape& tape_;
  const Active* const y_;
  const WriteOptions& options_;
  Ancestry forward_{tape_, std::span<const NodeId>{}};
  Ancestry shown_{tape_, std::span<const NodeId>{}};
  Picture picture_;
  NodeId next_id_ = tape_.size() + 1;  // for what is drawn and has no node
  std::unordered_map<NodeId, std::size_t> place_;
  std::vector<Unrolled> unrolled_;
};

}  // namespace

Picture picture_of(std::string_view who, const Active& y, const WriteOptions& options) {
  if (!y.is_tracked())
    refuse(who,
           "y was not recorded, so nothing is known of how it was computed: it was made outside "
           "the tape, under "
           "PauseRecording, by detach() or stop_gradient(), or from plain numbers only");
  const Tape* tape = Tape::find_anywhere(y.epoch());
  if (!tape || !tape->owns(y.epoch(), y.id()))
    refuse(who,
           "y was recorded on a tape that no longer lives or was cleared; write it while the tape "
           "does");
  return Painter(who, *tape, &y, options).paint();
}

Picture picture_of(std::string_view who, const Tape& tape, const WriteOptions& options) {
  return Painter(who, tape, nullptr, options).paint();
}

}  // namespace tapestry::detail
