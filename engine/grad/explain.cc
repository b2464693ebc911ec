#include "engine/grad/explain.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/filtered_graph.hpp>

#include "engine/graph/ancestry.h"
#include "engine/graph/boost_graph.h"
#include "engine/tape/called.h"
#include "engine/tape/traverse.h"

namespace tapestry {
using namespace detail;
namespace {

using detail::called_with_place;

bool carries_gradient(const Tape& tape, NodeId id) {
  return is_floating(tape.dtype(id)) &&
         (tape.is_scalar(id) || tape.tensor_node(id).op->differentiable);
}

// An operation that lets no gradient through.
bool blocks(const Tape& tape, NodeId id) {
  return !tape.operands(id).empty() && !carries_gradient(tape, id);
}

// Edges along which adjoints flow.
struct Flows {
  const Tape* tape = nullptr;
  bool operator()(Use use) const { return carries_gradient(*tape, use.user); }
};

// The shortest way from x to y, or nothing.
template <class Graph>
std::vector<NodeId> shortest_way(const Tape& tape, const Graph& graph, NodeId y, NodeId x) {
  std::vector<NodeId> before(tape.size());  // by index: the user from which a node was found
  const auto predecessors =
      boost::make_iterator_property_map(before.begin(), get(boost::vertex_index, tape));
  boost::breadth_first_search(graph, y,
                              boost::vertex_index_map(get(boost::vertex_index, tape))
                                  .visitor(boost::make_bfs_visitor(boost::record_predecessors(
                                      predecessors, boost::on_tree_edge()))));
  if (x != y && before[x - 1] == 0) return {};
  std::vector<NodeId> way{x};
  while (way.back() != y) way.push_back(before[way.back() - 1]);
  return way;
}

// By id, whether a node is x or was computed from it.
std::vector<bool> computed_from(const Tape& tape, NodeId x) {
  std::vector<bool> marks(std::size_t{tape.size()} + 1);
  marks[x] = true;
  traverse_up(tape, tape.size(), [&](NodeId id, std::span<const NodeId> operands) {
    for (NodeId operand : operands)
      if (marks[operand]) marks[id] = true;
  });
  return marks;
}

// A leaf of y whose numbers came from a node that x leads to, without their history.
struct Gap {
  NodeId leaf = 0, origin = 0;
};

// Rather one behind an op that lets no gradient through, which is then the reason.
Gap find_gap(const Tape& tape, NodeId y, NodeId x) {
  const Ancestry of_y(tape, y);
  const std::vector<bool> of_x = computed_from(tape, x);
  Gap found;
  for (const auto& [leaf, origin] : tape.severed()) {
    if (!of_y.contains(leaf) || !of_x[origin]) continue;
    if (blocks(tape, origin)) return {leaf, origin};
    if (found.leaf == 0) found = {leaf, origin};
  }
  return found;
}

// The first few, with their places.
std::string list_of(const Tape& tape, std::vector<NodeId> nodes) {
  constexpr std::size_t kShown = 3;
  const std::size_t more = nodes.size() - std::min(nodes.size(), kShown);
  nodes.resize(nodes.size() - more);
  std::string text;
  for (NodeId id : nodes)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", called_with_place(tape, id));
  return more ? fmt::format("{} and {} more", text, more) : text;
}

std::vector<NodeId> users_of(const Tape& tape, NodeId x) {
  std::vector<NodeId> users;
  const Uses all = uses(tape);
  for (const Use& use : all.of(x))
    if (users.empty() || users.back() != use.user) users.push_back(use.user);
  return users;
}

// What numbers that were read of x after it was made could have gone on in.
std::vector<NodeId> plain_numbers_in(const Tape& tape, NodeId y, NodeId x) {
  std::vector<NodeId> found;
  for (NodeId id : Ancestry(tape, y).ids()) {
    const bool literal = tape.is_scalar(id) && tape.statement(id).kernel->payload > 0;
    if (id > x && (tape.is_constant(id) || literal)) found.push_back(id);
  }
  return found;
}

// Why no way leads from x to y.
std::string why_apart(const Tape& tape, NodeId y, NodeId x, const Gap& gap) {
  if (gap.leaf)
    return fmt::format(
        "node {}, which y was computed from, holds numbers that came from {} without its history: "
        "they went through detach(), or a plain tensor was used in place of its variable",
        gap.leaf, called_with_place(tape, gap.origin));
  const std::vector<NodeId> users = users_of(tape, x), numbers = plain_numbers_in(tape, y, x);
  std::string text = users.empty() ? "nothing on the tape uses it"
                                   : "what uses it does not lead to y: " + list_of(tape, users);
  if (!numbers.empty())
    text +=
        ". Numbers read of it, by item(), value() or under PauseRecording, would have gone on in " +
        list_of(tape, numbers);
  return text;
}

}  // namespace

GradientPath detail::explain(const Tape& tape, NodeId y, NodeId x, std::string_view who) {
  GradientPath path;
  if (!is_floating(tape.dtype(x))) {
    path.cut = x;
    path.text =
        fmt::format("{} has dtype {}, and only f32 and f64 have gradients", who, tape.dtype(x));
    return path;
  }
  traverse_down(tape, y,
                [](NodeId, std::span<const NodeId>) {});  // what is searched next is a graph
  path.nodes = shortest_way(tape, boost::filtered_graph(tape, Flows{&tape}), y, x);
  path.connected = !path.nodes.empty();
  if (path.connected) {
    path.text = fmt::format("y depends on {}:", who);
    for (NodeId id : path.nodes) path.text += "\n  " + called_with_place(tape, id);
    return path;
  }
  path.nodes = shortest_way(tape, tape, y, x);
  if (path.nodes.empty()) {
    const Gap gap = find_gap(tape, y, x);
    if (gap.leaf == 0 || !blocks(tape, gap.origin)) {
      path.text = fmt::format("y does not depend on {}: {}", who, why_apart(tape, y, x, gap));
      return path;
    }
    path.nodes = shortest_way(tape, tape, gap.origin, x);
    for (NodeId id : shortest_way(tape, tape, y, gap.leaf)) path.nodes.push_back(id);
  }
  path.cut = *std::find_if(path.nodes.begin() + 1, path.nodes.end(),
                           [&](NodeId id) { return blocks(tape, id); });
  const DType dtype = tape.dtype(path.cut);
  path.text = fmt::format(
      "y depends on {} only through {}, {}", who, called_with_place(tape, path.cut),
      is_floating(dtype) ? "which lets no gradient through"
                         : fmt::format("whose result has dtype {} and no gradient", dtype));
  return path;
}

GradientPath explain_gradient(const Active& y, const Active& x) {
  const CallSite call(y.site());
  if (!y.is_tracked() || !x.is_tracked())
    refuse("explain_gradient",
           "{} is not recorded: it was made outside the tape, under PauseRecording, by detach() or "
           "stop_gradient(), or from plain numbers only",
           y.is_tracked() ? "x" : "y");
  constexpr std::string_view who = "explain_gradient";
  const Tape& tape = y.is_scalar() ? tape_of(who, y.scalar()) : tape_of(who, y.tensor());
  if (!tape.owns(x.epoch(), x.id()))
    refuse("explain_gradient", "x is not recorded on the tape of y");
  for (const Active* node : {&y, &x}) tape.check_node("explain_gradient", node->id());
  return detail::explain(tape, y.id(), x.id(), detail::called(tape, x.id()));
}

}  // namespace tapestry
