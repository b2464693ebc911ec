// Where operations stand that the engine executes for others: at which line, in which name
// scope, and whether they are an operation's inner steps.
#pragma once

#include <string>
#include <utility>

#include "engine/base/scope.h"
#include "engine/base/site.h"
#include "engine/tape/node.h"

namespace tapestry::detail {

extern constinit thread_local bool within_op;  // this thread executes an operation's steps

// While it lives, operations stand where that node does.
class AtNode {
 public:
  explicit AtNode(const TensorNode& node)
      : site_(std::exchange(call_site, &node.site)),
        scope_(std::exchange(name_scope, node.scope)) {}
  ~AtNode() {
    call_site = site_;
    name_scope = scope_;
  }
  AtNode(const AtNode&) = delete;
  AtNode& operator=(const AtNode&) = delete;

 private:
  const Site* site_;
  const std::string* scope_;
};

// While it lives, operations are the steps of another one: of its forward pass or of its rule.
class StepsOfOp {
 public:
  StepsOfOp() : before_(std::exchange(within_op, true)) {}
  ~StepsOfOp() { within_op = before_; }
  StepsOfOp(const StepsOfOp&) = delete;
  StepsOfOp& operator=(const StepsOfOp&) = delete;

 private:
  bool before_;
};

// While it lives, a function of the user's runs that the engine was given: its operations have
// their own lines again, and are not steps of another operation.
class UserCode {
 public:
  UserCode() : site_(std::exchange(call_site, nullptr)), within_(std::exchange(within_op, false)) {}
  ~UserCode() {
    call_site = site_;
    within_op = within_;
  }
  UserCode(const UserCode&) = delete;
  UserCode& operator=(const UserCode&) = delete;

 private:
  const Site* site_;
  bool within_;
};

}  // namespace tapestry::detail
