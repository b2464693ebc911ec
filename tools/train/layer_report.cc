#include "tools/train/layer_report.h"

#include <algorithm>
#include <ostream>

#include "engine/base/text_table.h"
#include "engine/tensor/format.h"

namespace tapestry::tools {
namespace {

void write_tensor(std::ostream& out, const std::string& label, const Tensor& x) {
  out << detail::hanging(fmt::format("    {:<24}", label), to_string(x)) << '\n';
}

}  // namespace

Detail detail_of(int verbosity) { return static_cast<Detail>(std::clamp(verbosity, 0, 3)); }

void write_step(std::ostream& out, const StepReport& report, Detail detail) {
  if (detail == Detail::none) return;
  out << fmt::format("step {}  loss {}\n", report.step, report.loss);
  if (detail == Detail::losses) return;
  out << "  forward\n";
  for (const LayerReport& layer : report.layers) {
    if (detail == Detail::everything) {
      for (const auto& parameter : layer.parameters)
        write_tensor(out, parameter.name, parameter.value);
    }
    write_tensor(out, layer.name, layer.activation);
  }
  out << "  backward\n";
  for (auto layer = report.layers.rbegin(); layer != report.layers.rend(); ++layer) {
    write_tensor(out, "d loss / d " + layer->name, layer->gradient);
    for (const auto& parameter : layer->parameters)
      write_tensor(out, "d loss / d " + parameter.name, parameter.gradient);
  }
}

}  // namespace tapestry::tools
