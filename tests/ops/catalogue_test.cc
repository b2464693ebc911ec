// Every op of the catalogue against every property. The cases are made from the records: one for
// each property and op, to be run as --run_test=vjp/tanh. A new record is covered by being there.
#include <fmt/format.h>

#include <boost/make_shared.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "engine/tape/tape.h"
#include "tests/ops/properties/property.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;
namespace unit = boost::unit_test;

namespace {

const std::vector<Property>& properties() {
  static const std::vector<Property> all = [] {
    std::vector<Property> joined;
    for (const auto family : {record_properties, calculus_properties, dtype_properties,
                              layout_properties, sharing_properties, extent_properties,
                              special_value_properties, tape_properties, vmap_properties})
      for (const Property& property : family()) joined.push_back(property);
    return joined;
  }();
  return all;
}

// What has been run, for the summary.
struct Count {
  int cases = 0, run = 0, failed = 0;
  long checks = 0;
  // Ops by property and reason.
  std::map<std::string, std::map<std::string, std::vector<std::string>>> left_out;
};
Count count;

// For Boost.Test a failure is reported once with op, sample and what was seen.
void hold(const Property& property, const OpInfo& record) {
  Findings findings;
  findings.at(fmt::format("{} of {}", property.name, record.name),
              [&] { property.hold(record, findings); });
  ++count.cases;
  count.checks += findings.checks();
  count.failed += !findings.failures().empty();
  for (const std::string& failure : findings.failures()) BOOST_ERROR(failure);
  if (findings.applies()) {
    ++count.run;
  } else {
    BOOST_TEST(!findings.reason().empty(), property.name
                                               << " of " << record.name
                                               << ": nothing was checked, and no reason is given");
    count.left_out[std::string(property.name)][findings.reason()].emplace_back(record.name);
  }
  BOOST_TEST(true);  // Boost.Test warns of cases without a check
}

// A suite for each property, with a case for each op; made when the program starts, before cases
// are chosen.
class Suites : public unit::test_unit_generator {
 public:
  unit::test_unit* next() const override {
    if (next_ == properties().size()) return nullptr;
    const Property& property = properties()[next_++];
    auto* suite = new unit::test_suite(std::string(property.name), __FILE__, __LINE__);
    for (const OpInfo& record : catalogue()) {
      suite->add(unit::make_test_case([&] { hold(property, record); }, std::string(record.name),
                                      __FILE__, __LINE__));
    }
    return suite;
  }

 private:
  mutable std::size_t next_ = 0;
};

[[maybe_unused]] const unit::ut_detail::auto_test_unit_registrar kSuites(
    boost::make_shared<Suites>(), unit::decorator::collector_t::instance());

struct Summary {
  ~Summary() {
    fmt::print(
        "{} ops x {} properties = {} cases: {} run with {} checks, {} of them failed, {} not "
        "applicable\n",
        catalogue().size(), properties().size(), count.cases, count.run, count.checks, count.failed,
        count.cases - count.run);
    for (const auto& [property, reasons] : count.left_out) {
      for (const auto& [reason, ops] : reasons) {
        fmt::print("  {} says nothing of {} ops, because {}: {}\n", property, ops.size(), reason,
                   fmt::join(ops, " "));
      }
    }
  }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(Summary);

BOOST_AUTO_TEST_CASE(every_line_of_the_page_has_a_record) {
  std::set<std::string_view> names;
  for (const OpInfo& record : catalogue()) names.insert(record.name);
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  BOOST_TEST(names.count(#name) == 1U, #name);
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  BOOST_TEST(names.count(#name) == 1U, #name);
#define TAPESTRY_COMPARE(name, value, doc) BOOST_TEST(names.count(#name) == 1U, #name);
#define TAPESTRY_PREDICATE(name, value, doc) BOOST_TEST(names.count(#name) == 1U, #name);
#include "ops/page/elementwise.def"
}
