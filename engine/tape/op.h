// What the tape knows of an operation. Each op is one struct D; `op_of<D>` makes its Op.
//
//   struct Transpose {
//     static constexpr std::string_view name = "transpose";
//     static constexpr int arity = 1;            // or kVariadic
//     struct Attributes { int first, second; };  // optional, trivially copyable
//     // Refuses bad shapes; on plain numbers.
//     static Tensor forward(Inputs in, const Attributes& a);
//     // Written in differentiable ops.
//     static void vjp(Pullback& p);
//     // Optional: what vjp reads for that operand, and the attributes as text.
//     static constexpr SaveMask saves(int operand);
//     static std::string describe(const Attributes& a);
//     static double flops(Inputs in, const Attributes& a, std::span<const Tensor> out);  // Profile
//   };
//
// Forward mode comes from `static constexpr bool linear = true` (in all floating operands
// together), or `bilinear = true`, or a `static void jvp(Pushforward& p)`; without any of them the
// vjp is transposed.
//
// vmap asks for `static constexpr bool elementwise = true` or `static void batch(Batching& b)`, as
// engine/grad/batching.h describes. An op that can only be executed example by example says why:
// `static constexpr std::string_view example_by_example = "reason"`. With none of them it does not
// compile.
//
// Instead of vjp an op may say `static constexpr bool not_differentiable = true`; with neither it
// does not compile. A flag that is left out is false.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

class Pullback;
class Pushforward;
class Batching;
void push_linear(Pushforward& p);
void push_bilinear(Pushforward& p);
void push_by_transposition(Pushforward& p);

inline constexpr int kVariadic = -1;

// The operands of a call, by reference: tensors side by side, or pointers to them. Two words, which
// are handed over in registers: three would be laid out in memory for each call.
class Inputs {
 public:
  Inputs(std::span<const Tensor> tensors)  // NOLINT: tensors are operands
      : place_(tensors.data()), size_(static_cast<std::uint32_t>(tensors.size())) {}
  Inputs(const std::vector<Tensor>& tensors) : Inputs(std::span(tensors)) {}  // NOLINT
  Inputs(std::span<const Tensor* const> pointers)                             // NOLINT
      : place_(pointers.data()),
        size_(static_cast<std::uint32_t>(pointers.size())),
        are_pointers_(true) {}
  Inputs(std::initializer_list<const Tensor*> pointers)
      : Inputs(std::span(pointers.begin(), pointers.size())) {}
  const Tensor& operator[](std::size_t i) const {
    return are_pointers_ ? *static_cast<const Tensor* const*>(place_)[i]
                         : static_cast<const Tensor*>(place_)[i];
  }
  std::size_t size() const { return size_; }

 private:
  const void* place_;
  std::uint32_t size_;
  bool are_pointers_ = false;
};
static_assert(sizeof(Inputs) == 16);

// Which inputs and outputs a vjp reads; only these are kept alive by the tape.
using SaveMask = std::uint64_t;
constexpr SaveMask save_input(int i) { return SaveMask{1} << i; }
inline constexpr SaveMask kSaveAll = ~SaveMask{0};   // however many operands there are
inline constexpr SaveMask kSaveInputs = 0xffffffff;  // likewise
constexpr SaveMask save_output(int k = 0) { return SaveMask{1} << (32 + k); }

struct Op {
  std::string_view name;
  int arity;
  bool differentiable;
  bool differentiates_adjoints;  // its vjp may ask for a recorded sweep (engine/grad/sweep.h)
  std::uint32_t attribute_bytes;
  void (*forward)(Inputs inputs, const void* attributes, std::span<Tensor> outputs);
  void (*vjp)(Pullback& pullback);        // null when not differentiable
  void (*jvp)(Pushforward& pushforward);  // null when not differentiable
  void (*batch)(Batching& batching);      // null: elementwise, or example by example
  bool elementwise;  // each element of the result comes from one of each operand
  SaveMask (*saves)(int operand);
  // Arithmetic operations of a call; null: one for each element of the results.
  double (*flops)(Inputs inputs, const void* attributes, std::span<const Tensor> outputs) = nullptr;
  std::string (*describe)(const void* attributes);
  std::string_view example_by_example{};  // why there is no batch; empty where there is
};

struct NoAttributes {};

template <class D>
constexpr auto attributes_of() {
  if constexpr (requires { typename D::Attributes; })
    return std::type_identity<typename D::Attributes>{};
  else
    return std::type_identity<NoAttributes>{};
}
template <class D>
using AttributesOf = typename decltype(attributes_of<D>())::type;

template <class D>
void forward_thunk(Inputs inputs, const void* attributes, std::span<Tensor> outputs) {
  const auto& typed = *static_cast<const AttributesOf<D>*>(attributes);
  if constexpr (requires { D::forward(inputs, typed, outputs); })
    D::forward(inputs, typed, outputs);
  else if constexpr (requires { D::forward(inputs, outputs); })
    D::forward(inputs, outputs);
  else if constexpr (requires { D::forward(inputs, typed); })
    outputs[0] = D::forward(inputs, typed);
  else
    outputs[0] = D::forward(inputs);
}

template <class D>
SaveMask saves_thunk([[maybe_unused]] int operand) {
  if constexpr (requires { D::saves(operand); }) return D::saves(operand);
  return 0;
}

template <class D>
std::string describe_thunk([[maybe_unused]] const void* attributes) {
  if constexpr (requires { D::describe(std::declval<const AttributesOf<D>&>()); })
    return D::describe(*static_cast<const AttributesOf<D>*>(attributes));
  return {};
}

template <class D>
double flops_thunk(Inputs inputs, const void* attributes, std::span<const Tensor> outputs) {
  const auto& typed = *static_cast<const AttributesOf<D>*>(attributes);
  if constexpr (requires { D::flops(inputs, typed, outputs); })
    return D::flops(inputs, typed, outputs);
  else
    return D::flops(inputs, outputs);
}

template <class D>
constexpr Op make_op() {
  using Attributes = AttributesOf<D>;
  static_assert(std::is_trivially_copyable_v<Attributes> && alignof(Attributes) <= 16);
  constexpr bool elementwise = requires { requires D::elementwise; };
  constexpr bool batched = requires { &D::batch; };
  constexpr bool one_by_one = requires { D::example_by_example; };
  static_assert(
      D::arity == 0 || elementwise || batched || one_by_one,
      "vmap asks for `elementwise`, for `batch`, or for the reason in `example_by_example`");
  Op op{};
  op.name = D::name;
  op.arity = D::arity;
  op.attribute_bytes = sizeof(Attributes);
  op.forward = &forward_thunk<D>;
  op.elementwise = elementwise;
  op.differentiates_adjoints = requires { requires D::differentiates_adjoints; };
  op.saves = &saves_thunk<D>;
  op.describe = &describe_thunk<D>;
  if constexpr (requires { &D::flops; }) op.flops = &flops_thunk<D>;
  if constexpr (!requires { requires D::not_differentiable; }) {
    static_assert(
        requires { &D::vjp; }, "an op has a `vjp`, or `not_differentiable` = true");
    op.differentiable = true;
    op.vjp = &D::vjp;
    if constexpr (requires { &D::jvp; })
      op.jvp = &D::jvp;
    else if constexpr (requires { requires D::linear; })
      op.jvp = &push_linear;
    else if constexpr (requires { requires D::bilinear; })
      op.jvp = &push_bilinear;
    else
      op.jvp = &push_by_transposition;
  }
  if constexpr (batched) op.batch = &D::batch;
  if constexpr (one_by_one) op.example_by_example = D::example_by_example;
  return op;
}

template <class D>
inline constexpr Op op_of = make_op<D>();

}  // namespace tapestry::detail
