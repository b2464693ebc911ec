#include "engine/tensor/tensor.h"

#include <new>

#include "engine/base/memory.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/escapes.h"

namespace tapestry {
using namespace detail;
namespace {

constexpr std::size_t kHeader = (sizeof(detail::Body) + 63) / 64 * 64;

bool is_row_major(const Shape& shape, const Strides& strides) {
  std::uint64_t expected = 1;  // wraps around in empty tensors of large extents
  for (int i = shape.rank() - 1; i >= 0; --i) {
    if (shape[i] != 1 && static_cast<std::uint64_t>(strides[i]) != expected) return false;
    expected *= static_cast<std::uint64_t>(shape[i]);
  }
  return true;
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
  for (std::int64_t extent : shape)
    if (extent < 0) refuse("tensor", "shape {} has a negative extent", shape);
  const std::int64_t size = shape.try_size().value_or(kMostElements + 1);
  if (size > kMostElements) refuse("tensor", "shape {} has too many elements", shape);
  const std::size_t bytes = kHeader + static_cast<std::size_t>(size) * size_of(dtype);
  void* block = allocate(bytes);
  return Tensor(new (block) detail::Body{.dtype = dtype,
                                         .contiguous = true,
                                         .data = static_cast<std::byte*>(block) + kHeader,
                                         .size = size,
                                         .block_bytes = bytes,
                                         .owner = nullptr,
                                         .shape = shape,
                                         .strides = row_major(shape)});
}

Tensor Tensor::view(const Shape& shape, const Strides& strides, std::int64_t offset) const {
  const std::int64_t size = shape.size();
  if (size > kMostElements) refuse("tensor", "shape {} has too many elements", shape);
  detail::Body* owner = this->body().owner ? body_->owner : body_;
  auto* data = body_->data + offset * static_cast<std::int64_t>(size_of(body_->dtype));
  void* block = allocate(kHeader);
  owner->references.fetch_add(1, std::memory_order_relaxed);
  return Tensor(new (block) detail::Body{.dtype = body_->dtype,
                                         .contiguous = is_row_major(shape, strides),
                                         .data = data,
                                         .size = size,
                                         .block_bytes = kHeader,
                                         .owner = owner,
                                         .shape = shape,
                                         .strides = strides});
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
  Tensor result = uninitialized(shape(), dtype());
  visit(dtype(),
        [&]<class T>(std::type_identity<T>) { copy_elements(*this, result.mutable_data<T>()); });
  return result;
}

void detail::require_floating(std::string_view who, const Tensor& x, std::string_view what) {
  if (!is_floating(x.dtype()))
    refuse(who, "{} is {}; it must be f32 or f64: convert with .to()", what, x.dtype());
}

}  // namespace tapestry
