#include "engine/inspect/memory_report.h"

#include <boost/test/unit_test.hpp>

#include "ops/ops.h"

using namespace tapestry;
using namespace tapestry::detail;

BOOST_AUTO_TEST_CASE(saved_tensors_are_told_by_op_shape_bytes_and_line) {
  Tape tape;
  const Tensor x = tape.variable(ones({1000}, DType::f64), "x");
  const NameScope scope("layer");
  const Tensor y = exp(x);
  const Site line;
  const MemoryReport report = memory_report(tape);
  BOOST_TEST(report.saved.size() == 1u);
  BOOST_TEST(report.saved[0].op == "exp");
  BOOST_TEST(report.saved[0].node == y.id());
  BOOST_TEST(report.saved[0].shape == Shape({1000}));
  BOOST_TEST(report.saved[0].bytes >= 8000u);
  BOOST_TEST(report.saved[0].bytes < 8500u);
  BOOST_TEST(report.saved[0].site.line() == line.line() - 1);
  BOOST_TEST(report.saved[0].scope == "layer");
  BOOST_TEST(report.bytes == report.saved[0].bytes);
}

BOOST_AUTO_TEST_CASE(memory_that_several_nodes_share_counts_once) {
  Tape tape;
  const Tensor x = tape.variable(ones({1000}, DType::f64), "x");
  const Tensor y = exp(x);
  const std::size_t alone = memory_report(tape).bytes;
  const Tensor z = y * y + square(y) + reshape(sin(transpose(reshape(y, {10, 100}))), {1000});
  const MemoryReport report = memory_report(tape);
  BOOST_TEST(report.saved.size() == 5u);
  BOOST_TEST(report.bytes == alone);
}

BOOST_AUTO_TEST_CASE(operations_without_a_need_save_nothing) {
  Tape tape;
  const Tensor x = tape.variable(ones({1000}), "x");
  const Tensor y = sum(x + x - 3.0);
  BOOST_TEST(memory_report(tape).saved.empty());
}

BOOST_AUTO_TEST_CASE(the_report_is_a_table_with_a_row_for_each_line) {
  Tape tape;
  const Tensor x = tape.variable(ones({4}), "x");
  Tensor y = x;
  for (int i = 0; i < 5; ++i) y = sin(y);
  const std::string text = fmt::format("{}", memory_report(tape));
  BOOST_TEST(text.find("    5  sin       (4,) f32  ") != std::string::npos, text);
  BOOST_TEST(text.ends_with("     5  in all\n"), text);
}
