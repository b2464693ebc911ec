// What all writers write: a part of a tape as plain records, ids ascending. Edges are the operand
// lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/write.h"

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
    Tensor value, gradient;  // not defined() when unknown or not asked for
  };

  std::vector<Node> nodes;
  NodeId output = 0;  // y; 0 for a whole tape
};

// Errors in the name of `who`.
Picture picture_of(std::string_view who, const Active& y, const WriteOptions& options);
Picture picture_of(std::string_view who, const Tape& tape, const WriteOptions& options);

}  // namespace tapestry::detail
