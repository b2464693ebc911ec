#include "engine/grad/custom_rule.h"

#include "engine/grad/accumulate.h"
#include "engine/grad/closure.h"
#include "engine/tape/callback.h"
#include "engine/tape/captures.h"
#include "engine/tape/nesting.h"
#include "engine/tape/pushforward.h"
#include "engine/tensor/escapes.h"
#include "engine/tensor/factory.h"

namespace tapestry {

using namespace detail;
namespace {

// A tracked tensor for a function of the user's that must be differentiable again: under a handle
// of this tape and with a body that says so, by which its numbers are known after detach(), too.
Tensor lent(Tape& tape, const Tensor& own) {
  const Tensor x = detail::known_to(tape, own);
  if (!x.is_tracked() || (tape.owns(x) && x.origin_in(tape.epoch()))) return x;
  Tensor alias = x.view(x.shape(), x.strides()).tracked_as(x.epoch(), x.id());
  if (!tape.owns(x)) return tape.constant(alias);
  alias.set_origin(x.epoch(), x.id());
  return alias;
}

// Calls a rule of the user's with what it reads, all of it as `lend` gives it. Where a tape records
// what it does, derivatives of it may be asked for. They are not known of what it makes of numbers
// that it reads of what that tape follows: an Error, unless `harmless` says that the result does
// not depend on them.
template <class Call, class Harmless>
auto followed_call(std::string_view who, std::string_view rule, const Call& call,
                   const Harmless& harmless) {
  Tape* const tape = recording_tape();
  if (!tape) return call([](const Tensor& x) { return x; });
  const detail::WatchEscapes watch([epoch = tape->epoch()](const Tensor& x) {
    const Tape* const follower = find_tape(epoch);
    return follower && detail::follows_numbers(*follower, x);
  });
  auto result = call([&](const Tensor& x) { return lent(*tape, x); });
  if (watch.floating && !harmless(result))
    refuse(
        who,
        "{} reads the numbers of a recorded tensor, by item(), to_vector(), data() or detach(), "
        "and its result is recorded to be differentiated again, or for vmap; it must be written in "
        "differentiable ops, or say stop_gradient()",
        rule);
  return result;
}

// A result that is plain numbers was read of whatever they came from.
Tensor noted(const Tensor& result) {
  if (detail::context.escapes && !result.is_tracked()) detail::note_reading(result);
  return result;
}

// ---- custom_vjp ----

struct Custom : ClosureOp {
  static constexpr std::string_view name = "custom";
  struct Attributes {
    const CustomPull* pull;
  };

  static std::vector<Tensor> pulled(const CustomPull& pull, const Tensor& g,
                                    const std::vector<Tensor>& xs, const Tensor& y) {
    std::vector<Tensor> results = followed_call(
        "custom_vjp", "pull",
        [&](const auto& lend) {
          std::vector<Tensor> lent_xs;
          for (const Tensor& x : xs) lent_xs.push_back(lend(x));
          std::vector<Tensor> cotangents =
              detail::call_back("pull of custom_vjp", pull, lend(g), lent_xs, lend(y));
          for (const Tensor& cotangent : cotangents)
            if (cotangent.defined() && !g.is_tracked()) noted(cotangent);
          return cotangents;
        },
        [](const auto&) { return false; });
    if (results.size() != xs.size())
      refuse("custom_vjp", "pull gave {} cotangents for {} arguments", results.size(), xs.size());
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (!results[i].defined()) continue;
      if (!broadcasts_to(xs[i].shape(), results[i].shape()))
        refuse("custom_vjp", "cotangent {} has shape {}, its argument {}", i, results[i].shape(),
               xs[i].shape());
      if (recording_tape() && g.is_tracked() && !results[i].is_tracked())
        refuse("custom_vjp",
               "cotangent {} is not recorded: derivatives of it need pull to be written in "
               "differentiable ops of the cotangent",
               i);
    }
    return results;
  }
  static void vjp(Pullback& p) {
    std::vector<Tensor> xs;
    for (int i = 0; i < p.operand_count(); ++i) xs.push_back(operand(p, i));
    const Tensor y = operand(p, p.operand_count());
    const std::vector<Tensor> results =
        pulled(*p.attributes<Attributes>().pull, p.cotangent(), xs, y);
    for (int i = 0; i < p.operand_count(); ++i)
      if (p.wants(i) && results[static_cast<std::size_t>(i)].defined())
        p.give(i, results[static_cast<std::size_t>(i)].to(p.input_dtype(i)));
  }
  // pull is linear in its cotangent; its transpose pushes.
  static void jvp(Pushforward& p) {
    Tape inner;
    const Tensor v = inner.variable(zeros_like(p.output()));
    std::vector<Tensor> xs;
    for (int i = 0; i < p.input_count(); ++i) xs.push_back(p.input(i));
    const std::vector<Tensor> results = [&] {
      const detail::TapeUse use("jvp", detail::TapeUse::Role::made, inner.epoch());
      return pulled(*p.attributes<Attributes>().pull, v, xs, p.output());
    }();
    inner.stop();
    Tensor total;
    for (int i = 0; i < p.input_count(); ++i) {
      const Tensor& result = results[static_cast<std::size_t>(i)];
      if (!p.tangent(i).defined() || !result.defined()) continue;
      const Tensor term = gradient(result, v, {.allow_unused = true, .cotangent = p.tangent(i)});
      accumulate(total, term);
    }
    if (total.defined()) p.give(0, total);
  }
};

// ---- the identity with a rule of its own ----

struct Hook : ClosureOp {
  static constexpr std::string_view name = "on_gradient";
  struct Attributes {
    const Function* hook;
  };
  static void vjp(Pullback& p) {
    const Function& hook = *p.attributes<Attributes>().hook;
    const Tensor& g = p.cotangent();
    Tensor seen;  // a hook may look, and give back what it saw
    const Tensor replaced = followed_call(
        name, "the hook",
        [&](const auto& lend) {
          return noted(detail::call_back("the hook of on_gradient", hook, seen = lend(g)));
        },
        [&](const Tensor& result) {
          return same_node(result, seen) && result.shares_numbers(seen);
        });
    if (replaced.shape() != p.cotangent().shape())
      refuse(name, "the hook gave shape {} for an adjoint of shape {}", replaced.shape(),
             p.cotangent().shape());
    p.give(0, replaced);
  }
  static void jvp(Pushforward& p) { p.give(0, p.tangent(0)); }
};

struct StraightThrough : ClosureOp {
  static constexpr std::string_view name = "straight_through";
  struct Attributes {
    const Function* forward;
  };
  static void vjp(Pullback& p) { p.give(0, p.cotangent()); }
  static void jvp(Pushforward& p) { p.give(0, p.tangent(0)); }
};

Tensor without_history(const Tensor& x) { return detach(x); }
std::vector<Tensor> without_history(std::vector<Tensor> xs) {
  for (Tensor& x : xs) x = detach(x);
  return xs;
}

// The value of a function whose rule stands for its derivative. Where nothing records, it is a
// function like any other, and an active escape watch sees what it does.
template <class F, class Arguments>
Tensor plain_value(std::string_view who, const F& f, const Arguments& arguments) {
  const std::string name = fmt::format("the function of {}", who);
  if (!recording_tape()) return detail::call_back(name, f, arguments);
  const PauseRecording pause;
  detail::WatchCaptures captures;
  const Tensor value = detail::call_back(name, f, without_history(arguments));
  captures.note(value);
  if (!captures.first().empty())
    refuse(who,
           "the function captures {}, which a tape follows, and nothing would flow back to it; "
           "make it an argument of custom_vjp, or capture stop_gradient() of it",
           captures.first());
  return value;
}

}  // namespace

std::function<Tensor(const std::vector<Tensor>&)> custom_vjp(
    std::function<Tensor(const std::vector<Tensor>&)> f, CustomPull pull, Site site) {
  detail::require_function("custom_vjp", f);
  detail::require_function("custom_vjp", pull, "pull");
  return [f = std::move(f), pull = std::make_shared<const CustomPull>(std::move(pull)),
          site](const std::vector<Tensor>& xs) {
    const CallSite call(site);
    return record_closure<Custom>(pull, xs, plain_value("custom_vjp", f, xs));
  };
}

Tensor on_gradient(const Tensor& x, Function hook, Site site) {
  const CallSite call(site);
  detail::require_function(Hook::name, hook, "the hook");
  return record_closure<Hook>(std::make_shared<const Function>(std::move(hook)), {x}, x);
}

Tensor straight_through(const Function& forward, const Tensor& x, Site site) {
  const CallSite call(site);
  detail::require_function(StraightThrough::name, forward);
  const Tensor value = plain_value(StraightThrough::name, forward, x);
  if (value.shape() != x.shape())
    refuse("straight_through", "the value has shape {}, the argument {}", value.shape(), x.shape());
  return record_closure<StraightThrough>(std::make_shared<const Function>(forward), {x}, value);
}

}  // namespace tapestry
