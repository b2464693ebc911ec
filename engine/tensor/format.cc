#include "engine/tensor/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <ostream>
#include <vector>

#include "engine/tensor/escapes.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::int64_t kEnds = 3;           // shown at each end of a long axis
constexpr std::int64_t kShownWhole = 1000;  // elements

std::string element_text(const Tensor& x, std::int64_t offset) {
  return visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    const T value = x.data<T>()[offset];
    if constexpr (std::is_floating_point_v<T>)
      if (std::isnan(value)) return std::string("nan");  // whatever its sign
    return fmt::format("{}", value);
  });
}

// One with a precision, or a letter that no integer has: 8.2, .3f, e.
bool is_format_of_floats(std::string_view spec) {
  return spec.find('.') != spec.npos ||
         (!spec.empty() &&
          std::string_view("aAeEfFgG").find(spec.back()) != std::string_view::npos);
}

// By a format of numbers. By one of floats, integers and booleans are doubles.
std::string element_text(const Tensor& x, std::int64_t offset, const std::string& format,
                         bool as_float) {
  return visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    const T value = x.data<T>()[offset];
    if constexpr (std::is_floating_point_v<T>)
      return fmt::format(fmt::runtime(format), std::isnan(value) ? std::abs(value) : value);
    else if (as_float)
      return fmt::format(fmt::runtime(format), static_cast<double>(value));
    else
      return fmt::format(fmt::runtime(format), value);
  });
}

using ElementText = std::function<std::string(std::int64_t offset, int column)>;

// The elements that are shown, in row-major order, with brackets and commas around them.
void append_shown(std::string& result, const Tensor& x, const ElementText& text, int axis = 0,
                  std::int64_t offset = 0, int column = 0) {
  if (axis == x.rank()) {
    result += text(offset, column);
    return;
  }
  const bool whole = x.size() <= kShownWhole, innermost = axis == x.rank() - 1;
  const std::int64_t extent = x.shape()[axis];
  result += '[';
  for (std::int64_t i = 0, place = 0; i < extent; ++i, ++place) {
    if (i)
      result += innermost ? ", " : ",\n" + std::string(static_cast<std::size_t>(axis) + 1, ' ');
    if (!whole && extent > 2 * kEnds && i == kEnds) {
      result += "...";
      i = extent - kEnds - 1;
      continue;
    }
    append_shown(result, x, text, axis + 1, offset + i * x.strides()[axis],
                 innermost ? static_cast<int>(place) : column);
  }
  result += ']';
}

}  // namespace

std::string detail::number_text(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{}", value);
}

std::string to_string(const Tensor& x) {
  if (!x.defined()) return "(no value)";
  const UnwatchedReading shown;
  std::string text;
  if (x.size() == 0)
    text = fmt::format("[] {}", x.shape());
  else
    append_shown(text, x, [&](std::int64_t offset, int) { return element_text(x, offset); });
  return fmt::format("{} {}", text, x.dtype());
}

std::string detail::format_elements(const Tensor& x, std::string_view spec) {
  if (!x.defined()) return "(no value)";
  const UnwatchedReading shown;
  if (x.size() == 0) return "[]";
  const std::string format = fmt::format("{{:{}}}", spec);
  const bool as_float = is_format_of_floats(spec);
  const auto text_at = [&](std::int64_t offset) {
    try {
      return element_text(x, offset, format, as_float);
    } catch (const fmt::format_error& error) {
      refuse("format", "{} is no format of numbers ({}); {{:.3f}} and {{:8.2e}} are", format,
             error.what());
    }
  };
  std::vector<std::size_t> widths(static_cast<std::size_t>(kShownWhole) + 1, 0);
  std::string result;
  append_shown(result, x, [&](std::int64_t offset, int column) {
    std::size_t& width = widths[static_cast<std::size_t>(column)];
    const std::string text = text_at(offset);
    width = std::max(width, text.size());
    return text;
  });
  result.clear();
  append_shown(result, x, [&](std::int64_t offset, int column) {
    return fmt::format("{:>{}}", text_at(offset), widths[static_cast<std::size_t>(column)]);
  });
  return result;
}

std::ostream& operator<<(std::ostream& out, const Tensor& x) {
  const auto how = out.flags() & std::ios_base::floatfield;
  if (how == std::ios_base::fmtflags{} && out.precision() == 6) return out << to_string(x);
  const char letter = how == std::ios_base::fixed        ? 'f'
                      : how == std::ios_base::scientific ? 'e'
                                                         : 'g';
  return out << format_elements(x, fmt::format(".{}{}", out.precision(), letter));
}
std::ostream& operator<<(std::ostream& out, const Dims& dims) { return out << to_string(dims); }
std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name_of(dtype); }
std::ostream& operator<<(std::ostream& out, const Scalar& x) { return out << x.value(); }

}  // namespace tapestry
