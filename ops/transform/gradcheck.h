// Derivatives by differences, and the check of a gradient against them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/base/formatter.h"
#include "engine/grad/transform.h"

namespace tapestry {

// df/dx at x by central differences, extrapolated by Ridders' method (Advances in Engineering
// Software 4, 1982): about 11 digits for smooth functions of size 1.
double difference(const std::function<double(double)>& f, double x);

struct GradcheckOptions {
  double tolerance = 1e-6;  // of |gradient - difference| / (1 + |difference|)
};

struct GradcheckReport {
  struct Row {
    std::int64_t position;  // in x, row-major
    double gradient, difference, error;
  };
  bool ok = false;
  double max_error = 0;   // infinity when a number is not finite
  std::vector<Row> rows;  // one for each element of x

  std::string table() const;  // the worst rows first
};

// Compares the gradient of <w, f(x)>, w fixed numbers of f's shape, with differences, in f64. f
// must be smooth at x.
GradcheckReport gradcheck(const detail::Function& f, const Tensor& x,
                          const GradcheckOptions& options = {}, detail::Site site = {});

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::GradcheckReport> : tapestry::detail::TextFormatter {
  auto format(const tapestry::GradcheckReport& report, format_context& context) const {
    return tapestry::detail::TextFormatter::format(report.table(), context);
  }
};
