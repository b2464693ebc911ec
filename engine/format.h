// Tensors as text: nested brackets, a row a line, with dtype. Long axes show their ends.
#pragma once

#include <iosfwd>
#include <string>

#include "engine/scalar.h"
#include "engine/tensor.h"

namespace tapestry {

std::string to_string(const Tensor& x);

namespace detail {

// The shortest text that reads back as the same number.
std::string number_text(double value);

}  // namespace detail

std::ostream& operator<<(std::ostream& out, const Tensor& x);
std::ostream& operator<<(std::ostream& out, const detail::Dims& dims);
std::ostream& operator<<(std::ostream& out, DType dtype);
std::ostream& operator<<(std::ostream& out, const Scalar& x);

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::Tensor> : tapestry::detail::TextFormatter {
  auto format(const tapestry::Tensor& x, format_context& context) const {
    return tapestry::detail::TextFormatter::format(tapestry::to_string(x), context);
  }
};
