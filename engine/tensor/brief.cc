#include "engine/tensor/brief.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/base/spelling.h"

namespace tapestry::detail {
namespace {

std::string element_text(const Tensor& x, std::int64_t i, int digits) {
  return visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    const T value = x.data<T>()[i];
    if constexpr (std::is_floating_point_v<T>)
      return fmt::format("{:.{}g}", value, digits);
    else
      return fmt::format("{}", value);
  });
}

std::vector<std::string> summary(const Tensor& x, int digits) {
  const auto text = [&](std::int64_t i) { return element_text(x, i, digits); };
  std::vector<std::string> lines{
      fmt::format("[{}, {}, {}, ..., {}]", text(0), text(1), text(2), text(x.size() - 1))};
  if (x.dtype() == DType::boolean) return lines;
  const std::vector<double> numbers = x.to_vector();
  const auto count = static_cast<double>(numbers.size());
  const auto nans =
      std::count_if(numbers.begin(), numbers.end(), [](double v) { return std::isnan(v); });
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (double value : numbers) {
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
  const double mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / count;
  if (nans)
    lines.push_back(fmt::format("{} of {} are nan", nans, numbers.size()));
  else
    lines.push_back(fmt::format("min {0:.{3}g}, mean {1:.{3}g}, max {2:.{3}g}", low, mean, high,
                                std::min(digits, 4)));
  return lines;
}

std::vector<std::string> lines_of(const Tensor& given, int digits, std::int64_t elements,
                                  bool aligned) {
  const Tensor x = given.contiguous();
  if (x.size() == 0) return {"[]"};
  if (x.size() > std::max<std::int64_t>(elements, 4)) return summary(x, digits);
  std::vector<std::string> cells;
  std::size_t width = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    cells.push_back(element_text(x, i, digits));
    width = std::max(width, cells.back().size());
  }
  if (x.rank() == 0) return cells;

  const auto row = x.shape().back();
  // Brackets that open before element i, and close before it when it starts a new row.
  const auto borders = [&](std::int64_t i) {
    int count = 0;
    std::int64_t block = 1;
    for (int axis = x.rank() - 1; axis >= 0 && i % (block *= x.shape()[axis]) == 0; --axis) ++count;
    return static_cast<std::size_t>(count);
  };
  std::vector<std::string> lines;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const std::size_t opened = i % row == 0 ? borders(i) : 0;
    if (opened) {
      const auto rank = static_cast<std::size_t>(x.rank());
      lines.emplace_back(aligned ? rank - opened : 0, ' ');
      lines.back().append(opened, '[');
    }
    if (aligned && x.size() > row)
      lines.back().append(width - cells[static_cast<std::size_t>(i)].size(), ' ');
    lines.back() += cells[static_cast<std::size_t>(i)];
    const std::size_t closed = (i + 1) % row == 0 ? borders(i + 1) : 0;
    lines.back().append(closed, ']');
    if (i + 1 < x.size()) lines.back() += closed ? "," : ", ";
  }
  return lines;
}

}  // namespace

std::vector<std::string> brief_lines(const Tensor& x, int digits, std::int64_t elements) {
  return lines_of(x, digits, elements, true);
}

std::string brief(const Tensor& x, int digits, std::int64_t elements) {
  return joined(lines_of(x, digits, elements, false), " ");
}

}  // namespace tapestry::detail
