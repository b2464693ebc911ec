// A node as messages name it: "w" (node 3, (2, 3)), or mul (node 3, (2, 3)).
#pragma once

#include <string>

#include "engine/tape/tape.h"

namespace tapestry::detail {

inline std::string called(const Tape& tape, NodeId id) {
  const std::string_view name = tape.name(id);
  const std::string known =
      name.empty() ? std::string(tape.op_name(id)) : fmt::format("\"{}\"", name);
  return fmt::format("{} (node {}, {})", known, id, tape.shape(id));
}

// The same, with the source line and the name scope where they are known.
inline std::string called_with_place(const Tape& tape, NodeId id) {
  std::string text = called(tape, id);
  if (tape.site(id).is_known()) text += fmt::format(" at {}", tape.site(id));
  if (!tape.scope(id).empty()) text += fmt::format(" in {}", tape.scope(id));
  return text;
}

}  // namespace tapestry::detail
