#include "engine/inspect/verify.h"

#include <boost/test/unit_test.hpp>

#include "engine/engine.h"
#include "engine/grad/accumulate.h"
#include "engine/tape/leaf.h"
#include "tests/engine/toy_ops.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

auto says(const std::string& message) {
  return [message](const Error& error) {
    BOOST_TEST(error.what() == message);
    return error.what() == message;
  };
}

#define REFUSES(call, message) \
  BOOST_CHECK_EXCEPTION(call, Error, says(std::string("[verify] ") + message))

// x, z, x z, and a copy of the last node for tests to break.
struct Fixture {
  Tape tape{{.keep_values = true}};
  Tensor x = tape.variable(tensor({1, 2}, DType::f64), "x");
  Tensor z = tape.variable(tensor({3, 4}, DType::f64), "z");
  Tensor y = toy::mul(x, z);
  TensorNode node = tape.tensor_node(y.id());
  std::vector<NodeId> operands{x.id(), z.id()};
  TensorLayout layout = row_major_layout({2});
  std::vector<OutputType> types{{&layout, DType::f64}};
  std::vector<Tensor> saved{x, z}, values{detach(y)};

  Fixture() {
    node.operands = operands.data();
    node.types = types.data();
    node.saved = saved.data();
    node.values = values.data();
  }
  void check() const { detail::verify_node(tape, node); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_the_engine_records_keeps_the_rules) {
  for (bool keep : {false, true}) {
    Tape tape({.keep_values = keep});
    verify(tape);
    const Tensor x = tape.variable(tensor({1, 2}, DType::f64), "x");
    const std::vector<Tensor> both = toy::double_and_square(x);
    const Scalar s = tape.variable(3, "s");
    const Tensor mixed = toy::mul(both[1], stack({s, accumulate(s, Scalar(2))}));
    const Tensor wide = broadcast_to(mixed, {4, 2}).to(DType::f32).to(DType::f64);
    const Tensor masked =
        toy::mul(wide, ones({4, 2}, DType::f64));  // a constant met as plain numbers
    const Scalar y = accumulate(at(sum_axes(masked, 3, 3), {}), s);
    verify(tape);
    adjoints(y, {.create_graph = true});
    verify(tape);
  }
}

BOOST_FIXTURE_TEST_CASE(the_copy_is_whole, Fixture) { check(); }

BOOST_FIXTURE_TEST_CASE(operands_precede_users, Fixture) {
  operands[1] = y.id();
  REFUSES(check(), "node 3 (mul): operand 1 is node 3, which does not come before it");
  operands[1] = 9;
  REFUSES(check(), "node 3 (mul): operand 1 is node 9; the tape holds 1 to 3");
  operands[1] = 0;
  REFUSES(check(), "node 3 (mul): operand 1 is node 0; the tape holds 1 to 3");
}

BOOST_FIXTURE_TEST_CASE(arity_is_that_of_the_record, Fixture) {
  node.operand_count = 1;
  REFUSES(check(), "node 3 (mul): has 1 operands; its record says 2");
}

BOOST_FIXTURE_TEST_CASE(output_types_are_possible, Fixture) {
  layout.shape[0] = -1;
  REFUSES(check(), "node 3 (mul): output 0 has the shape (-1,)");
  layout = row_major_layout({2});
  types[0].dtype = static_cast<DType>(9);
  REFUSES(check(), "node 3 (mul): output 0 has the unknown dtype 9");
  node.output_count = 0;
  REFUSES(check(), "node 3 (mul): has no outputs");
}

BOOST_FIXTURE_TEST_CASE(variables_are_floating, Fixture) {
  TensorNode leaf = tape.tensor_node(x.id());
  detail::verify_node(tape, leaf);
  types[0].dtype = DType::i64;
  leaf.types = types.data();
  REFUSES(detail::verify_node(tape, leaf), "node 1 (variable): is a variable of dtype i64");
}

BOOST_FIXTURE_TEST_CASE(what_vjps_read_is_saved_and_no_more, Fixture) {
  node.saved_mask = save_input(0);
  REFUSES(check(), "node 3 (mul): saves() asks for 0x2, which is not saved");
  node.saved_mask = save_input(0) | save_input(1) | save_output();
  REFUSES(check(), "node 3 (mul): 0x100000000 is saved, which saves() does not ask for");
  node.saved_mask = save_input(0) | save_input(1);
  node.saved_count = 3;
  REFUSES(check(), "node 3 (mul): 3 tensors are saved, the mask 0x3 says otherwise");
}

BOOST_FIXTURE_TEST_CASE(saved_tensors_are_what_they_stand_for, Fixture) {
  saved[1] = ones({3}, DType::f64);
  REFUSES(check(), "node 3 (mul): saved input 1 is f64 (3,), recorded as f64 (2,)");
  saved[1] = x;
  REFUSES(check(), "node 3 (mul): saved input 1 is node 1, not 2");
  saved[1] = Tensor();
  REFUSES(check(), "node 3 (mul): saved input 1 has no numbers");
}

BOOST_FIXTURE_TEST_CASE(kept_values_fit_and_are_all_there, Fixture) {
  values[0] = ones({2});
  REFUSES(check(), "node 3 (mul): kept value 0 is f32 (2,), recorded as f64 (2,)");
  node.values = nullptr;
  REFUSES(check(), "node 3 (mul): its value should be kept and is not");
}

BOOST_AUTO_TEST_CASE(spans_are_sorted_and_gapless) {
  const auto span = [](NodeId first, std::uint32_t count) {
    return Run{nullptr, first, count, nullptr, nullptr};
  };
  using Spans = std::vector<Run>;
  detail::verify_spans({}, 0);
  detail::verify_spans(Spans{span(1, 3), span(4, 1)}, 4);
  REFUSES(detail::verify_spans(Spans{span(1, 3), span(5, 1)}, 5),
          "span 1 starts at node 5; 4 was due");
  REFUSES(detail::verify_spans(Spans{span(1, 3), span(3, 2)}, 4),
          "span 1 starts at node 3; 4 was due");
  REFUSES(detail::verify_spans(Spans{span(1, 3), span(4, 0)}, 3), "span 1 at node 4 is empty");
  REFUSES(detail::verify_spans(Spans{span(1, 3)}, 4), "the spans end with node 3, the tape with 4");
}

BOOST_AUTO_TEST_CASE(statements_read_earlier_nodes_of_one_kind) {
  static constexpr KernelOf<double> kPair{{"pair", 2, 0}};
  Tape tape;
  const Scalar s = tape.variable(1, "s");
  const Tensor x = tape.variable(tensor({1, 2}, DType::f64), "x");
  const auto run = [&](const std::vector<NodeId>& leaves, std::uint32_t count) {
    const NodeId next = tape.size();
    detail::verify_run(tape, {&kPair, next, count, leaves.data(), nullptr});
  };
  tape.variable(2, "t");
  tape.variable(3, "u");
  run({s.id(), s.id(), s.id(), 3}, 2);
  REFUSES(run({s.id(), x.id()}, 1),
          "node 4 (pair): operands are tensors and scalars mixed: nodes 1 and 2");
  REFUSES(run({s.id(), 4}, 1), "node 4 (pair): operand 1 is node 4, which does not come before it");
  REFUSES(run({s.id(), 5}, 1), "node 4 (pair): operand 1 is node 5; the tape holds 1 to 4");
  REFUSES(run({s.id(), s.id(), x.id(), x.id()}, 2),
          "node 5 (pair): reads a tensor, and node 4 of the same kernel does not");
}

BOOST_AUTO_TEST_CASE(a_tape_with_a_false_record_is_refused) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1, 2}, DType::f64), "x");
  static constexpr Op kThree = [] {
    Op op{};
    op.name = "three";
    op.arity = 3;
    return op;
  }();
  Tensor output = ones({2}, DType::f64);
  const Tensor* operands[] = {&x, &x};
  tape.record(kThree, Inputs(operands), nullptr, {&output, 1});
  REFUSES(verify(tape), "node 2 (three): has 2 operands; its record says 3");

  Tape other;
  static constexpr KernelOf<double> kOne{{"one", 1, 0}};
  const NodeId later = 9;
  other.record_statement(kOne, {&later, 1}, {}, 0);
  REFUSES(verify(other), "node 1 (one): operand 0 is node 9; the tape holds 1 to 1");
}
