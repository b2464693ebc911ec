// Nodes are HTML-like labels: what it is called in bold, what made it, its type, its numbers.
// Colours tell variables, constants, operations and the backward part apart; the output has a heavy
// frame.
#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/base/spelling.h"
#include "engine/base/utf8.h"
#include "engine/inspect/picture.h"
#include "engine/tensor/brief.h"

namespace tapestry {
using namespace detail;
namespace {

using Node = detail::Picture::Node;
using Role = detail::Picture::Role;

std::string html(std::string_view text, bool keep_spaces = false) {
  std::string result;
  for (char c : detail::clean(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += "<BR/>";
        break;
      case ' ':
        result += keep_spaces ? "&#160;" : " ";
        break;
      default:
        result += c;
    }
  }
  return result;
}

// Attributes are written by machines and may be long: cut where a reader stops reading.
std::string shortened(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  text.resize(limit);
  return text + "...";
}

struct Look {
  std::string fill, border;
};

// Between white and orange, by the share of the longest time.
Look look_of_time(double share) {
  const auto mixed = [&](int full) { return static_cast<int>(255 + share * (full - 255) + 0.5); };
  return {fmt::format("#{:02x}{:02x}{:02x}", mixed(235), mixed(110), mixed(40)), "#6b7785"};
}

Look look_of(const Node& node) {
  if (node.backward)
    return node.adjoint_of.empty() ? Look{"#fdf3e7", "#e0b88a"} : Look{"#fbe3c8", "#c77f2b"};
  switch (node.role) {
    case Role::variable:
      return {"#dcebfa", "#3b78b5"};
    case Role::constant:
      return {"#eeeeee", "#9a9a9a"};
    case Role::operation:
      break;
  }
  return {"#ffffff", "#6b7785"};
}

constexpr std::string_view kQuiet = "#5f6b76", kAdjointEdge = "#c77f2b", kBackwardEdge = "#e0b88a";

void add_numbers(std::string& rows, std::string_view what, const Tensor& x,
                 const WriteOptions& options) {
  if (!x.defined()) return;
  rows += "<HR/><TR><TD BALIGN=\"LEFT\" ALIGN=\"LEFT\">";
  rows += fmt::format("<FONT POINT-SIZE=\"8\" COLOR=\"{}\">{}</FONT><BR/>", kQuiet, what);
  rows += "<FONT POINT-SIZE=\"9\" FACE=\"monospace\">";
  std::string_view separator;
  for (const std::string& line : detail::brief_lines(x, options.digits, options.elements)) {
    rows += fmt::format("{}{}", separator, html(line, true));
    separator = "<BR/>";
  }
  rows += "</FONT></TD></TR>";
}

std::string time_text(double seconds) {
  return seconds < 1e-3 ? fmt::format("{:.1f} us", seconds * 1e6)
                        : fmt::format("{:.2f} ms", seconds * 1e3);
}

std::string label_of(const Node& node, const WriteOptions& options) {
  std::string rows;
  const bool leaf = node.role != Role::operation;
  if (!node.name.empty()) rows += fmt::format("<TR><TD><B>{}</B></TD></TR>", html(node.name));
  if (node.name.empty() || !leaf) {
    const std::string op = html(shortened(node.op, 80));
    rows += leaf ? fmt::format("<TR><TD><I>{}</I></TD></TR>", op)
                 : fmt::format("<TR><TD>{}</TD></TR>", op);
  }
  if (!node.attributes.empty())
    rows += fmt::format("<TR><TD><FONT POINT-SIZE=\"9\">{}</FONT></TD></TR>",
                        html(shortened(node.attributes, 80)));
  rows += fmt::format("<TR><TD><FONT POINT-SIZE=\"9\" COLOR=\"{}\">{} {}</FONT></TD></TR>", kQuiet,
                      node.dtype, node.shape);
  if (node.seconds > 0)
    rows +=
        fmt::format("<TR><TD><FONT POINT-SIZE=\"9\">{}</FONT></TD></TR>", time_text(node.seconds));
  add_numbers(rows, "value", node.value, options);
  add_numbers(rows, "gradient", node.gradient, options);
  return fmt::format(
      "<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"2\">{}</TABLE>>",
      rows);
}

// Where the order of operands says nothing, edges need no numbers.
bool order_matters(const Node& node) {
  constexpr std::array<std::string_view, 4> kSymmetric{"add", "mul", "minimum", "maximum"};
  return node.operands.size() > 1 &&
         std::find(kSymmetric.begin(), kSymmetric.end(), node.op) == kSymmetric.end();
}

void add_node(std::string& text, const Node& node, bool output, double longest,
              const WriteOptions& options) {
  const Look look = node.seconds > 0 ? look_of_time(node.seconds / longest) : look_of(node);
  text += fmt::format("  n{} [label={}, fillcolor=\"{}\", color=\"{}\"", node.id,
                      label_of(node, options), look.fill, look.border);
  if (node.role == Role::constant) text += ", style=\"rounded,filled,dashed\"";
  if (output) text += ", penwidth=2.5";
  text += "];\n";
}

// The forward part flows down. The backward part stands beside it, each adjoint at the height of
// its node, and flows up: its edges are written from user to operand with dir=back, so that dot
// ranks both parts the same way and has no cycle to break. Edges between the parts rank nothing.
void add_edges(std::string& text, const Node& node, const std::unordered_set<NodeId>& backward) {
  const bool numbered = order_matters(node);
  for (std::size_t slot = 0; slot < node.operands.size(); ++slot) {
    const NodeId operand = node.operands[slot];
    std::vector<std::string> attributes;
    const bool upward = node.backward && backward.contains(operand);
    if (upward) attributes.push_back("dir=back");
    if (numbered) attributes.push_back(fmt::format("label=\"{}\"", slot));
    if (node.backward) attributes.push_back(fmt::format("color=\"{}\"", kBackwardEdge));
    if (node.backward && !upward) attributes.push_back("constraint=false");
    text += fmt::format("  n{} -> n{}", upward ? node.id : operand, upward ? operand : node.id);
    if (!attributes.empty()) text += fmt::format(" [{}]", joined(attributes, ", "));
    text += ";\n";
  }
  if (node.adjoint_of.empty()) return;
  for (NodeId of : node.adjoint_of)
    text += fmt::format(
        "  n{} -> n{} [style=dashed, color=\"{}\", arrowhead=open, constraint=false];\n", node.id,
        of, kAdjointEdge);
  const NodeId last = *std::max_element(node.adjoint_of.begin(), node.adjoint_of.end());
  if (node.backward && !backward.contains(last))
    text += fmt::format("  {{ rank=same; n{}; n{}; }}\n", last, node.id);
}

void write(std::ostream& out, const detail::Picture& picture, const WriteOptions& options) {
  std::string text = fmt::format(
      "digraph tape {{\n"
      "  rankdir={};\n"
      "  bgcolor=white;\n"
      "  nodesep=0.3;\n"
      "  ranksep=0.4;\n"
      "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11, "
      "margin=\"0.08,0.04\"];\n"
      "  edge [color=\"#6b7785\", arrowsize=0.6, fontname=\"Helvetica\", fontsize=8, "
      "fontcolor=\"#5f6b76\"];\n",
      options.rankdir);
  std::unordered_set<NodeId> backward;
  for (const Node& node : picture.nodes)
    if (node.backward) backward.insert(node.id);
  for (const Node& node : picture.nodes)
    add_node(text, node, node.id == picture.output, picture.longest, options);
  for (const Node& node : picture.nodes) add_edges(text, node, backward);
  text += "}\n";
  out << text;
}

void check(const WriteOptions& options) {
  constexpr std::array<std::string_view, 4> kDirections{"TB", "BT", "LR", "RL"};
  if (std::find(kDirections.begin(), kDirections.end(), options.rankdir) == kDirections.end())
    refuse("write_dot", "rankdir is \"{}\"; it can be TB, BT, LR or RL", options.rankdir);
}

}  // namespace

void write_dot(std::ostream& out, const Active& y, const WriteOptions& options) {
  const CallSite call(y.site());
  check(options);
  write(out, detail::picture_of("write_dot", y, options), options);
}

void write_dot(std::ostream& out, const Tape& tape, const WriteOptions& options) {
  check(options);
  write(out, detail::picture_of("write_dot", tape, options), options);
}

}  // namespace tapestry
