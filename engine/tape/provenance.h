// Where operations stand that the engine executes for others: at which line, in which name
// scope, and whether they are an operation's inner steps.
#pragma once

#include "engine/base/context.h"
#include "engine/tape/node.h"

namespace tapestry::detail {

// While it lives, operations stand where that node does.
struct AtNode {
  explicit AtNode(const TensorNode& node) : site(&node.site), scope(node.scope) {}
  const Ambient<&Context::call_site> site;
  const Ambient<&Context::name_scope> scope;
};

// While it lives, operations are the steps of another one: of its forward pass or of its rule.
struct StepsOfOp : Ambient<&Context::within_op> {
  StepsOfOp() : Ambient(true) {}
};

// While it lives, a function of the user's runs that the engine was given: its operations have
// their own lines again, and are not steps of another operation.
struct UserCode {
  const Ambient<&Context::call_site> site{nullptr};
  const Ambient<&Context::within_op> within{false};
};

}  // namespace tapestry::detail
