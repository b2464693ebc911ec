#include "engine/graph.h"

#include <algorithm>
#include <boost/graph/dag_shortest_paths.hpp>
#include <boost/graph/dominator_tree.hpp>
#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/graphviz.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/graph/topological_sort.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <iterator>
#include <sstream>

#include "engine/engine.h"
#include "engine/grad/accumulate.h"
#include "tests/engine/toy_ops.h"

using namespace tapestry;
using namespace tapestry::detail;

BOOST_CONCEPT_ASSERT((boost::concepts::VertexListGraph<Tape>));
BOOST_CONCEPT_ASSERT((boost::concepts::EdgeListGraph<Tape>));
BOOST_CONCEPT_ASSERT((boost::concepts::IncidenceGraph<Tape>));
BOOST_CONCEPT_ASSERT((boost::concepts::AdjacencyGraph<Tape>));
BOOST_CONCEPT_ASSERT((boost::concepts::VertexListGraph<Uses>));
BOOST_CONCEPT_ASSERT((boost::concepts::EdgeListGraph<Uses>));
BOOST_CONCEPT_ASSERT((boost::concepts::BidirectionalGraph<Uses>));
BOOST_CONCEPT_ASSERT((boost::concepts::AdjacencyGraph<Uses>));
BOOST_CONCEPT_ASSERT((boost::concepts::ReadablePropertyGraph<Tape, NodeId, boost::vertex_index_t>));
BOOST_CONCEPT_ASSERT((boost::concepts::ReadablePropertyGraph<Uses, NodeId, boost::vertex_index_t>));

namespace {

template <class Iterator>
auto listed(std::pair<Iterator, Iterator> range) {
  return std::vector<typename std::iterator_traits<Iterator>::value_type>(range.first,
                                                                          range.second);
}

Tensor leaf(Tape& tape, double value, std::string_view name) {
  return tape.variable(tensor({value}, DType::f64), name);
}

// x, z, x * x, (x * x) - z, and an island that nothing else touches.
struct Fixture {
  Tape tape;
  Tensor x = leaf(tape, 3, "x"), z = leaf(tape, 4, "z");
  Tensor square = toy::mul(x, x);
  Tensor island = toy::mul(z, z);
  Tensor y = toy::sub(square, z);
};

void check_order(const Tape& tape, const std::vector<NodeId>& order) {
  BOOST_REQUIRE_EQUAL(order.size(), tape.size());
  std::vector<std::size_t> place(tape.size() + 1);
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  for (NodeId id = 1; id <= tape.size(); ++id)
    for (NodeId operand : tape.operands(id)) BOOST_TEST(place[operand] < place[id]);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_square_keeps_two_edges, Fixture) {
  const auto out = listed(boost::out_edges(square.id(), tape));
  BOOST_REQUIRE_EQUAL(out.size(), 2u);
  BOOST_CHECK((out == std::vector<Use>{{square.id(), 0}, {square.id(), 1}}));
  for (Use use : out) {
    BOOST_TEST(boost::source(use, tape) == square.id());
    BOOST_TEST(boost::target(use, tape) == x.id());
  }
  BOOST_TEST(boost::out_degree(square.id(), tape) == 2u);
  BOOST_TEST(boost::out_degree(x.id(), tape) == 0u);
}

BOOST_FIXTURE_TEST_CASE(vertices_and_edges_are_those_of_the_tape, Fixture) {
  BOOST_TEST(boost::num_vertices(tape) == 5u);
  BOOST_TEST(num_vertices(tape) == 5u);  // found beside Tape as well
  BOOST_TEST(listed(boost::vertices(tape)) == (std::vector<NodeId>{1, 2, 3, 4, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(boost::num_edges(tape) == 6u);
  BOOST_CHECK((listed(boost::edges(tape)) ==
               std::vector<Use>{{3, 0}, {3, 1}, {4, 0}, {4, 1}, {5, 0}, {5, 1}}));
  BOOST_TEST(
      listed(boost::adjacent_vertices(y.id(), tape)) == (std::vector<NodeId>{square.id(), z.id()}),
      boost::test_tools::per_element());
  // The tape's own array, not a copy of it.
  BOOST_TEST(boost::adjacent_vertices(y.id(), tape).first == tape.tensor_node(y.id()).operands);
  BOOST_TEST(get(boost::vertex_index, tape)[1] == 0u);
  BOOST_TEST(boost::get(boost::vertex_index, tape, 5) == 4u);
}

BOOST_AUTO_TEST_CASE(an_empty_tape_is_an_empty_graph) {
  const Tape tape;
  BOOST_TEST(boost::num_vertices(tape) == 0u);
  BOOST_TEST(boost::num_edges(tape) == 0u);
  BOOST_TEST(listed(boost::vertices(tape)).empty());
  BOOST_CHECK(listed(boost::edges(tape)).empty());
  BOOST_TEST(num_edges(uses(tape)) == 0u);
  BOOST_TEST(num_vertices(uses(tape)) == 0u);
}

BOOST_AUTO_TEST_CASE(every_output_has_the_edges_of_its_operation) {
  Tape tape;
  const Tensor x = leaf(tape, 3, "x");
  const std::vector<Tensor> both = toy::double_and_square(x);
  for (const Tensor& output : both) {
    const auto out = listed(boost::out_edges(output.id(), tape));
    BOOST_REQUIRE_EQUAL(out.size(), 1u);
    BOOST_TEST(boost::target(out[0], tape) == x.id());
  }
  BOOST_TEST(boost::num_edges(tape) == 2u);
  BOOST_CHECK((Ancestry(tape, both[1].id()).ids() == std::vector<NodeId>{x.id(), both[1].id()}));
}

BOOST_AUTO_TEST_CASE(scalars_and_tensors_are_one_graph) {
  Tape tape;
  const Scalar s = tape.variable(2, "s"), t = tape.variable(3, "t");
  const Scalar sum = accumulate(s, t);
  const Tensor pair = stack({sum, s});
  const Tensor square = toy::mul(pair, pair);
  const Scalar last = at(square, {1});
  BOOST_TEST(
      listed(boost::adjacent_vertices(sum.id(), tape)) == (std::vector<NodeId>{s.id(), t.id()}),
      boost::test_tools::per_element());
  BOOST_TEST(
      listed(boost::adjacent_vertices(pair.id(), tape)) == (std::vector<NodeId>{sum.id(), s.id()}),
      boost::test_tools::per_element());
  BOOST_TEST(listed(boost::adjacent_vertices(last.id(), tape)) == std::vector<NodeId>{square.id()},
             boost::test_tools::per_element());
  BOOST_TEST(boost::num_edges(tape) == 7u);
  BOOST_TEST(listed(boost::edges(tape)).size() == 7u);
  std::vector<NodeId> order;
  boost::topological_sort(tape, std::back_inserter(order));
  check_order(tape, order);
}

BOOST_FIXTURE_TEST_CASE(topological_sort_gives_operands_before_users, Fixture) {
  std::vector<NodeId> order;
  boost::topological_sort(tape, std::back_inserter(order));
  check_order(tape, order);
  std::vector<NodeId> turned;
  const Uses users = uses(tape);
  const auto reversed = boost::make_reverse_graph(users);
  boost::topological_sort(reversed, std::back_inserter(turned));
  std::reverse(turned.begin(), turned.end());
  check_order(tape, turned);
}

BOOST_AUTO_TEST_CASE(a_chain_of_a_million_is_sorted_in_constant_stack) {
  constexpr NodeId kLength = 1'000'000;
  Tape tape;
  Scalar x = tape.variable(1), sum = x;
  while (tape.size() < kLength) sum = accumulate(sum, x);
  std::vector<NodeId> order;
  order.reserve(kLength);
  boost::topological_sort(tape, std::back_inserter(order));
  BOOST_REQUIRE_EQUAL(order.size(), kLength);
  BOOST_TEST(std::is_sorted(order.begin(), order.end()));  // a chain has one order only
  BOOST_TEST(num_edges(uses(tape)) == 2u * (kLength - 1));
  BOOST_TEST(Ancestry(tape, sum.id()).ids().size() == kLength);
}

BOOST_AUTO_TEST_CASE(critical_path) {
  // A long way and a short way from y back to x.
  Tape tape;
  const Tensor x = leaf(tape, 2, "x");
  Tensor slow = x;
  for (int i = 0; i < 4; ++i) slow = toy::mul(slow, x);
  const Tensor y = toy::sub(slow, x);
  std::vector<int> distance(tape.size());
  std::vector<NodeId> before(tape.size());
  boost::dag_shortest_paths(tape, y.id(),
                            boost::weight_map(boost::static_property_map<int, Use>(-1))
                                .distance_map(boost::make_iterator_property_map(
                                    distance.begin(), get(boost::vertex_index, tape)))
                                .predecessor_map(boost::make_iterator_property_map(
                                    before.begin(), get(boost::vertex_index, tape))));
  BOOST_TEST(distance[x.id() - 1] == -5);
  std::vector<NodeId> path{x.id()};
  while (path.back() != y.id()) path.push_back(before[path.back() - 1]);
  BOOST_TEST(path == (std::vector<NodeId>{1, 2, 3, 4, 5, 6}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(filtered_graph_shows_a_part, Fixture) {
  const Ancestry ancestry(tape, y.id());
  const auto member = [&](NodeId id) { return ancestry.contains(id); };
  const boost::filtered_graph<Tape, boost::keep_all, std::function<bool(NodeId)>> part(tape, {},
                                                                                       member);
  BOOST_TEST(listed(boost::vertices(part)) == ancestry.ids(), boost::test_tools::per_element());
  BOOST_CHECK((listed(boost::edges(part)) == std::vector<Use>{{3, 0}, {3, 1}, {5, 0}, {5, 1}}));

  struct FirstOperand {
    bool operator()(Use use) const { return use.slot == 0; }
  };
  const boost::filtered_graph<Tape, FirstOperand> first(tape, {});
  BOOST_TEST(boost::out_degree(square.id(), first) == 1u);
  std::vector<NodeId> order;
  boost::topological_sort(first, std::back_inserter(order));
  BOOST_TEST(order.size() == tape.size());
}

BOOST_FIXTURE_TEST_CASE(uses_are_the_edges_turned_round, Fixture) {
  const Uses users = uses(tape);
  BOOST_CHECK((listed(boost::in_edges(x.id(), users)) == std::vector<Use>{{3, 0}, {3, 1}}));
  BOOST_CHECK((listed(boost::in_edges(z.id(), users)) == std::vector<Use>{{4, 0}, {4, 1}, {5, 1}}));
  BOOST_TEST(boost::in_degree(y.id(), users) == 0u);
  BOOST_TEST(boost::degree(square.id(), users) == 3u);
  BOOST_TEST(num_edges(users) == num_edges(tape));
  auto some = listed(boost::edges(users)), all = listed(boost::edges(tape));
  std::sort(some.begin(), some.end());
  BOOST_CHECK(some == all);
}

BOOST_FIXTURE_TEST_CASE(uses_within_an_ancestry, Fixture) {
  const Uses users = uses(tape, Ancestry(tape, y.id()));
  BOOST_TEST(listed(boost::vertices(users)) == (std::vector<NodeId>{1, 2, 3, 5}),
             boost::test_tools::per_element());
  BOOST_CHECK((listed(boost::in_edges(z.id(), users)) == std::vector<Use>{{5, 1}}));
  BOOST_TEST(boost::num_edges(users) == 4u);
  BOOST_TEST(get(boost::vertex_index, users)[5] == 3u);
  std::vector<NodeId> order;
  boost::topological_sort(users, std::back_inserter(order));
  BOOST_TEST(order.size() == 4u);
  BOOST_TEST(order.back() == y.id());
}

BOOST_AUTO_TEST_CASE(dominators_are_the_points_that_all_paths_pass) {
  Tape tape;
  const Tensor x = leaf(tape, 2, "x");
  const Tensor neck = toy::mul(x, x);
  const Tensor left = toy::mul(neck, neck), right = toy::sub(neck, left);
  const Tensor y = toy::sub(left, right);
  const Uses users = uses(tape);
  std::vector<NodeId> dominator(tape.size(), 0);
  boost::lengauer_tarjan_dominator_tree(
      users, y.id(),
      boost::make_iterator_property_map(dominator.begin(), get(boost::vertex_index, users)));
  BOOST_TEST(dominator[x.id() - 1] == neck.id());
  BOOST_TEST(dominator[neck.id() - 1] == y.id());
}

BOOST_FIXTURE_TEST_CASE(boost_draws_it_too, Fixture) {
  std::ostringstream out;
  boost::write_graphviz(out, tape, boost::default_writer(), boost::default_writer(),
                        boost::default_writer(), boost::identity_property_map());
  BOOST_TEST(out.str().find("3->1") != std::string::npos);
}
