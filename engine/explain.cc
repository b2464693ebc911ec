#include "engine/explain.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/filtered_graph.hpp>

#include "engine/ancestry.h"
#include "engine/called.h"
#include "engine/graph.h"

namespace tapestry {
namespace {

using detail::called_with_place;

bool carries_gradient(const Tape& tape, NodeId id) {
  return is_floating(tape.dtype(id)) &&
         (tape.is_scalar(id) || tape.tensor_node(id).op->differentiable);
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

// Why no way leads from x to y.
std::string why_apart(const Tape& tape, NodeId y, NodeId x) {
  const Ancestry of_y(tape, y);
  for (const auto& [leaf, origin] : tape.severed())
    if (of_y.contains(leaf) && Ancestry(tape, origin).contains(x))
      return fmt::format(
          "node {}, which y was computed from, holds the numbers of {} without its history: "
          "they went through detach(), or a plain tensor was used in place of its variable",
          leaf, called_with_place(tape, origin));
  const Uses all = uses(tape);
  std::string users;
  for (const Use& use : all.of(x).first(std::min<std::size_t>(3, all.of(x).size())))
    users += fmt::format("{}{}", users.empty() ? "" : ", ", called_with_place(tape, use.user));
  if (users.empty()) return "nothing on the tape uses it";
  return fmt::format(
      "no path on the tape leads from it to y. A value taken by detach(), item(), value() or under "
      "PauseRecording breaks the path. It is used by {}",
      users);
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
  path.nodes = shortest_way(tape, boost::filtered_graph(tape, Flows{&tape}), y, x);
  path.connected = !path.nodes.empty();
  if (path.connected) {
    path.text = fmt::format("y depends on {}:", who);
    for (NodeId id : path.nodes) path.text += "\n  " + called_with_place(tape, id);
    return path;
  }
  path.nodes = shortest_way(tape, tape, y, x);
  if (path.nodes.empty()) {
    path.text = fmt::format("y does not depend on {}: {}", who, why_apart(tape, y, x));
    return path;
  }
  path.cut = *std::find_if(path.nodes.begin() + 1, path.nodes.end(),
                           [&](NodeId id) { return !carries_gradient(tape, id); });
  path.text =
      fmt::format("y depends on {} only through {}, whose result has dtype {} and no gradient", who,
                  called_with_place(tape, path.cut), tape.dtype(path.cut));
  return path;
}

GradientPath explain_gradient(const Active& y, const Active& x) {
  if (!y.is_tracked() || !x.is_tracked())
    refuse(
        "explain_gradient",
        "{} is not recorded: it was made outside the tape, under PauseRecording, by detach(), or "
        "from plain numbers only",
        y.is_tracked() ? "x" : "y");
  const Tape& tape = tape_of("explain_gradient", y.epoch());
  if (x.epoch() != y.epoch()) refuse("explain_gradient", "x is not recorded on the tape of y");
  return detail::explain(tape, y.id(), x.id(), detail::called(tape, x.id()));
}

}  // namespace tapestry
