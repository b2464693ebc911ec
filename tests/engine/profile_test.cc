#include "engine/inspect/profile.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "nn/nn.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

const ProfileRow* row_of(const std::vector<ProfileRow>& rows, std::string_view op, bool backward) {
  for (const ProfileRow& row : rows)
    if (row.op == op && row.backward == backward) return &row;
  return nullptr;
}

}  // namespace

BOOST_AUTO_TEST_CASE(operations_and_their_rules_are_counted_and_timed) {
  const Tensor a = ones({20, 30}), b = ones({30, 40});
  const Profile profile;
  Tape tape;
  const Tensor x = tape.variable(a);
  gradient(sum(tanh(matmul(x, b))), x);
  matmul(a, b);
  const std::vector<ProfileRow> rows = profile.rows();
  const ProfileRow *products = row_of(rows, "matmul", false), *tanhs = row_of(rows, "tanh", false),
                   *rules = row_of(rows, "tanh", true);
  BOOST_REQUIRE((products && tanhs && rules));
  BOOST_TEST(products->calls == 3);  // two of the program's, one of the rule's
  BOOST_TEST(products->flops == 3 * 2 * 20 * 30 * 40);
  BOOST_TEST(tanhs->calls == 1);
  BOOST_TEST(tanhs->bytes == 2 * 4 * 20 * 40);
  BOOST_TEST(tanhs->flops == 20 * 40);
  BOOST_TEST(rules->calls == 1);
  for (const ProfileRow& row : rows) {
    BOOST_TEST(row.seconds >= 0);
    BOOST_TEST(row.alone == 1);
  }
  BOOST_TEST(profile.table().find("tanh vjp") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_is_noted_once_it_is_gone_and_the_innermost_notes) {
  const Tensor x = ones({3});
  const Profile outer;
  {
    const Profile inner;
    tanh(x);
    BOOST_TEST(inner.rows().size() == 1);
  }
  BOOST_TEST(outer.rows().empty());
  exp(x);
  BOOST_TEST(outer.rows().at(0).op == "exp");
}

BOOST_AUTO_TEST_CASE(an_operation_that_is_refused_is_noted_as_well) {
  const Profile profile;
  BOOST_CHECK_THROW(ones({2}) + ones({3}), Error);
  tanh(ones({2}));
  BOOST_TEST(row_of(profile.rows(), "tanh", false)->calls == 1);
}

BOOST_AUTO_TEST_CASE(a_trace_is_what_chrome_reads) {
  const Profile profile;
  tanh(exp(ones({5})));
  std::ostringstream text;
  profile.write_chrome_trace(text);
  const auto trace = nlohmann::json::parse(text.str());
  std::vector<std::string> names;
  for (const auto& event : trace.at("traceEvents")) {
    names.push_back(event.at("name"));
    BOOST_TEST(event.at("ph") == "X");
    BOOST_TEST(event.at("dur").get<double>() >= 0);
  }
  BOOST_TEST(names.size() >= 2);
  BOOST_TEST(refusal([&] { profile.write_chrome_trace("/no/folder/trace.json"); }) ==
             "[Profile] /no/folder/trace.json cannot be written");
}

BOOST_AUTO_TEST_CASE(a_picture_tells_the_times_of_its_nodes) {
  const Profile profile;
  Tape tape;
  const Tensor x = tape.variable(ones({100}), "x");
  const Tensor y = sum(tanh(x));
  BOOST_TEST(profile.seconds_by_node(tape).contains(y.id()));
  BOOST_TEST(!profile.seconds_by_node(tape).contains(x.id()));
  std::ostringstream plain, timed;
  write_dot(plain, y);
  write_dot(timed, y, {.profile = &profile});
  BOOST_TEST(plain.str().find(" us<") == std::string::npos);
  BOOST_TEST((timed.str().find(" us<") != std::string::npos ||
              timed.str().find(" ms<") != std::string::npos));
}
