#include "nn/layer.h"

#include <optional>

namespace tapestry::nn {
using namespace detail;
namespace detail {
namespace {
constinit thread_local const LayerCall* current_call = nullptr;
constinit thread_local LayerWatch* layer_watch = nullptr;
}  // namespace

// A call of a layer, and the calls around it on this thread.
class LayerCall {
 public:
  LayerCall(const Layer& layer, const Site& site, std::string_view name)
      : layer_(layer), line_(site), outer_(current_call) {
    if (layer.stands_at_caller()) site_.emplace(site);
    if (!name.empty())
      scope_.emplace(name);
    else if (outer_)
      if (const std::optional<std::string> path = path_of(layer, outer_->layer_);
          path && !path->empty())
        scope_.emplace(*path);
    owner_.emplace(&layer,
                   [](const void* what) { return static_cast<const Layer*>(what)->type(); });
    if (outer_) outer_->is_innermost_ = false;
    current_call = this;
  }
  ~LayerCall() { current_call = outer_; }
  LayerCall(const LayerCall&) = delete;
  LayerCall& operator=(const LayerCall&) = delete;

  const Layer& layer() const { return layer_; }
  const Site& line() const { return line_; }
  bool is_innermost() const { return is_innermost_; }

 private:
  const Layer& layer_;
  const Site& line_;
  const LayerCall* outer_;
  mutable bool is_innermost_ = true;
  std::optional<CallSite> site_;
  std::optional<NameScope> scope_;
  std::optional<ScopeOwner> owner_;
};

LayerWatch::LayerWatch() : outer_(layer_watch) { layer_watch = this; }
LayerWatch::~LayerWatch() { layer_watch = outer_; }

Site layer_site() { return current_call ? current_call->line() : Site::nowhere(); }

std::string member_name(const Parameter& parameter) {
  if (current_call)
    for (const Member& member : members_of(current_call->layer()))
      if (const Parameter* own = member.parameter(); own && *own == parameter) return member.name;
  return {};
}

}  // namespace detail

Tensor Layer::call(const Tensor& x, const Site& site, std::string_view name) const {
  const detail::LayerCall call(*this, site, name);
  Tensor y = forward(x);
  if (detail::layer_watch) [[unlikely]]
    detail::layer_watch->called(*this, current_scope(), y, call.is_innermost());
  return y;
}

}  // namespace tapestry::nn
