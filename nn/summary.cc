// A module as a table.
#include <numeric>

#include "nn/module.h"
#include "ops/ops.h"

namespace tapestry::nn {
using namespace detail;
namespace {

struct Row {
  std::string layer, type, output, parameters;
};

std::int64_t count(const Module& module) {
  std::int64_t total = 0;
  for (const Parameter& parameter : module.parameters()) total += parameter.shape().size();
  return total;
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

// Sequences are walked; any other module is one row.
Tensor describe(const Module& module, const std::string& name, const Tensor& x,
                std::vector<Row>& rows) {
  if (const auto* sequence = dynamic_cast<const Sequential*>(&module)) {
    Tensor y = x;
    for (const auto& [inner, child] : sequence->children())
      y = describe(*child, name.empty() ? inner : name + "." + inner, y, rows);
    return y;
  }
  const Tensor y = module(x);
  rows.push_back(
      {name.empty() ? "0" : name, module.type(), to_string(y.shape()), grouped(count(module))});
  return y;
}

}  // namespace

std::string Module::summary(const Shape& input) const {
  const PauseRecording pause;
  const std::vector<Parameter> all = parameters();
  const DType dtype = all.empty() ? DType::f32 : all[0].value().dtype();
  std::vector<Row> rows{{"layer", "type", "output", "parameters"}};
  describe(*this, "", zeros(input, dtype), rows);
  std::size_t widths[4] = {0, 0, 0, 0};
  for (const Row& row : rows) {
    widths[0] = std::max(widths[0], row.layer.size());
    widths[1] = std::max(widths[1], row.type.size());
    widths[2] = std::max(widths[2], row.output.size());
    widths[3] = std::max(widths[3], row.parameters.size());
  }
  const std::string line(widths[0] + widths[1] + widths[2] + widths[3] + 6, '-');
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>{}}\n", rows[i].layer, widths[0], rows[i].type,
                        widths[1], rows[i].output, widths[2], rows[i].parameters, widths[3]);
    if (i == 0) text += line + "\n";
  }
  return text + fmt::format("{}\ntotal {} parameters", line, grouped(count(*this)));
}

}  // namespace tapestry::nn
