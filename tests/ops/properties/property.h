// A property is a law that the catalogue's records are held against. A record is held against every
// property; one of which a law says nothing must state the mathematical reason, so that nothing is
// left out silently.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/catalogue/catalogue.h"

namespace tapestry::test {
using namespace detail;

// What came of holding one record against one property.
class Findings {
 public:
  template <class... Args>
  void check(bool holds, fmt::format_string<Args...> format, Args&&... args) {
    ++checks_;
    if (!holds) failures_.push_back(place_ + fmt::format(format, std::forward<Args>(args)...));
  }
  // The law says nothing about this record.
  void not_applicable(std::string reason) { reason_ = std::move(reason); }
  // Calls f, whose findings are of `place`. An exception is a failure of that place only.
  void at(std::string_view place, const std::function<void()>& f);

  int checks() const { return checks_; }
  bool applies() const { return checks_ > 0; }
  const std::vector<std::string>& failures() const { return failures_; }
  const std::string& reason() const { return reason_; }  // why nothing was checked

 private:
  int checks_ = 0;
  std::string place_, reason_;
  std::vector<std::string> failures_;
};

struct Property {
  std::string_view name;
  void (*hold)(const OpInfo& record, Findings& findings);
};

// By family; each in the file of that name.
std::vector<Property> record_properties();
std::vector<Property> calculus_properties();
std::vector<Property> dtype_properties();
std::vector<Property> layout_properties();
std::vector<Property> sharing_properties();
std::vector<Property> extent_properties();
std::vector<Property> special_value_properties();
std::vector<Property> tape_properties();
std::vector<Property> vmap_properties();

}  // namespace tapestry::test
