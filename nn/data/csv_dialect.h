// What tables of numbers look like: what separates their fields, what a number is, how a missing
// one is written.
#pragma once

#include <optional>
#include <string_view>

namespace tapestry::nn {

// A sign that can separate numbers: no letter, digit, quote, point, plus, minus or #, and of what
// is not printed only the tab and the space.
bool may_delimit(char c);

// The sign that separates the fields of the first two lines: that of ; tab | , and blanks with
// which both have equally many fields, and most of them are numbers. A comma where none does.
char likely_delimiter(std::string_view text);

// All of the field as a double: what is too small for it is 0 or a denormal, what is too large inf.
std::optional<double> csv_number(std::string_view field);

// Nothing at all, or one of ? NA N/A NaN null none, in any case.
bool is_missing(std::string_view field);
// The same without null and none, which may be names of classes.
bool is_missing_label(std::string_view field);

// Such as 3,14.
bool has_decimal_comma(std::string_view field);

}  // namespace tapestry::nn
