// A tensor: a value-semantic handle to shape, strides, dtype and shared numbers, 16 bytes. The
// numbers never change once an operation has made them, so copies and views share them. A handle
// may be *tracked*: it then also names a node of a tape. The same handle without the name is
// `detach(x)`.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/context.h"
#include "engine/base/error.h"
#include "engine/base/never.h"
#include "engine/base/site.h"
#include "engine/tensor/dtype.h"
#include "engine/tensor/layout.h"
#include "engine/tensor/shape.h"
#include "engine/tensor/subscript.h"

namespace tapestry {

using NodeId = std::uint32_t;  // position in a tape's recording order; 0 names nothing

namespace detail {

using Epoch = std::uint32_t;  // one recording of one tape; 0 is none, see engine/tape/epoch.h

}  // namespace detail

template <class T>
class BasicScalar;

namespace detail {

// What handles point to. An owning body is followed by its numbers in the same block, a few of them
// in the same line of the cache; a view shares its owner's.
struct Body {
  std::atomic<std::uint32_t> references{1};
  DType dtype;
  const TensorLayout* layout;  // shared by tensors, or this body's own right behind it
  std::byte* data;
  std::size_t block_bytes;
  Body* owner;                           // of the numbers; null when they follow this body
  std::atomic<std::uint64_t> origin{0};  // the last node that stood for it: epoch and id

  bool has_own_layout() const { return layout == reinterpret_cast<const TensorLayout*>(this + 1); }
};

void destroy(Body* body) noexcept;

// Called while an escape watch is on, see engine/tensor/escapes.h.
void note_reading(const Tensor& x);

}  // namespace detail

class Tensor {
 public:
  Tensor() = default;  // names no numbers; only assignment, defined() and destruction are allowed
  Tensor(const Tensor& other) noexcept : body_(other.body_), epoch_(other.epoch_), id_(other.id_) {
    if (body_) body_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Tensor(Tensor&& other) noexcept
      : body_(std::exchange(other.body_, nullptr)),
        epoch_(std::exchange(other.epoch_, 0)),
        id_(std::exchange(other.id_, 0)) {}
  Tensor& operator=(Tensor other) & noexcept {
    std::swap(body_, other.body_);
    epoch_ = other.epoch_;
    id_ = other.id_;
    return *this;
  }
  // Mistakes that would compile, or that no candidate explains.
  template <class X>
  void operator=(const X&) && {
    static_assert(
        detail::never<X>,
        "x[i] = y changes nothing: x = select_scatter(x, y, 0, i) or slice_scatter() does");
  }
  template <class N>
  requires std::is_arithmetic_v<N> Tensor& operator=(N) & {
    static_assert(detail::never<N>, "x = number: write x = full(x.shape(), number)");
    return *this;
  }
  template <class T>
  requires std::same_as<T, bool>
  explicit operator T() const {
    static_assert(detail::never<T>,
                  "a tensor is no condition: any(x), all(x), x.item(), or where()");
    return false;
  }
  ~Tensor() {
    if (body_ && body_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
      detail::destroy(body_);
  }

  // Fresh memory of this shape, row-major, its numbers not yet set. For kernels.
  static Tensor uninitialized(const Shape& shape, DType dtype);
  static Tensor uninitialized_like(const Tensor& x);  // of its shape and dtype
  // Other strides over the same numbers, starting `offset` elements further on; untracked.
  Tensor view(const Shape& shape, const detail::Strides& strides, std::int64_t offset = 0) const;

  bool defined() const { return body_ != nullptr; }
  const Shape& shape() const { return layout().shape; }
  bool has_shape_of(const Tensor& other) const { return have_same_shape(layout(), other.layout()); }
  const detail::Strides& strides() const { return layout().strides; }  // in elements
  int rank() const { return shape().rank(); }
  std::int64_t size() const { return layout().size; }  // the number of elements
  DType dtype() const { return body().dtype; }
  bool is_contiguous() const { return layout().is_contiguous; }  // row-major without gaps
  const detail::TensorLayout& layout() const { return *body().layout; }
  bool has_own_layout() const { return body().has_own_layout(); }  // it dies with the tensor

  // The only element; Error when there is not exactly one.
  double item(detail::Site site = {}) const;
  std::vector<double> to_vector(detail::Site site = {}) const;  // row-major, any dtype
  Tensor to(DType dtype, detail::Site site = {}) const;  // differentiable between floating dtypes
  Tensor contiguous() const;                             // itself, or a row-major copy; untracked

  // x[i] is row i and x[{i, j}] row j of that, a rank lower for each position; x[mask] and
  // x[indices] choose along the leading axes. Views and choices are differentiable, and values: to
  // change elements is to make another tensor, see ops/layout/choose.h, which says more.
  template <class Self = Tensor>
  Self operator[](const detail::Subscript& subscript) const {
    return choose(static_cast<const Self&>(*this), subscript);
  }
  // The element at a place, as a scalar: x.at(i, j) or x.at({i, j}); differentiable. Negative
  // positions count from the end. Error when one is out of range.
  BasicScalar<double> at(const detail::Dims& place, detail::Site site = {}) const;
  template <std::integral... Rest>
  auto at(detail::Position first, Rest... rest) const {
    return at(detail::Dims{first.value, static_cast<std::int64_t>(rest)...}, first.site);
  }

  // The first element; neighbours lie strides() apart, and to_vector() has them in row-major order.
  // Error when T is not the dtype's type, or char, for bytes.
  template <class T>
  const T* data() const {
    require_type<T>();
    if (detail::context.escapes) detail::note_reading(*this);
    return reinterpret_cast<const T*>(body().data);
  }
  // For kernels that fill a tensor they have just made.
  template <class T>
  T* mutable_data() {
    require_type<T>();
    return reinterpret_cast<T*>(body_->data);
  }
  bool shares_numbers(const Tensor& other) const { return body_->data == other.body_->data; }
  // No other handle or view shares the numbers, so they may be overwritten unseen.
  bool is_unique() const {
    return !body().owner && body().references.load(std::memory_order_acquire) == 1;
  }

  // The memory that holds the numbers: one block, which views share.
  const void* block() const { return body().owner ? body_->owner : body_; }
  std::size_t block_bytes() const {
    return body().owner ? body_->owner->block_bytes : body_->block_bytes;
  }

  // For explanations: the node of that recording that this tensor stood for or was computed from,
  // even if the handle no longer says so; 0 when there is none.
  NodeId origin_in(detail::Epoch epoch) const {
    const auto [of, id] = origin();
    return of == epoch ? id : 0;
  }
  std::pair<detail::Epoch, NodeId> origin() const {
    const std::uint64_t origin = body().origin.load(std::memory_order_relaxed);
    return {static_cast<detail::Epoch>(origin >> 32), static_cast<NodeId>(origin)};
  }
  void set_origin(detail::Epoch epoch, NodeId id) {
    body_->origin.store(std::uint64_t{epoch} << 32 | id, std::memory_order_relaxed);
  }

  bool is_tracked() const { return epoch_ != 0; }
  NodeId id() const { return id_; }
  detail::Epoch epoch() const { return epoch_; }
  Tensor tracked_as(detail::Epoch epoch, NodeId id) const& {
    return Tensor(*this).tracked_as(epoch, id);
  }
  Tensor tracked_as(detail::Epoch epoch, NodeId id) && {
    epoch_ = epoch;
    id_ = id;
    return std::move(*this);
  }

 private:
  explicit Tensor(detail::Body* body) : body_(body) {}
  template <class T>
  void require_type() const {
    if constexpr (sizeof(T) > 1 || std::is_same_v<T, bool>)
      if (body().dtype != detail::dtype_of<T>()) [[unlikely]]
        refuse_type(detail::dtype_of<T>());
  }
  [[noreturn, gnu::cold]] void refuse_type(DType asked) const;
  const detail::Body& body() const {
    if (!body_) detail::refuse("tensor", "this tensor was never given a value");
    return *body_;
  }

  detail::Body* body_ = nullptr;
  detail::Epoch epoch_ = 0;
  NodeId id_ = 0;
};

namespace detail {
// Throws an Error unless x is f32 or f64; the message calls x `what`.
void require_floating(std::string_view who, const Tensor& x, std::string_view what = "x");
}  // namespace detail

// The same numbers, not followed by any tape.
inline Tensor detach(const Tensor& x) { return x.tracked_as(0, 0); }

}  // namespace tapestry
