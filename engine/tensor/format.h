// Tensors as text: nested brackets, a row a line, with dtype. Long axes show their ends.
#pragma once

#include <algorithm>
#include <iosfwd>
#include <string>

#include "engine/tensor/basic_scalar.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

std::string to_string(const Tensor& x);

namespace detail {

// The shortest text that reads back as the same number.
std::string number_text(double value);

// The elements by a format of numbers, as ".3f", in aligned columns, without the dtype. Integers
// and booleans are shown as such unless it is one of floating numbers. Error when it is no format.
std::string format_elements(const Tensor& x, std::string_view spec);

}  // namespace detail

// A stream set to fixed, scientific or a precision writes the numbers alone, as a format does.
std::ostream& operator<<(std::ostream& out, const Tensor& x);
std::ostream& operator<<(std::ostream& out, const detail::Dims& dims);
std::ostream& operator<<(std::ostream& out, DType dtype);
std::ostream& operator<<(std::ostream& out, const Scalar& x);

}  // namespace tapestry

// {} shows numbers and dtype. A format of numbers, {:.3f} or {:8.2e}, shows the numbers alone, each
// by that format and in aligned columns; a tensor of rank 0 as a number is shown. Error when it is
// no format of a double.
template <>
struct fmt::formatter<tapestry::Tensor> {
  constexpr auto parse(format_parse_context& context) {
    const char* end = context.begin();
    while (end != context.end() && *end != '}') ++end;
    spec_ = std::string_view(context.begin(), static_cast<std::size_t>(end - context.begin()));
    return context.begin() + (end - context.begin());
  }
  auto format(const tapestry::Tensor& x, format_context& context) const {
    const std::string text =
        spec_.empty() ? tapestry::to_string(x) : tapestry::detail::format_elements(x, spec_);
    return std::copy(text.begin(), text.end(), context.out());
  }

 private:
  std::string_view spec_;  // of the text that is formatted, which outlives it
};
