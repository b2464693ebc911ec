// What the author of an operation includes, beside ops/ops.h, in whose ops rules are written. An op
// is a struct with its name, its kernel on plain numbers, and its rules; apply() and apply_many()
// execute it and record it. What is named here is in tapestry::detail.
//
//   // The sine and the cosine of each element, in one pass. f32 and f64.
//   struct SinCos {
//     static constexpr std::string_view name = "sincos";
//     static constexpr int arity = 1;             // kVariadic: any number of operands
//     static constexpr bool elementwise = true;   // what vmap asks; see `batch` below
//     // What the vjp reads for an operand whose derivative is wanted. The tape keeps only that. A
//     // tensor that the vjp reads and this does not name is an Error in the first sweep.
//     static constexpr SaveMask saves(int) { return save_output(0) | save_output(1); }
//
//     // Refuses operands that it cannot take; what concerns arguments alone, as an axis, the
//     // function refuses. Operands have any strides; this works on their numbers, by data<T>(),
//     // contiguous() and view(). An op that is called here, such as exp(in[0]), is recorded as
//     // well: detach() the operand first.
//     static void forward(Inputs in, std::span<Tensor> out) {
//       require_floating(name, in[0]);
//       const Tensor x = in[0].contiguous();
//       for (Tensor& y : out) y = Tensor::uninitialized_like(x);
//       visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
//         for (std::int64_t i = 0; i < x.size(); ++i) {
//           out[0].mutable_data<T>()[i] = std::sin(x.data<T>()[i]);
//           out[1].mutable_data<T>()[i] = std::cos(x.data<T>()[i]);
//         }
//       });
//     }
//
//     // The cotangent of the operand by those of the outputs, in differentiable ops: so higher
//     // orders follow. A cotangent is not defined() where nothing flowed back to that output:
//     // whoever has several outputs asks.
//     // Contributions add up. They have the operand's dtype, and any shape that its shape
//     // broadcasts to. Of several operands: if (p.wants(1)) p.give(1, ...).
//     static void vjp(Pullback& p) {
//       if (p.cotangent(0).defined()) p.give(0, p.cotangent(0) * p.output(1));
//       if (p.cotangent(1).defined()) p.give(0, -p.cotangent(1) * p.output(0));
//     }
//   };
//
//   struct SinCosed {
//     Tensor sine, cosine;
//   };
//   SinCosed sincos(const Tensor& x, Site site = {}) {
//     const CallSite call(site);                  // messages name the line of the caller
//     std::vector<Tensor> y = apply_many<SinCos>({&x}, 2);
//     return {y[0], y[1]};
//   }
//
// Operands that differ. The function promotes: x.to(promote(x.dtype(), z.dtype())), recorded, so
// that the cast has a derivative. forward broadcasts; `elementwise` allows it:
//
//   const Shape shape = broadcast_shapes(name, in[0].shape(), in[1].shape());
//   const Tensor z = broadcast_to(detach(in[1]), shape).contiguous();
//
// A loop that is worth several threads is parallel_for(count, work, f): f(first, last) takes a part
// of [0, count), and one index costs about as much as copying `work` elements. Each element of the
// result is computed by one index alone, so that bits do not depend on threads.
//
// More that an op may have:
//   struct Attributes { int axis; };              trivially copyable; forward takes them second,
//                                                 p.attributes<Attributes>() gives them to the vjp
//   static Tensor forward(Inputs in)              of one output; with attributes (Inputs in, a),
//                                                 and (Inputs in, a, out) of several
//   static void jvp(Pushforward& p)               forward mode; the transpose of the vjp if absent
//   static constexpr bool linear = true;          jvp: f of the tangents. Likewise bilinear
//   static void batch(Batching& b)                vmap's rule, in place of `elementwise`, mostly
//                                                 one line: see engine/grad/batching.h
//   static std::string describe(const Attributes& a)   attributes as text, for pictures
//   static constexpr bool not_differentiable = true;   instead of a vjp
//   static constexpr std::string_view example_by_example   why there is no batching rule
// p.wants(i) says whether operand i needs a cotangent; p.input(i), p.input_shape(i) and
// p.output_type(k) tell of the rest.
// A missing forward, vjp or vmap rule does not compile, and the message says which.
#pragma once

#include "engine/base/error.h"
#include "engine/base/parallel.h"
#include "engine/base/site.h"
#include "engine/grad/batching.h"
#include "engine/grad/broadcast.h"
#include "engine/grad/derived_jvp.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tape/op.h"
#include "engine/tape/pushforward.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/rows.h"
#include "engine/tensor/tensor.h"
