#include "nn/module.h"

#include <algorithm>
#include <boost/core/demangle.hpp>
#include <typeinfo>

namespace tapestry::nn {
using namespace detail;
namespace {

// The last part of "ns::Outer<ns::T>::Name<U>", without what stands in angle brackets.
std::string class_name(const std::string& qualified) {
  std::string name;
  int depth = 0;
  for (char c : qualified) {
    if (c == '<') ++depth;
    if (depth == 0) name += c;
    if (c == '>') --depth;
  }
  if (const std::size_t at = name.rfind("::"); at != std::string::npos) name.erase(0, at + 2);
  return name;
}

// Calls see(path, member) for every member of the tree, owners before what they own.
template <class See>
void visit_members(const Module& module, const std::string& path, const See& see) {
  for (const Member& member : members_of(module)) {
    const std::string inner = path.empty() ? member.name : path + "." + member.name;
    see(inner, member);
    if (const Module* child = member.module()) visit_members(*child, inner, see);
  }
}

}  // namespace

Members members_of(const Module& module) {
  return const_cast<Module&>(module).members();  // NOLINT: members() changes nothing
}

std::string Module::type() const { return class_name(boost::core::demangle(typeid(*this).name())); }

std::vector<std::pair<std::string, Parameter>> Module::named_parameters() const {
  std::vector<std::pair<std::string, Parameter>> found;
  visit_members(*this, "", [&](const std::string& path, const Member& member) {
    const Parameter* parameter = member.parameter();
    if (parameter && std::none_of(found.begin(), found.end(),
                                  [&](const auto& known) { return known.second == *parameter; }))
      found.emplace_back(path, parameter->called(path));
  });
  return found;
}

std::vector<Parameter> Module::parameters() const {
  std::vector<Parameter> found;
  for (const auto& [name, parameter] : named_parameters()) found.push_back(parameter);
  return found;
}

void Module::train(bool training) {
  training_ = training;
  for (const Member& member : members())
    if (Module* child = member.module()) child->train(training);
}

void Module::to(DType dtype, Site site) {
  for (Parameter parameter : parameters()) parameter.set(parameter.value().to(dtype, site), site);
}

EvalMode::EvalMode(const Module& module) {
  const auto switch_off = [&](const Module& one) {
    if (!one.training_) return;
    training_.push_back(const_cast<Module*>(&one));  // NOLINT: as it was when this dies
    training_.back()->training_ = false;
  };
  switch_off(module);
  visit_members(module, "", [&](const std::string&, const Member& member) {
    if (const Module* child = member.module()) switch_off(*child);
  });
}

EvalMode::~EvalMode() {
  for (Module* module : training_) module->training_ = true;
}

std::optional<std::string> path_of(const Module& wanted, const Module& root) {
  if (&wanted == &root) return "";
  std::optional<std::string> found;
  visit_members(root, "", [&](const std::string& path, const Member& member) {
    if (member.module() == &wanted && !found) found = path;
  });
  return found;
}

}  // namespace tapestry::nn
