// Why has x a gradient, or none? The way from x to y on the tape, or what cut it.
#pragma once

#include <string>
#include <vector>

#include "engine/grad/gradient.h"
#include "engine/tape/tape.h"

namespace tapestry {

struct GradientPath {
  bool connected = false;     // a gradient flows from y to x
  std::vector<NodeId> nodes;  // the shortest way, x first, y last; empty when there is none at all.
                              // Behind stop_gradient() it goes on at the leaf that has its numbers
  NodeId cut = 0;             // the node on it through which no gradient flows
  std::string text;           // all this for people, with names, shapes and source lines
};

// Error when y or x is not recorded on one living tape.
GradientPath explain_gradient(const detail::Active& y, const detail::Active& x);

namespace detail {
// The same for nodes of one tape; the text calls x `who`.
GradientPath explain(const Tape& tape, NodeId y, NodeId x, std::string_view who);
}  // namespace detail

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::GradientPath> : tapestry::detail::TextFormatter {
  auto format(const tapestry::GradientPath& path, format_context& context) const {
    return tapestry::detail::TextFormatter::format(path.text, context);
  }
};
