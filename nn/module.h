// A tree of named members: parameters, and modules. Everything that concerns a whole network (its
// parameters and their names, training or not, dtypes, tables, messages) goes over that tree. A
// copy of a module shares its parameters.
//
//   struct Gate : nn::Module {
//     nn::Linear keep, add;
//     ...
//     nn::Members members() override { return {{"keep", keep}, {"add", add}}; }
//     Tensor operator()(const Tensor& x, const Tensor& state) const { ... }
//   };
//
// A module of one tensor derives from Layer (nn/layer.h) and needs only members() and forward().
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "nn/parameter.h"

namespace tapestry::nn {

class Module;

// A parameter or a module, and what its owner calls it. A module is named by reference: the owner
// holds it.
struct Member {
  Member(std::string name_, const Parameter& parameter) : name(std::move(name_)), what(parameter) {}
  Member(std::string name_, Module& module) : name(std::move(name_)), what(&module) {}

  const Parameter* parameter() const { return std::get_if<Parameter>(&what); }
  Module* module() const {
    Module* const* found = std::get_if<Module*>(&what);
    return found ? *found : nullptr;
  }

  std::string name;
  std::variant<Parameter, Module*> what;
};
using Members = std::vector<Member>;

class Module {
 public:
  using Site = detail::Site;  // the place of a call, the last parameter of operator()

  virtual ~Module() = default;

  // What this module owns itself, in order.
  virtual Members members() { return {}; }

  // As tables and messages call it: Linear(2, 3). By default the name of the class.
  virtual std::string type() const;

  // Of this module and all that it owns, by path: "weight", "0.weight", ... One that is shared
  // stands once, by its first name.
  std::vector<std::pair<std::string, Parameter>> named_parameters() const;
  std::vector<Parameter> parameters() const;

  // Modules such as Dropout behave differently while training, which is the state after
  // construction.
  void train(bool training = true);
  void eval() { train(false); }
  bool is_training() const { return training_; }

  // Every parameter in this dtype.
  void to(DType dtype, Site site = {});

 private:
  friend class EvalMode;
  bool training_ = true;
};

// The members of a module that is only looked at.
Members members_of(const Module& module);

// While it lives, a module and all that it owns are in eval mode; then each is as it was.
class EvalMode {
 public:
  explicit EvalMode(const Module& module);
  ~EvalMode();
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;

 private:
  std::vector<Module*> training_;  // those that were training
};

// The path of `wanted` within `root`, "" for root itself; no value when root does not own it.
std::optional<std::string> path_of(const Module& wanted, const Module& root);

}  // namespace tapestry::nn
