#include "engine/tensor/tensor.h"

#include <new>

#include "engine/base/memory.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/escapes.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::size_t kLine = 64;

// A body, its own layout unless tensors share it, and room for numbers, which begin a line of the
// cache unless they fit into what is left of the body's.
Body* make_body(const TensorLayout& layout, bool is_shared, DType dtype, std::size_t bytes) {
  const std::size_t head = sizeof(Body) + (is_shared ? 0 : sizeof(TensorLayout));
  const std::size_t start = head + bytes <= kLine ? head : (head + kLine - 1) / kLine * kLine;
  auto* const block = static_cast<std::byte*>(allocate(start + bytes));
  Body* const body = new (block) Body{.dtype = dtype,
                                      .layout = &layout,
                                      .data = block + start,
                                      .block_bytes = start + bytes,
                                      .owner = nullptr};
  if (!is_shared) body->layout = new (body + 1) TensorLayout(layout);
  return body;
}

Body* make_owner(const TensorLayout& layout, bool is_shared, DType dtype) {
  return make_body(layout, is_shared, dtype,
                   static_cast<std::size_t>(layout.size) * size_of(dtype));
}

}  // namespace

void detail::note_reading(const Tensor& x) {
  if (context.note_use) context.note_use(x);
  Escapes& into = *context.escapes;
  into.numbers |= x.is_tracked();
  into.floating |= is_floating(x.dtype()) && (into.concerns ? into.concerns(x) : x.is_tracked());
}

void detail::destroy(Body* body) noexcept {
  while (body) {  // a view drops its owner in turn, without recursion
    Body* owner = body->owner;
    const std::size_t bytes = body->block_bytes;
    body->~Body();
    deallocate(body, bytes);
    body =
        owner && owner->references.fetch_sub(1, std::memory_order_acq_rel) == 1 ? owner : nullptr;
  }
}

Tensor Tensor::uninitialized(const Shape& shape, DType dtype) {
  if (const TensorLayout* const shared = shared_layout(shape))
    return Tensor(make_owner(*shared, true, dtype));
  return Tensor(make_owner(row_major_layout(shape), false, dtype));
}

Tensor Tensor::uninitialized_like(const Tensor& x) {
  if (x.is_contiguous() && !x.has_own_layout())
    return Tensor(make_owner(x.layout(), true, x.dtype()));
  return uninitialized(x.shape(), x.dtype());
}

Tensor Tensor::view(const Shape& shape, const Strides& strides, std::int64_t offset) const {
  detail::Body* owner = this->body().owner ? body_->owner : body_;
  const TensorLayout* const shared = shared_layout(shape, strides);
  Body* const view = shared ? make_body(*shared, true, dtype(), 0)
                            : make_body(strided_layout(shape, strides), false, dtype(), 0);
  view->data = body_->data + offset * static_cast<std::int64_t>(size_of(dtype()));
  view->owner = owner;
  owner->references.fetch_add(1, std::memory_order_relaxed);
  return Tensor(view);
}

void Tensor::refuse_type(DType asked) const {
  refuse("data", "numbers of {} are asked of a tensor of {}; convert with .to()", asked, dtype());
}

double Tensor::item(Site site) const {
  const CallSite call(site);
  if (size() != 1) refuse("item", "needs exactly one element; this tensor has shape {}", shape());
  return visit(dtype(),
               [&]<class T>(std::type_identity<T>) { return static_cast<double>(*data<T>()); });
}

std::vector<double> Tensor::to_vector(Site site) const {
  const CallSite call(site);
  std::vector<double> result(static_cast<std::size_t>(size()));
  copy_elements(*this, result.data());
  return result;
}

Tensor Tensor::contiguous() const {
  if (is_contiguous()) return detach(*this);
  Tensor result = uninitialized_like(*this);
  visit(dtype(),
        [&]<class T>(std::type_identity<T>) { copy_elements(*this, result.mutable_data<T>()); });
  return result;
}

void detail::require_floating(std::string_view who, const Tensor& x, std::string_view what) {
  if (!is_floating(x.dtype()))
    refuse(who, "{} is {}; it must be f32 or f64: convert with .to()", what, x.dtype());
}

}  // namespace tapestry
