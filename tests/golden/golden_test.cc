// Ops against the values and derivatives that PyTorch and JAX give, one test case for each golden
// case, to be run as --run_test=linalg/eigh_1. Where they were asked, make.py says.
//
// In double precision every number agrees to 1e-10 of max(1, |number|). Golden inputs are exact in
// single precision, so the same numbers are wanted there, to 1e-5 of max(1, |number|), and a few
// times more where the function itself magnifies the rounding of its inputs: as far as the double
// results move when each input does by a rounding of single precision.
#include <fmt/format.h>

#include <boost/make_shared.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "engine/engine.h"
#include "tests/golden/case.h"
#include "tests/golden/table.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::golden;
namespace unit = boost::unit_test;

namespace {

struct Family {
  const char* name;
  Table (*table)();
};
constexpr Family kFamilies[] = {{"elementwise", elementwise_table},
                                {"reduce", reduce_table},
                                {"scan", scan_table},
                                {"arrange", arrange_table},
                                {"index", index_table},
                                {"product", product_table},
                                {"linalg", linalg_table},
                                {"conv", conv_table},
                                {"pool", pool_table},
                                {"loss", loss_table},
                                {"fft", fft_table}};

// The same numbers as f32 or f64 if they are floating.
Tensor tensor_of(const Block& block, DType floating) {
  return from_vector(block.numbers, block.shape)
      .to(is_floating(block.dtype) ? floating : block.dtype);
}

// What a case is about, worked out here: values, then gradients, then seconds.
struct Outcome {
  std::vector<std::string> names;
  Tensors tensors;

  void add(std::string name, const Tensor& tensor) {
    names.push_back(std::move(name));
    tensors.push_back(detach(tensor));
  }
  void add(const char* name, const Tensors& all) {
    for (std::size_t i = 0; i < all.size(); ++i) add(fmt::format("{} {}", name, i), all[i]);
  }
};

// <weights, tensors>, of those that are tracked; undefined when none is.
Tensor weighed(const std::vector<Numbers>& weights, const Tensors& tensors) {
  Tensor total;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!tensors[i].is_tracked()) continue;
    const Tensor weight = from_vector(weights.at(i), tensors[i].shape()).to(tensors[i].dtype());
    const Tensor term = sum(weight * tensors[i]);
    total = total.defined() ? total + term : term;
  }
  return total;
}

Tensors slopes(const Tensor& number, const Tensors& xs, bool create_graph) {
  if (number.defined())
    return gradient(number, xs, {.create_graph = create_graph, .allow_unused = true});
  Tensors zero;
  for (const Tensor& x : xs) zero.push_back(zeros_like(x));
  return zero;
}

Outcome outcome(const Case& golden, const Call& call, Tensors inputs) {
  Tape tape;
  Tensors sources;
  for (Tensor& x : inputs)
    if (is_floating(x.dtype())) sources.push_back(x = tape.variable(x));
  const Results results = call(inputs, golden.attributes);
  Outcome outcome;
  outcome.add("value", results);
  if (golden.gradients.empty()) return outcome;
  Tensors floating;
  for (const Tensor& y : results)
    if (is_floating(y.dtype())) floating.push_back(y);
  const Tensor y = weighed(golden.weights, floating);
  outcome.add("gradient", slopes(y, sources, false));
  if (golden.seconds.empty()) return outcome;
  const Tensors first = slopes(y, sources, true);
  outcome.add("recorded gradient", first);
  outcome.add("second derivative", slopes(weighed(golden.directions, first), sources, false));
  return outcome;
}

// Golden numbers in the order of an Outcome's.
std::vector<Numbers> wanted(const Case& golden) {
  std::vector<Numbers> all;
  for (const Block& value : golden.values) all.push_back(value.numbers);
  const auto append = [&](const std::vector<Numbers>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  append(golden.gradients);
  if (!golden.seconds.empty()) append(golden.gradients);
  append(golden.seconds);
  return all;
}

// Checks every number to tolerance * max(1, |wanted|) + slack; no slack is 0 everywhere.
void compare(const std::string& who, const Outcome& seen, const std::vector<Numbers>& wanted,
             double tolerance, const std::vector<Numbers>& slack = {}) {
  BOOST_TEST_REQUIRE(seen.tensors.size() == wanted.size(), who << ": number of results");
  for (std::size_t t = 0; t < wanted.size(); ++t) {
    const Numbers numbers = seen.tensors[t].to_vector();
    BOOST_TEST_REQUIRE(numbers.size() == wanted[t].size(), who << ' ' << seen.names[t]);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double a = numbers[i], b = wanted[t][i];
      const double allowed =
          tolerance * std::max(1.0, std::abs(b)) + (slack.empty() ? 0.0 : slack[t][i]);
      const bool alike = a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= allowed;
      BOOST_TEST(alike, fmt::format("{} {} [{}] is {}; wanted {}", who, seen.names[t], i, a, b));
    }
  }
}

// A few times how far results move when each floating input does by up to a rounding of single
// precision: the most of some random ways. A jump, as of floor, is no such thing.
std::vector<Numbers> magnified_rounding(const Case& golden, const Call& call, const Tensors& inputs,
                                        const Outcome& at) {
  constexpr double kRounding = 0x1p-24;
  constexpr int kWays = 4;
  constexpr double kTimes = 4, kJump = 1e-3;
  std::vector<Numbers> moved;
  for (const Tensor& tensor : at.tensors)
    moved.emplace_back(static_cast<std::size_t>(tensor.size()), 0.0);
  Rng rng{7};
  for (int way = 0; way < kWays; ++way) {
    Tensors near = inputs;
    for (Tensor& x : near)
      if (is_floating(x.dtype()))
        x = x * (1 + kRounding * uniform(x.shape(), -1, 1, rng, DType::f64));
    const Outcome there = outcome(golden, call, near);
    for (std::size_t t = 0; t < moved.size(); ++t) {
      const Numbers a = at.tensors[t].to_vector(), b = there.tensors[t].to_vector();
      for (std::size_t i = 0; i < a.size(); ++i)
        if (const double step = kTimes * std::abs(a[i] - b[i]);
            step > moved[t][i] && step < kJump * std::max(1.0, std::abs(a[i])))
          moved[t][i] = step;
    }
  }
  return moved;
}

void hold(const Family& family, const Case& golden) {
  const Table table = family.table();
  BOOST_TEST_REQUIRE(table.contains(golden.op), "no op is called " << golden.op);
  const Call& call = table.at(golden.op);
  const std::string who = fmt::format("{} {}", golden.name, golden.attributes.dump());
  Tensors wide, narrow;
  for (const Block& input : golden.inputs) {
    wide.push_back(tensor_of(input, DType::f64));
    narrow.push_back(tensor_of(input, DType::f32));
    for (const double x : input.numbers)
      BOOST_TEST((std::isnan(x) || static_cast<double>(static_cast<float>(x)) == x),
                 who << ": an input is not exact in single precision");
  }
  const std::vector<Numbers> numbers = wanted(golden);
  const Outcome seen = outcome(golden, call, wide);
  for (std::size_t i = 0; i < golden.values.size(); ++i) {
    BOOST_TEST(seen.tensors.at(i).shape() == golden.values[i].shape, who);
    BOOST_TEST((seen.tensors[i].dtype() == golden.values[i].dtype), who << ": dtype");
  }
  compare(who, seen, numbers, 1e-10);
  const Outcome single = outcome(golden, call, narrow);
  for (std::size_t i = 0; i < seen.tensors.size(); ++i) {
    const DType dtype = seen.tensors[i].dtype();
    BOOST_TEST((single.tensors.at(i).dtype() == (dtype == DType::f64 ? DType::f32 : dtype)),
               who << " in f32: dtype");
  }
  compare(who + " in f32", single, numbers, 1e-5, magnified_rounding(golden, call, wide, seen));
}

// A name without numbers of the other libraries, as that of a new line of the page, fails.
void every_op_has_a_case(const Family& family, std::set<std::string> asked) {
  for (const auto& [op, call] : family.table())
    BOOST_TEST(asked.contains(op), fmt::format("{} has no case in data/{}.jsonl; add one to "
                                               "reference/{}.py and run make.py",
                                               op, family.name, family.name));
}

struct Count {
  std::size_t cases = 0, by_both = 0;
  ~Count() { fmt::print("{} golden cases, {} of them by both libraries\n", cases, by_both); }
};
Count count;

// A suite for each family; made when the program starts, before cases are chosen.
class Suites : public unit::test_unit_generator {
 public:
  unit::test_unit* next() const override {
    if (next_ == std::size(kFamilies)) return nullptr;
    const Family& family = kFamilies[next_++];
    auto* suite = new unit::test_suite(family.name, __FILE__, __LINE__);
    const auto add = [&](const std::string& name, const std::function<void()>& test) {
      suite->add(unit::make_test_case(test, name, __FILE__, __LINE__));
    };
    std::set<std::string> asked;
    try {
      for (const Case& golden :
           read_cases(fmt::format("tests/golden/data/{}.jsonl", family.name))) {
        add(golden.name, [family, golden] { hold(family, golden); });
        asked.insert(golden.op);
        ++count.cases;
        count.by_both += golden.by == "torch+jax";
      }
    } catch (const std::exception& error) {
      add("data", [what = std::string(error.what())] { BOOST_FAIL(what); });
    }
    add("every_op_has_a_case", [family, asked] { every_op_has_a_case(family, asked); });
    return suite;
  }

 private:
  mutable std::size_t next_ = 0;
};

[[maybe_unused]] const unit::ut_detail::auto_test_unit_registrar kSuites(
    boost::make_shared<Suites>(), unit::decorator::collector_t::instance());

}  // namespace
