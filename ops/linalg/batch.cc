#include "ops/linalg/batch.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "engine/tensor/rows.h"

namespace tapestry::detail::linalg {

void require_matrices(std::string_view who, const Tensor& a, std::string_view operand) {
  if (a.rank() < 2) refuse(who, "needs matrices; {} has shape {}", operand, a.shape());
}

void require_square(std::string_view who, const Tensor& a) {
  if (a.rank() < 2 || rows(a) != columns(a))
    refuse(who, "needs square matrices; A has shape {}", a.shape());
}

int extent(std::string_view who, std::int64_t n) {
  if (n > std::numeric_limits<int>::max())
    refuse(who, "the extent {} is past 2^31 - 1, the most that is supported", n);
  return static_cast<int>(n);
}

int work_size(std::string_view who, double answer) {
  if (!(answer <= std::numeric_limits<int>::max()))
    refuse(who, "the matrix is too large: LAPACK would need {:.0f} elements of working memory",
           answer);
  return std::max(1, static_cast<int>(answer));
}

Shape joined(Shape batch, std::initializer_list<std::int64_t> extents) {
  for (const std::int64_t n : extents) batch.push_back(n);
  return batch;
}

bool is_finite(const Tensor& x) {
  bool finite = true;
  visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
    const Rows<1> lines(x.shape(), {&x.strides()});
    lines.for_each([&](const std::array<std::int64_t, 1>& at) {
      const T* line = x.data<T>() + at[0];
      for (std::int64_t i = 0; i < lines.length; ++i)
        finite &= std::isfinite(line[i * lines.inner[0]]);
    });
  });
  return finite;
}

template <class T>
bool Item<T>::is_finite() const {
  bool finite = true;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) finite &= std::isfinite(at(i, j));
  return finite;
}

template <class T>
void Item<T>::copy_rows(T* to) const {
  constexpr std::int64_t kSide = 32;  // blocks of both stay in the nearest cache
  for (std::int64_t top = 0; top < rows; top += kSide)
    for (std::int64_t left = 0; left < columns; left += kSide)
      for (std::int64_t i = top; i < std::min(rows, top + kSide); ++i)
        for (std::int64_t j = left; j < std::min(columns, left + kSide); ++j)
          to[i * columns + j] = at(i, j);
}

template <class T>
Items<T>::Items(const Tensor& a, const Shape& batch)
    : data_(a.data<T>()),
      batch_(batch),
      rows_(linalg::rows(a)),
      columns_(linalg::columns(a)),
      down_(a.strides()[a.rank() - 2]),
      across_(a.strides().back()) {
  strides_ = broadcast_strides(batch_shape(a), without_last(a.strides(), 2), batch);
}

template <class T>
Item<T> Items<T>::operator[](std::int64_t index) const {
  return {data_ + offset_of(index, batch_, strides_), rows_, columns_, down_, across_};
}

template struct Item<float>;
template struct Item<double>;
template class Items<float>;
template class Items<double>;

void Codes::check(std::string_view who, std::string_view text) const {
  for (std::size_t i = 0; i < codes_.size(); ++i)
    if (codes_[i])
      refuse(who, "{}{}", fmt::format(fmt::runtime(text), codes_[i]),
             place_in(batch_, static_cast<std::int64_t>(i)));
}

std::string place_in(const Shape& batch, std::int64_t index) {
  if (batch.rank() == 0) return {};
  if (batch.rank() == 1) return fmt::format(" (batch index {})", index);
  Dims place = batch;
  for (int axis = batch.rank() - 1; axis >= 0; --axis) {
    place[axis] = index % batch[axis];
    index /= batch[axis];
  }
  return fmt::format(" (batch index {})", place);
}

}  // namespace tapestry::detail::linalg
