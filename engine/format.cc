#include "engine/format.h"

#include <cmath>
#include <ostream>

#include "engine/departures.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::int64_t kEnds = 3;           // shown at each end of a long axis
constexpr std::int64_t kShownWhole = 1000;  // elements

template <class T>
std::string element_text(T value) {
  if constexpr (std::is_floating_point_v<T>)
    if (std::isnan(value)) return "nan";  // whatever its sign
  return fmt::format("{}", value);
}

void append(std::string& text, const Tensor& x, int axis, std::int64_t offset, bool whole) {
  if (axis == x.rank()) {
    text += visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
      return element_text(x.data<T>()[offset]);
    });
    return;
  }
  const std::int64_t extent = x.shape()[axis];
  const bool innermost = axis == x.rank() - 1;
  text += '[';
  for (std::int64_t i = 0; i < extent; ++i) {
    if (i) text += innermost ? ", " : ",\n" + std::string(static_cast<std::size_t>(axis) + 1, ' ');
    if (!whole && extent > 2 * kEnds && i == kEnds) {
      text += "...";
      i = extent - kEnds - 1;
      continue;
    }
    append(text, x, axis + 1, offset + i * x.strides()[axis], whole);
  }
  text += ']';
}

}  // namespace

std::string detail::number_text(double value) { return element_text(value); }

std::string to_string(const Tensor& x) {
  if (!x.defined()) return "(no value)";
  const detail::UnwatchedReading shown;
  std::string text;
  append(text, x, 0, 0, x.size() <= kShownWhole);
  if (x.size() == 0) text = fmt::format("[] {}", x.shape());
  return fmt::format("{} {}", text, x.dtype());
}

std::ostream& operator<<(std::ostream& out, const Tensor& x) { return out << to_string(x); }
std::ostream& operator<<(std::ostream& out, const Dims& dims) { return out << to_string(dims); }
std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name_of(dtype); }
std::ostream& operator<<(std::ostream& out, const Scalar& x) {
  return out << number_text(x.value());
}

}  // namespace tapestry
