// What all writers write: a part of a tape as plain records, operands before users. Edges are the
// operand lists.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/inspect/write_options.h"

namespace tapestry::detail {

struct Picture {
  enum class Role { variable, constant, operation };

  struct Node {
    NodeId id = 0;
    Role role = Role::operation;
    bool backward = false;  // there for adjoints only: y does not need it
    std::string name, op, attributes;
    Shape shape;
    DType dtype = DType::f64;
    std::vector<NodeId> operands;
    std::vector<NodeId> adjoint_of;
    double seconds = 0;      // by a profile, if one is given; 0 where it has none
    Tensor value, gradient;  // not defined() when unknown or not asked for
  };

  std::vector<Node> nodes;
  double longest = 0;  // of the seconds of nodes
  NodeId output = 0;   // y; 0 for a whole tape

  // Operations within a statement have ids beyond the tape's, and are told as 5.1: the first of
  // statement 5.
  struct Part {
    NodeId statement;
    int number;
  };
  std::unordered_map<NodeId, Part> parts;
  std::string told(NodeId id) const {
    const auto part = parts.find(id);
    return part == parts.end() ? std::to_string(id)
                               : fmt::format("{}.{}", part->second.statement, part->second.number);
  }
};

// Errors in the name of `who`.
Picture picture_of(std::string_view who, const Active& y, const WriteOptions& options);
Picture picture_of(std::string_view who, const Tape& tape, const WriteOptions& options);

}  // namespace tapestry::detail
