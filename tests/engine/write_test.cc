#include <boost/test/unit_test.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "engine/engine.h"
#include "engine/grad/accumulate.h"
#include "engine/inspect/write_dot.h"
#include "engine/inspect/write_json.h"
#include "engine/inspect/write_text.h"
#include "tests/engine/toy_ops.h"
#include "tests/support/ranking.h"

using namespace tapestry;
using namespace tapestry::detail;
using Json = nlohmann::json;

namespace {

Tensor numbers(const NestedList& values) { return tensor(values, DType::f64); }

template <class Recorded>
std::string dot(const Recorded& y, const WriteOptions& options = {}) {
  std::ostringstream out;
  write_dot(out, y, options);
  return out.str();
}

template <class Recorded>
std::string text(const Recorded& y, const WriteOptions& options = {}) {
  std::ostringstream out;
  write_text(out, y, options);
  return out.str();
}

template <class Recorded>
Json json(const Recorded& y, const WriteOptions& options = {}) {
  std::ostringstream out;
  write_json(out, y, options);
  return Json::parse(out.str());
}

const Json& node(const Json& graph, NodeId id) {
  for (const Json& node : graph.at("nodes"))
    if (node.at("id") == id) return node;
  throw std::out_of_range("no such node");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// loss = sum((x w - target)^2); the island is no part of it.
struct Fixture {
  Tape tape{{.keep_values = true}};
  Tensor x = tape.variable(numbers({0.5, -2}), "x"), w = tape.variable(numbers({3, 4}), "w");
  Tensor island = toy::mul(w, w);
  Tensor target = tape.constant(numbers({1, 0}), "target");
  Tensor product = toy::mul(x, w);
  Tensor error = toy::sub(product, target);
  Tensor square = toy::mul(error, error);
  Tensor loss = sum_axes(square, 1, 1);
  Fixture() { tape.set_name(loss, "loss"); }
};

auto says(const std::string& message) {
  return [message](const Error& error) {
    BOOST_TEST(error.message() == message);
    return error.message() == message;
  };
}

}  // namespace

// ---- JSON --------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(json_holds_what_y_was_computed_from, Fixture) {
  const Json graph = json(loss);
  BOOST_TEST(graph.at("output") == loss.id());
  std::vector<NodeId> ids;
  for (const Json& node : graph.at("nodes")) ids.push_back(node.at("id"));
  BOOST_TEST(ids == (std::vector<NodeId>{1, 2, 4, 5, 6, 7, 8}), boost::test_tools::per_element());
  const Json last{{"id", 8},
                  {"name", "loss"},
                  {"op", "sum"},
                  {"attributes", "axis=(0)"},
                  {"dtype", "f64"},
                  {"operands", Json({7})},
                  {"shape", Json::array()}};
  BOOST_TEST(node(graph, loss.id()) == last);
  BOOST_TEST(node(graph, x.id()).at("op") == "variable");
  BOOST_TEST(node(graph, target.id()).at("op") == "constant");
  BOOST_TEST(node(graph, error.id()).at("operands") == Json({5, 4}));
  std::string edges;
  for (const Json& e : graph.at("edges"))
    edges += fmt::format("{}-{}.{} ", e.at("from").get<int>(), e.at("to").get<int>(),
                         e.at("slot").get<int>());
  BOOST_TEST(edges == "1-5.0 2-5.1 5-6.0 4-6.1 6-7.0 6-7.1 7-8.0 ");
}

BOOST_FIXTURE_TEST_CASE(json_gives_values_and_gradients, Fixture) {
  const Json graph = json(loss, {.values = true, .gradients = true});
  BOOST_TEST(node(graph, x.id()).at("value") == Json({0.5, -2.0}));
  BOOST_TEST(node(graph, square.id()).at("value") == Json({0.25, 64.0}));
  BOOST_TEST(node(graph, loss.id()).at("value") == 64.25);
  // 2 (x w - target) w, and so on.
  BOOST_TEST(node(graph, x.id()).at("gradient") == Json({3.0, -64.0}));
  BOOST_TEST(node(graph, w.id()).at("gradient") == Json({0.5, 32.0}));
  BOOST_TEST(node(graph, error.id()).at("gradient") == Json({1.0, -16.0}));
  BOOST_TEST(node(graph, loss.id()).at("gradient") == 1.0);
  BOOST_TEST(!node(graph, target.id()).contains("gradient"));
}

BOOST_AUTO_TEST_CASE(values_that_the_tape_did_not_keep_are_left_out) {
  Tape tape;
  const Tensor x = tape.variable(numbers({2, 3}), "x");
  const Tensor square = toy::mul(x, x), y = sum_axes(square, 1, 1);
  const Json graph = json(y, {.values = true});
  BOOST_TEST(node(graph, x.id()).at("value") == Json({2.0, 3.0}));
  BOOST_TEST(!node(graph, square.id()).contains("value"));
  BOOST_TEST(node(graph, y.id()).at("value") == 13.0);
}

BOOST_AUTO_TEST_CASE(json_numbers_read_back_as_the_same_bits) {
  const double third = 1.0 / 3, tiny = std::numeric_limits<double>::denorm_min(),
               huge = 1.7976931348623157e308;
  const double inf = std::numeric_limits<double>::infinity(),
               nan = std::numeric_limits<double>::quiet_NaN();
  Tape tape;
  const Tensor x =
      tape.variable(from_vector(std::vector<double>{third, tiny, huge, -0.0, inf, -inf, nan}, {7}));
  const Json value = node(json(x, {.values = true}), x.id()).at("value");
  BOOST_TEST(value[0].get<double>() == third);
  BOOST_TEST(value[1].get<double>() == tiny);
  BOOST_TEST(value[2].get<double>() == huge);
  BOOST_TEST(std::signbit(value[3].get<double>()));
  BOOST_TEST(value[4] == "inf");
  BOOST_TEST(value[5] == "-inf");
  BOOST_TEST(value[6] == "nan");

  const std::int64_t odd = (std::int64_t{1} << 53) + 1;  // no double holds it
  const Tensor whole = tape.constant(from_vector(std::vector<std::int64_t>{odd, -1}, {2, 1}));
  BOOST_TEST(node(json(whole, {.values = true}), whole.id()).at("value").dump() ==
             "[[9007199254740993],[-1]]");
}

// ---- scalars -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(scalars_and_tensors_are_drawn_together) {
  Tape tape;
  const Scalar s = tape.variable(2, "s");
  const Scalar twice = accumulate(s, s);
  const Tensor pair = stack({s, twice});
  const Scalar y = at(toy::mul(pair, pair), {1});  // (2 s)^2
  const Json graph = json(y, {.values = true, .gradients = true});
  BOOST_TEST(node(graph, s.id()).at("value") == 2.0);
  BOOST_TEST(node(graph, s.id()).at("gradient") == 16.0);
  BOOST_TEST(node(graph, twice.id()).at("gradient") == 8.0);
  BOOST_TEST(node(graph, twice.id()).at("operands") == Json({s.id(), s.id()}));
  BOOST_TEST(node(graph, pair.id()).at("gradient") == Json({0.0, 8.0}));
  BOOST_TEST(node(graph, y.id()).at("attributes") == "index=1");
}

// ---- DOT ---------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(dot_has_the_nodes_and_edges_of_json, Fixture) {
  const std::string picture = dot(loss);
  const Json graph = json(loss);
  std::multiset<std::pair<int, int>> drawn, listed;
  const std::regex edge("n(\\d+) -> n(\\d+)");
  for (std::sregex_iterator i(picture.begin(), picture.end(), edge), end; i != end; ++i)
    drawn.insert({std::stoi((*i)[1]), std::stoi((*i)[2])});
  for (const Json& e : graph.at("edges"))
    listed.insert({e.at("from").get<int>(), e.at("to").get<int>()});
  BOOST_CHECK(drawn == listed);
  std::set<int> labelled, known;
  const std::regex label("n(\\d+) \\[label=<");
  for (std::sregex_iterator i(picture.begin(), picture.end(), label), end; i != end; ++i)
    labelled.insert(std::stoi((*i)[1]));
  for (const Json& n : graph.at("nodes")) known.insert(n.at("id").get<int>());
  BOOST_CHECK(labelled == known);
}

BOOST_FIXTURE_TEST_CASE(dot_numbers_edges_where_order_matters, Fixture) {
  const std::string picture = dot(loss, {.rankdir = "LR"});
  BOOST_TEST(has(picture, "n5 -> n6 [label=\"0\"];"));
  BOOST_TEST(has(picture, "n4 -> n6 [label=\"1\"];"));
  BOOST_TEST(has(picture, "n1 -> n5;"));
  BOOST_TEST(has(picture, "rankdir=LR;"));
  BOOST_CHECK_EXCEPTION(dot(loss, {.rankdir = "up"}), Error,
                        says("[write_dot] rankdir is \"up\"; it can be TB, BT, LR or RL"));
}

BOOST_AUTO_TEST_CASE(any_name_can_be_drawn) {
  Tape tape;
  const std::string name = "a \"b\" <c> & \\d\ne\x01\xff \xc3\xa9";
  const Tensor x = tape.variable(numbers({1, 2}), name);
  BOOST_TEST(has(
      dot(x), "<B>a &quot;b&quot; &lt;c&gt; &amp; \\d<BR/>e\xEF\xBF\xBD\xEF\xBF\xBD \xc3\xa9</B>"));
  BOOST_TEST(node(json(x), x.id()).at("name") ==
             "a \"b\" <c> & \\d\ne\xEF\xBF\xBD\xEF\xBF\xBD \xc3\xa9");
  const std::string line = text(x);
  BOOST_TEST(std::count(line.begin(), line.end(), '\n') == 1);
  BOOST_TEST(has(line, "a \"b\" <c> & \\\\d\\ne\xEF\xBF\xBD\xEF\xBF\xBD \xc3\xa9 = variable"));
}

BOOST_AUTO_TEST_CASE(long_tensors_are_abbreviated_in_pictures_only) {
  Tape tape;
  const Tensor x = tape.variable(arange(100, DType::f64).to(DType::f32), "x");
  const std::string picture = dot(x, {.values = true});
  BOOST_TEST(has(picture, "[0,&#160;1,&#160;2,&#160;...,&#160;99]"));
  BOOST_TEST(has(picture, "min&#160;0,&#160;mean&#160;49.5,&#160;max&#160;99"));
  BOOST_TEST(has(text(x, {.values = true}), "value [0, 1, 2, ..., 99] min 0, mean 49.5, max 99\n"));
  BOOST_TEST(node(json(x, {.values = true}), x.id()).at("value").size() == 100u);
}

// ---- text --------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(text_is_one_aligned_line_a_node, Fixture) {
  BOOST_TEST(text(loss) ==
             "%1 x      = variable            f64 (2,)\n"
             "%2 w      = variable            f64 (2,)\n"
             "%4 target = constant            f64 (2,)\n"
             "%5        = mul(%1, %2)         f64 (2,)\n"
             "%6        = sub(%5, %4)         f64 (2,)\n"
             "%7        = mul(%6, %6)         f64 (2,)\n"
             "%8 loss   = sum(%7) [axis=(0)]  f64 ()\n");
  BOOST_TEST(has(text(loss, {.values = true, .gradients = true}),
                 "%6        = sub(%5, %4)         f64 (2,)  value [0.5, -8]  gradient [1, -16]\n"));
}

BOOST_AUTO_TEST_CASE(matrices_stand_in_rows) {
  Tape tape;
  const Tensor x = tape.variable(numbers({{1, -2.5}, {300, 4}}), "x");
  BOOST_TEST(has(text(x, {.values = true}), "value [[1, -2.5], [300, 4]]\n"));
  BOOST_TEST(
      has(dot(x, {.values = true}),
          "[[&#160;&#160;&#160;1,&#160;-2.5],<BR/>&#160;[&#160;300,&#160;&#160;&#160;&#160;4]]"));
  const Tensor empty = tape.variable(zeros({0, 3}), "empty");
  BOOST_TEST(has(text(empty, {.values = true}), "f32 (0, 3)  value []\n"));
  BOOST_TEST(node(json(tape, {.values = true}), empty.id()).at("value") == Json::array());
  const Tensor cube = tape.variable(arange(8).to(DType::f64), "cube");
  const Tensor deep = tape.variable(cube.view({2, 2, 2}, {4, 2, 1}), "deep");
  BOOST_TEST(has(text(deep, {.values = true}), "value [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]\n"));
}

// ---- the backward part -------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(recorded_adjoints_are_linked_to_their_nodes, Fixture) {
  const Tensor dx = gradient(loss, x, {.create_graph = true});
  const WriteOptions options{.values = true, .adjoints = {{x.id(), dx}}};
  const Json graph = json(loss, options);
  BOOST_TEST(node(graph, dx.id()).at("name") == "d loss / d x");
  BOOST_TEST(node(graph, dx.id()).at("adjoint_of") == Json({x.id()}));
  BOOST_TEST(node(graph, dx.id()).at("value") == Json({3.0, -64.0}));
  BOOST_TEST(graph.at("nodes").size() >
             json(loss).at("nodes").size() + 1);  // what dx was computed from
  BOOST_TEST(has(dot(loss, options), fmt::format("n{} -> n{} [style=dashed", dx.id(), x.id())));
  BOOST_TEST(has(text(loss, options), "adjoint of %1\n"));
}

BOOST_AUTO_TEST_CASE(a_cycle_is_seen) {
  const std::string down = "\n  n1 -> n2;\n  n2 -> n3 [dir=back];";
  BOOST_TEST(ranks_without_cycle(down));
  BOOST_TEST(!ranks_without_cycle(down + "\n  n3 -> n1;"));
  BOOST_TEST(ranks_without_cycle(down + "\n  n3 -> n1 [constraint=false];"));
  BOOST_TEST(!ranks_without_cycle(down + "\n  { rank=same; n1; n3; }"));
}

// Down the forward part and up the backward part, each adjoint at the height of its node.
BOOST_FIXTURE_TEST_CASE(dot_ranks_both_parts_the_same_way, Fixture) {
  const std::vector<Adjoint> all = adjoints(loss, {.create_graph = true});
  const std::string picture = dot(loss, {.adjoints = all});
  BOOST_TEST(ranks_without_cycle(picture));
  std::set<NodeId> backward, linked;
  for (const Adjoint& adjoint : all)
    if (adjoint.value.is_tracked()) linked.insert(adjoint.value.id());
  const std::regex up("n(\\d+) -> n(\\d+) \\[dir=back");
  for (std::sregex_iterator i(picture.begin(), picture.end(), up), end; i != end; ++i) {
    const int user = std::stoi((*i)[1]), operand = std::stoi((*i)[2]);
    const auto operands = tape.operands(static_cast<NodeId>(user));
    BOOST_TEST(std::count(operands.begin(), operands.end(), static_cast<NodeId>(operand)) > 0);
    backward.insert(static_cast<NodeId>(user));
  }
  BOOST_TEST(!backward.empty());
  for (const NodeId id : backward) BOOST_TEST(id > loss.id());
  for (const NodeId id : linked) BOOST_TEST(has(picture, fmt::format("; n{}; }}\n", id)));
}

// Adjoints of what y does not need are drawn without a height of their own.
BOOST_FIXTURE_TEST_CASE(dot_ranks_islands, Fixture) {
  const Tensor other = sum_axes(toy::mul(island, island), 1, 1);
  std::vector<Adjoint> all = adjoints(other, {.create_graph = true});
  const std::vector<Adjoint> own = adjoints(loss, {.create_graph = true});
  all.insert(all.end(), own.begin(), own.end());
  BOOST_TEST(ranks_without_cycle(dot(loss, {.adjoints = all})));
}

BOOST_FIXTURE_TEST_CASE(all_adjoints_in_one_walk, Fixture) {
  const std::vector<Adjoint> all = adjoints(loss, {.create_graph = true});
  std::vector<NodeId> of;
  for (const Adjoint& adjoint : all) of.push_back(adjoint.of);
  BOOST_TEST(of == (std::vector<NodeId>{1, 2, 5, 6, 7, 8}), boost::test_tools::per_element());
  const Json graph = json(loss, {.values = true, .adjoints = all});
  std::set<NodeId> linked;
  for (const Json& n : graph.at("nodes"))
    if (n.contains("adjoint_of"))
      for (NodeId id : n.at("adjoint_of")) linked.insert(id);
  BOOST_CHECK((linked == std::set<NodeId>{1, 2, 5, 6, 7, 8}));
  // d loss / d loss is the number 1 and was never recorded: it is drawn past the end of the tape.
  const Json& last = graph.at("nodes").back();
  BOOST_TEST(last.at("id") > tape.size());
  BOOST_TEST(last.at("name") == "d loss / d loss");
  BOOST_TEST(last.at("value") == 1.0);
}

// ---- whole tapes and refusals ------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_whole_tape_is_written_with_its_islands, Fixture) {
  const Json graph = json(tape, {.values = true});
  BOOST_TEST(graph.at("nodes").size() == tape.size());
  BOOST_TEST(graph.at("output").is_null());
  BOOST_TEST(node(graph, island.id()).at("value") == Json({9.0, 16.0}));
  const std::string lines = text(tape);
  BOOST_TEST(std::count(lines.begin(), lines.end(), '\n') == tape.size());
  BOOST_TEST(has(dot(tape), "n2 -> n3;"));
  BOOST_CHECK_EXCEPTION(
      dot(tape, {.gradients = true}), Error,
      says("[write_dot] gradients are those of one number: give that number instead of the tape"));
}

BOOST_AUTO_TEST_CASE(an_empty_tape_is_an_empty_picture) {
  const Tape tape;
  BOOST_TEST(json(tape) ==
             (Json{{"nodes", Json::array()}, {"edges", Json::array()}, {"output", nullptr}}));
  BOOST_TEST(text(tape).empty());
  BOOST_TEST(has(dot(tape), "digraph"));
}

BOOST_AUTO_TEST_CASE(what_was_not_recorded_is_refused_and_nothing_is_written) {
  std::ostringstream out;
  const Tensor plain = ones({2});
  const std::string message =
      "y was not recorded, so nothing is known of how it was computed: it was made outside the "
      "tape, under "
      "PauseRecording, by detach() or stop_gradient(), or from plain numbers only";
  BOOST_CHECK_EXCEPTION(write_dot(out, plain), Error, says("[write_dot] " + message));
  BOOST_CHECK_EXCEPTION(write_json(out, Scalar(3)), Error, says("[write_json] " + message));
  BOOST_CHECK_EXCEPTION(write_text(out, Tensor()), Error, says("[write_text] " + message));
  Tensor stale;
  {
    Tape tape;
    stale = tape.variable(ones({2}), "x");
    BOOST_CHECK_EXCEPTION(write_json(out, stale, {.gradients = true}), Error,
                          says("[write_json] gradients are those of one number, and y has shape "
                               "(2,): reduce it first"));
    BOOST_CHECK_EXCEPTION(
        write_json(out, stale, {.adjoints = {{7, plain}}}), Error,
        says("[write_json] an adjoint is given of node 7; the tape holds 1 to 1"));
    Tape inner;
    const Tensor other = inner.variable(ones({2}), "other");
    BOOST_CHECK_EXCEPTION(
        write_json(out, stale, {.adjoints = {{1, other}}}), Error,
        says("[write_json] the adjoint of node 1 is not recorded on the tape that is drawn"));
  }
  BOOST_CHECK_EXCEPTION(
      write_dot(out, stale), Error,
      says("[write_dot] y was recorded on a tape that no longer lives or was cleared; write it "
           "while the tape does"));
  BOOST_TEST(out.str().empty());
}

BOOST_AUTO_TEST_CASE(a_long_chain_is_written_in_constant_stack) {
  Tape tape;
  const Scalar x = tape.variable(1, "x");
  Scalar sum = x;
  for (int i = 0; i < 200'000; ++i) sum = accumulate(sum, x);
  const std::string lines = text(sum, {.gradients = true});
  BOOST_TEST(std::count(lines.begin(), lines.end(), '\n') == tape.size());
}
