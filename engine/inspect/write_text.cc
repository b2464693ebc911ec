#include <ostream>

#include "engine/base/text_table.h"
#include "engine/base/utf8.h"
#include "engine/inspect/picture.h"
#include "engine/tensor/brief.h"

namespace tapestry {
using namespace detail;
namespace {

// Id, name, operation, type; then whatever numbers there are.
Cells line_of(const detail::Picture& picture, const detail::Picture::Node& node,
              const WriteOptions& options) {
  std::string operation = node.op;
  std::string operands;
  for (NodeId operand : node.operands)
    operands += fmt::format("{}%{}", operands.empty() ? "" : ", ", picture.told(operand));
  if (!operands.empty()) operation += fmt::format("({})", operands);
  if (!node.attributes.empty()) operation += fmt::format(" [{}]", node.attributes);
  std::string numbers;
  const auto add = [&](std::string_view what, const Tensor& x) {
    if (!x.defined()) return;
    if (!numbers.empty()) numbers += "  ";
    numbers += fmt::format("{} {}", what, detail::brief(x, options.digits, options.elements));
  };
  add("value", node.value);
  add("gradient", node.gradient);
  std::string adjoint_of;
  for (const NodeId id : node.adjoint_of)
    adjoint_of += fmt::format("{}%{}", adjoint_of.empty() ? "" : ", ", id);
  if (!adjoint_of.empty())
    numbers += fmt::format("{}adjoint of {}", numbers.empty() ? "" : "  ", adjoint_of);
  return {fmt::format("%{}", picture.told(node.id)), detail::on_one_line(node.name),
          detail::on_one_line(operation), fmt::format("{} {}", node.dtype, node.shape), numbers};
}

void write(std::ostream& out, const detail::Picture& picture, const WriteOptions& options) {
  std::vector<Cells> lines;
  for (const auto& node : picture.nodes) lines.push_back(line_of(picture, node, options));
  out << in_columns(lines, "< < = <  <");
}

}  // namespace

void write_text(std::ostream& out, const Active& y, const WriteOptions& options) {
  const CallSite call(y.site());
  write(out, detail::picture_of("write_text", y, options), options);
}

void write_text(std::ostream& out, const Tape& tape, const WriteOptions& options) {
  write(out, detail::picture_of("write_text", tape, options), options);
}

}  // namespace tapestry
