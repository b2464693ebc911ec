#include "nn/layer.h"

#include <optional>

namespace tapestry::nn {
using namespace detail;
namespace detail {

// A call of a layer, and the calls around it on this thread.
class LayerCall {
 public:
  LayerCall(const Layer& layer, const Site& site, std::string_view name)
      : layer_(layer),
        line_(site),
        site_(layer.stands_at_caller() && !context.call_site ? &site : context.call_site),
        scope_(scope_of(layer, name)),
        owner_(&layer, [](const void* what) { return static_cast<const Layer*>(what)->type(); }) {
    if (call_.outer()) call_.outer()->is_innermost_ = false;
  }

  const Layer& layer() const { return layer_; }
  const Site& line() const { return line_; }
  bool is_innermost() const { return is_innermost_; }

 private:
  static const std::string* scope_of(const Layer& layer, std::string_view name) {
    if (!name.empty()) return scope_within(name);
    const LayerCall* const caller = context.layer_call;
    const auto path = caller ? path_of(layer, caller->layer_) : std::nullopt;
    return path && !path->empty() ? scope_within(*path) : context.name_scope;
  }

  const Layer& layer_;
  const Site& line_;
  mutable bool is_innermost_ = true;
  const Ambient<&Context::call_site> site_;
  const Ambient<&Context::name_scope> scope_;
  const ScopeOwner owner_;
  const Ambient<&Context::layer_call> call_{this};
};

Site layer_site() { return context.layer_call ? context.layer_call->line() : Site::nowhere(); }

std::string member_name(const Parameter& parameter) {
  if (context.layer_call)
    for (const Member& member : members_of(context.layer_call->layer()))
      if (const Parameter* own = member.parameter(); own && *own == parameter) return member.name;
  return {};
}

}  // namespace detail

Tensor Layer::call(const Tensor& x, const Site& site, std::string_view name) const {
  const detail::LayerCall call(*this, site, name);
  Tensor y = forward(x);
  if (detail::context.layer_watch) [[unlikely]]
    detail::context.layer_watch->called(*this, current_scope(), y, call.is_innermost());
  return y;
}

}  // namespace tapestry::nn
