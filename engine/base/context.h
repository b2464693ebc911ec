// What holds on this thread for the moment: where operations come from, and who watches them.
//
//   const Ambient<&Context::name_scope> scope(path);
//
// sets a field until the end of its life. All guards of the library are made of it, so what they
// set is restored in reverse order, whatever is thrown. The file beside a field says what it means.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

namespace tapestry {

class Tensor;
struct AnomalyOptions;

namespace detail {
class Callback;
class DrawWatch;
class OpClock;
class ScopeOwner;
class Site;
class TapeUse;
class WatchCaptures;
struct Escapes;
}  // namespace detail

namespace nn::detail {
using namespace tapestry::detail;
class LayerCall;
class LayerWatch;
}  // namespace nn::detail

namespace detail {

// What rooms above know is a pointer here, and null where there is none, as on a new thread.
struct Context {
  const Site* call_site = nullptr;                    // engine/base/site.h
  const std::string* name_scope = nullptr;            // engine/base/scope.h; interned
  const ScopeOwner* scope_owner = nullptr;            // the same
  Escapes* escapes = nullptr;                         // engine/tensor/escapes.h
  DrawWatch* draw_watch = nullptr;                    // engine/tensor/draws.h
  const AnomalyOptions* anomaly_watch = nullptr;      // engine/tape/anomaly.h
  OpClock* op_clock = nullptr;                        // engine/tape/op_clock.h
  WatchCaptures* captures = nullptr;                  // engine/tape/captures.h
  void (*note_use)(const Tensor& x) = nullptr;        // the same; for what is read, and operands
  TapeUse* tape_use = nullptr;                        // engine/tape/tape_use.h
  Callback* callback = nullptr;                       // the same
  const nn::detail::LayerCall* layer_call = nullptr;  // nn/layer.cc
  nn::detail::LayerWatch* layer_watch = nullptr;      // nn/layer.h
  double shared_seconds = 0;                          // in shared loops, while op_clock runs
  bool within_op = false;  // the thread executes an operation's steps, see engine/tape/provenance.h
  bool in_piece = false;   // it works on a piece of a shared loop, see engine/base/thread_pool.h

  bool watches_ops() const { return anomaly_watch || escapes || op_clock; }
};
inline constinit thread_local Context context;

inline void nothing_follows() {}

// While it lives, the field has that value on this thread. `changed` is called after each change.
template <auto Field, void (*changed)() = nothing_follows>
class Ambient {
 public:
  using Value = std::remove_reference_t<decltype(context.*Field)>;

  explicit Ambient(Value value) : outer_(std::exchange(context.*Field, value)) { changed(); }
  ~Ambient() {
    context.*Field = outer_;
    changed();
  }
  Ambient(const Ambient&) = delete;
  Ambient& operator=(const Ambient&) = delete;

  Value outer() const { return outer_; }  // the value before

 private:
  Value outer_;
};

}  // namespace detail

}  // namespace tapestry
