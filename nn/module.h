// A function of a tensor that owns parameters and other modules. A copy of a module shares its
// parameters.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/parameter.h"

namespace tapestry::nn {

class Module {
 public:
  using Site = detail::Site;  // the place of a call, the last parameter of operator()

  virtual ~Module() = default;

  // A module of its own opens a CallSite(site), so that messages name the line of its caller, or
  // does not, and they name its own.
  virtual Tensor operator()(const Tensor& x, Site site = {}) const = 0;

  virtual std::string type() const = 0;  // as in the summary: Linear(2, 3)
  // What this module owns itself, by name, in order.
  virtual std::vector<std::pair<std::string, Parameter>> own_parameters() const { return {}; }
  virtual std::vector<std::pair<std::string, Module*>> children() const { return {}; }

  // Own and owned by children: "weight", "0.weight", ... One that is shared stands once, by its
  // first name.
  std::vector<std::pair<std::string, Parameter>> named_parameters() const;
  std::vector<Parameter> parameters() const;

  // Modules such as Dropout behave differently while training, which is the state after
  // construction.
  void train(bool training = true);
  void eval() { train(false); }
  bool is_training() const { return training_; }

  // Every parameter in this dtype.
  void to(DType dtype);

  // A table: layer, type, output shape, number of parameters. Runs the module once on zeros of
  // shape `input`.
  std::string summary(const Shape& input) const;

 private:
  bool training_ = true;
};

// Modules one after the other.
class Sequential : public Module {
 public:
  Sequential() = default;
  template <class... Modules>
  requires(std::is_base_of_v<Module, Modules>&&...) explicit Sequential(Modules... modules) {
    (append(std::move(modules)), ...);
  }

  template <class M>
  void append(M module) {
    modules_.push_back(std::make_shared<M>(std::move(module)));
  }

  std::size_t size() const { return modules_.size(); }
  // The modules as functions, which share them; they stand at the line of this call.
  std::vector<detail::Function> functions(Site site = {}) const;
  Module& operator[](std::size_t i) const { return *modules_.at(i); }

  Tensor operator()(const Tensor& x, Site site = {}) const override;
  std::string type() const override { return "Sequential"; }
  std::vector<std::pair<std::string, Module*>> children() const override;

 private:
  std::vector<std::shared_ptr<Module>> modules_;
};

// The modules in segments, each computed again when a gradient passes it: tapestry's of that name.
// Modules must give the same result when called again, so Dropout has no place here while training.
detail::Function checkpoint_sequential(const Sequential& modules, std::int64_t segments,
                                       detail::Site site = {});

}  // namespace tapestry::nn
