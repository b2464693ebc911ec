// A network as a table.
#include <algorithm>

#include "engine/base/text_table.h"
#include "nn/layer.h"
#include "ops/ops.h"

namespace tapestry::nn {
using namespace detail;
namespace {

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::int64_t count(const std::vector<Parameter>& parameters) {
  std::int64_t total = 0;
  for (const Parameter& parameter : parameters) total += parameter.shape().size();
  return total;
}

// A row for each layer that calls no other, or that has parameters of its own beside those of the
// layers that it calls. Parameters are counted where they are used first. What a forward calls and
// no members() lists stands there, too, and is called so.
class Rows : detail::LayerWatch {
 public:
  explicit Rows(const Layer& root) : root_(root), listed_(root.parameters()) {}
  const std::vector<Cells>& rows() const { return rows_; }
  std::int64_t unlisted() const { return unlisted_; }  // parameters

 private:
  void called(const Layer& layer, std::string_view path, const Tensor& result,
              bool is_innermost) override {
    std::vector<Parameter> own;
    for (const Member& member : members_of(layer))
      if (const Parameter* parameter = member.parameter()) own.push_back(*parameter);
    if (is_innermost) own = layer.parameters();
    if (!is_innermost && own.empty()) return;
    std::vector<Parameter> fresh;
    for (const Parameter& parameter : own)
      if (std::find(counted_.begin(), counted_.end(), parameter) == counted_.end())
        fresh.push_back(parameter);
    counted_.insert(counted_.end(), fresh.begin(), fresh.end());
    for (const Parameter& parameter : fresh)
      if (std::find(listed_.begin(), listed_.end(), parameter) == listed_.end())
        unlisted_ += count({parameter});
    const bool shared = fresh.empty() && !own.empty();
    const std::string name = !path_of(layer, root_) ? "unlisted"
                             : path.empty()         ? "0"
                                                    : std::string(path);
    rows_.push_back(
        {name, layer.type(), to_string(result.shape()), shared ? "shared" : grouped(count(fresh))});
  }

  const Layer& root_;
  std::vector<Parameter> listed_;
  std::int64_t unlisted_ = 0;

  std::vector<Cells> rows_{{"layer", "type", "output", "parameters"}};
  std::vector<Parameter> counted_;
};

std::string table(const std::vector<Cells>& rows, std::int64_t total, std::int64_t unlisted) {
  std::string text = in_columns(rows, "<  <  <  >");
  const std::size_t width = text.find('\n');
  const std::string line(width, '-');
  text.insert(width + 1, line + "\n");
  text += fmt::format("{}\ntotal {} parameters", line, grouped(total));
  if (unlisted > 0)
    text += fmt::format("; {} more are of layers that no members() lists", grouped(unlisted));
  return text;
}

}  // namespace

std::string Layer::summary(const Shape& input, Site site) const {
  const std::vector<Parameter> all = parameters();
  return summary(input, all.empty() ? DType::f32 : all[0].value().dtype(), site);
}

std::string Layer::summary(const Shape& input, DType dtype, Site site) const {
  const PauseRecording pause;
  const EvalMode eval(*this);
  const Rows rows(*this);
  (*this)(zeros(input, dtype, site), site);
  return table(rows.rows(), count(parameters()), rows.unlisted());
}

}  // namespace tapestry::nn
