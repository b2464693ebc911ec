#include <ostream>
#include <utility>

#include "engine/base/utf8.h"
#include "engine/inspect/json.h"
#include "engine/inspect/picture.h"

namespace tapestry {
using namespace detail;
namespace {

Json node_json(const Picture& picture, const Picture::Node& node) {
  std::vector<JsonMember> members{
      {"id", json_of(node.id)},
      {"name", json_of(clean(node.name))},
      {"op", json_of(node.op)},
      {"attributes", json_of(node.attributes)},
      {"shape", json_of(std::vector<std::int64_t>(node.shape.begin(), node.shape.end()))},
      {"dtype", json_of(name_of(node.dtype))},
      {"operands", json_of(node.operands)}};
  const auto add = [&](std::string_view name, Json value) {
    members.emplace_back(name, std::move(value));
  };
  if (const auto part = picture.parts.find(node.id); part != picture.parts.end())
    add("statement", json_of(part->second.statement));  // that it is a part of
  if (node.value.defined()) add("value", json_of(node.value));
  if (node.gradient.defined()) add("gradient", json_of(node.gradient));
  if (!node.adjoint_of.empty()) add("adjoint_of", json_of(node.adjoint_of));
  return object_of(members);
}

void write(std::ostream& out, const Picture& picture) {
  std::string text = "{\"nodes\": [";
  const char* separator = "\n  ";
  for (const auto& node : picture.nodes) {
    text += separator + node_json(picture, node).text;
    separator = ",\n  ";
  }
  text += "],\n\"edges\": [";
  separator = "\n  ";
  for (const auto& node : picture.nodes)
    for (std::size_t slot = 0; slot < node.operands.size(); ++slot) {
      text += separator + object_of({{"from", json_of(node.operands[slot])},
                                     {"to", json_of(node.id)},
                                     {"slot", json_of(slot)}})
                              .text;
      separator = ",\n  ";
    }
  text += "],\n\"output\": " + (picture.output ? std::to_string(picture.output) : "null") + "}\n";
  out << text;
}

}  // namespace

void write_json(std::ostream& out, const Active& y, const WriteOptions& options) {
  const CallSite call(y.site());
  write(out, picture_of("write_json", y, options));
}

void write_json(std::ostream& out, const Tape& tape, const WriteOptions& options) {
  write(out, picture_of("write_json", tape, options));
}

}  // namespace tapestry
