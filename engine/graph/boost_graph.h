// A tape is a Boost graph. Nothing is copied: boost::graph_traits<Tape> reads the tape's own
// operand arrays, and Boost's algorithms run on it unchanged.
//
// A vertex is a NodeId, 1 to size(); get(boost::vertex_index, tape) counts from 0. An edge is a Use
// {user, slot} and leads from the user to its operand, so topological_sort gives operands before
// users, and x * x has two edges. An operation with several outputs has one vertex for each, every
// one with the edges to all operands.
//
//   Tape        VertexListGraph, EdgeListGraph, IncidenceGraph, AdjacencyGraph
//   uses(tape)  also BidirectionalGraph; uses(tape, Ancestry(tape, id)) is the part that a node was
//   computed from
//
// On a tape with scalars reading an edge searches the spans (logarithmic), and num_edges and
// edges() go over the tape.
#pragma once

#include "engine/base/language.h"
//
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/iterator/transform_iterator.hpp>
#include <utility>

#include "engine/graph/uses.h"
#include "engine/tape/traverse.h"

namespace tapestry {

namespace detail {

struct UseBy {
  NodeId user = 0;
  Use operator()(std::uint32_t slot) const { return {user, slot}; }
};

// All edges of a tape, user by user.
class UseIterator
    : public boost::iterator_facade<UseIterator, Use, boost::forward_traversal_tag, Use> {
 public:
  UseIterator() = default;
  UseIterator(const Tape& tape, NodeId user) : tape_(&tape), last_(tape.size()), use_{user, 0} {
    settle();
  }

 private:
  friend class boost::iterator_core_access;
  Use dereference() const { return use_; }
  bool equal(const UseIterator& other) const { return use_ == other.use_; }
  void increment() {
    if (++use_.slot == operands_) {
      use_ = {use_.user + 1, 0};
      settle();
    }
  }
  // Moves on to the first user, from here on, that has operands.
  void settle() {
    while (use_.user <= last_ && (operands_ = tape_->operands(use_.user).size()) == 0) ++use_.user;
  }

  const Tape* tape_ = nullptr;
  NodeId last_ = 0;
  std::size_t operands_ = 0;
  Use use_;
};

struct TapeIndex : boost::put_get_helper<std::size_t, TapeIndex> {
  using category = boost::readable_property_map_tag;
  using key_type = NodeId;
  using value_type = std::size_t;
  using reference = std::size_t;
  std::size_t operator[](NodeId id) const { return id - 1; }
};

struct UsesIndex : boost::put_get_helper<std::size_t, UsesIndex> {
  using category = boost::readable_property_map_tag;
  using key_type = NodeId;
  using value_type = std::size_t;
  using reference = std::size_t;
  std::size_t operator[](NodeId id) const { return by_id[id]; }
  const std::uint32_t* by_id = nullptr;
};

struct TapeTraversal : boost::vertex_list_graph_tag,
                       boost::edge_list_graph_tag,
                       boost::incidence_graph_tag,
                       boost::adjacency_graph_tag {};

struct UsesTraversal : boost::vertex_list_graph_tag,
                       boost::edge_list_graph_tag,
                       boost::bidirectional_graph_tag,
                       boost::adjacency_graph_tag {};

struct GraphTraits {
  using vertex_descriptor = NodeId;
  using edge_descriptor = Use;
  using directed_category = boost::directed_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  using adjacency_iterator = const NodeId*;
  using out_edge_iterator =
      boost::transform_iterator<UseBy, boost::counting_iterator<std::uint32_t>>;
  static NodeId null_vertex() { return 0; }
};

struct TapeTraits : GraphTraits {
  using traversal_category = TapeTraversal;
  using vertex_iterator = boost::counting_iterator<NodeId>;
  using edge_iterator = UseIterator;
  using in_edge_iterator = void;
};

struct UsesTraits : GraphTraits {
  using directed_category = boost::bidirectional_tag;
  using traversal_category = UsesTraversal;
  using vertex_iterator = const NodeId*;
  using edge_iterator = const Use*;
  using in_edge_iterator = const Use*;
};

template <class T>
std::pair<const T*, const T*> ends(std::span<const T> items) {
  return {items.data(), items.data() + items.size()};
}

}  // namespace detail

// ---- of a tape; those that name no vertex list serve Uses as well ----

inline std::size_t num_vertices(const Tape& tape) { return tape.size(); }

inline auto vertices(const Tape& tape) {
  return std::pair(boost::counting_iterator<NodeId>(1),
                   boost::counting_iterator<NodeId>(tape.size() + 1));
}

inline std::size_t num_edges(const Tape& tape) {
  std::size_t count = 0;
  detail::traverse_up(tape, tape.size(),
                      [&](NodeId, std::span<const NodeId> operands) { count += operands.size(); });
  return count;
}

inline auto edges(const Tape& tape) {
  return std::pair(detail::UseIterator(tape, 1), detail::UseIterator(tape, tape.size() + 1));
}

inline NodeId source(Use use, const Tape&) { return use.user; }
inline NodeId target(Use use, const Tape& tape) { return tape.operands(use.user)[use.slot]; }

inline std::size_t out_degree(NodeId id, const Tape& tape) { return tape.operands(id).size(); }

inline auto out_edges(NodeId id, const Tape& tape) {
  using Iterator = detail::GraphTraits::out_edge_iterator;
  const auto slot = [](std::size_t i) {
    return boost::counting_iterator<std::uint32_t>(static_cast<std::uint32_t>(i));
  };
  return std::pair(Iterator(slot(0), {id}), Iterator(slot(tape.operands(id).size()), {id}));
}

inline auto adjacent_vertices(NodeId id, const Tape& tape) {
  return detail::ends(tape.operands(id));
}

inline detail::TapeIndex get(boost::vertex_index_t, const Tape&) { return {}; }
inline std::size_t get(boost::vertex_index_t, const Tape&, NodeId id) { return id - 1; }

// ---- of the uses ----

inline std::size_t num_vertices(const Uses& uses) { return uses.ids().size(); }
inline auto vertices(const Uses& uses) { return detail::ends(uses.ids()); }
inline std::size_t num_edges(const Uses& uses) { return uses.all().size(); }
inline auto edges(const Uses& uses) { return detail::ends(uses.all()); }

inline auto in_edges(NodeId id, const Uses& uses) { return detail::ends(uses.of(id)); }
inline std::size_t in_degree(NodeId id, const Uses& uses) { return uses.of(id).size(); }
inline std::size_t degree(NodeId id, const Uses& uses) {
  return in_degree(id, uses) + out_degree(id, uses);
}

inline detail::UsesIndex get(boost::vertex_index_t, const Uses& uses) {
  return {{}, uses.indices()};
}
inline std::size_t get(boost::vertex_index_t, const Uses& uses, NodeId id) {
  return uses.index(id);
}

}  // namespace tapestry

namespace boost {

template <>
struct graph_traits<tapestry::Tape> : tapestry::detail::TapeTraits {};

template <>
struct graph_traits<tapestry::Uses> : tapestry::detail::UsesTraits {};

template <>
struct property_map<tapestry::Tape, vertex_index_t> {
  using type = tapestry::detail::TapeIndex;
  using const_type = type;
};

template <>
struct property_map<tapestry::Uses, vertex_index_t> {
  using type = tapestry::detail::UsesIndex;
  using const_type = type;
};

// So that boost::num_vertices(tape) may be written as for Boost's own graphs.
using tapestry::adjacent_vertices;
using tapestry::degree;
using tapestry::edges;
using tapestry::get;
using tapestry::in_degree;
using tapestry::in_edges;
using tapestry::num_edges;
using tapestry::num_vertices;
using tapestry::out_degree;
using tapestry::out_edges;
using tapestry::source;
using tapestry::target;
using tapestry::vertices;

}  // namespace boost
