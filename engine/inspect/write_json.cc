#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "engine/base/utf8.h"
#include "engine/inspect/picture.h"

namespace tapestry {
using namespace detail;
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json number(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    return static_cast<double>(value);
  } else {
    return value;
  }
}

// The numbers from `next` on that fill the axes from `axis` on; as deep as the tensor has axes.
template <class T>
Json nested(const Shape& shape, int axis, const T*& next) {
  if (axis == shape.rank()) return number(*next++);
  Json list = Json::array();
  for (std::int64_t i = 0; i < shape[axis]; ++i) list.push_back(nested(shape, axis + 1, next));
  return list;
}

Json numbers(const Tensor& x) {
  const Tensor rows = x.contiguous();
  return visit(rows.dtype(), [&]<class T>(std::type_identity<T>) {
    const T* next = rows.data<T>();
    return nested(rows.shape(), 0, next);
  });
}

Json node_json(const detail::Picture& picture, const detail::Picture::Node& node) {
  Json json{{"id", node.id},
            {"name", detail::clean(node.name)},
            {"op", node.op},
            {"attributes", node.attributes},
            {"shape", std::vector<std::int64_t>(node.shape.begin(), node.shape.end())},
            {"dtype", name_of(node.dtype)},
            {"operands", node.operands}};
  if (const auto part = picture.parts.find(node.id); part != picture.parts.end())
    json["statement"] = part->second.statement;  // that it is a part of
  if (node.value.defined()) json["value"] = numbers(node.value);
  if (node.gradient.defined()) json["gradient"] = numbers(node.gradient);
  if (!node.adjoint_of.empty()) json["adjoint_of"] = node.adjoint_of;
  return json;
}

void write(std::ostream& out, const detail::Picture& picture) {
  std::string text = "{\"nodes\": [";
  const char* separator = "\n  ";
  for (const auto& node : picture.nodes) {
    text += separator + node_json(picture, node).dump();
    separator = ",\n  ";
  }
  text += "],\n\"edges\": [";
  separator = "\n  ";
  for (const auto& node : picture.nodes)
    for (std::size_t slot = 0; slot < node.operands.size(); ++slot) {
      text +=
          separator + Json{{"from", node.operands[slot]}, {"to", node.id}, {"slot", slot}}.dump();
      separator = ",\n  ";
    }
  text += "],\n\"output\": " + (picture.output ? std::to_string(picture.output) : "null") + "}\n";
  out << text;
}

}  // namespace

void write_json(std::ostream& out, const Active& y, const WriteOptions& options) {
  const CallSite call(y.site());
  write(out, detail::picture_of("write_json", y, options));
}

void write_json(std::ostream& out, const Tape& tape, const WriteOptions& options) {
  write(out, detail::picture_of("write_json", tape, options));
}

}  // namespace tapestry
