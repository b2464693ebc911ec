// Going over rows of numbers register by register. Included once for each target of Highway.
#include <hwy/highway.h>

#include <cstdint>

#if defined(TAPESTRY_ROW_REGISTERS) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPESTRY_ROW_REGISTERS
#undef TAPESTRY_ROW_REGISTERS
#else
#define TAPESTRY_ROW_REGISTERS
#endif

HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
using RowTag = hn::ScalableTag<T>;
template <class T>
using RowVector = hn::Vec<RowTag<T>>;

// A register of a row that is full.
template <class T>
struct WholeRegister {
  std::int64_t at;
  HWY_INLINE RowVector<T> load(const T* row) const { return hn::LoadU(RowTag<T>(), row + at); }
  HWY_INLINE void store(RowVector<T> v, T* row) const { hn::StoreU(v, RowTag<T>(), row + at); }
  // `v` where the row has elements, `absent` beyond its end.
  HWY_INLINE RowVector<T> present(RowVector<T> v, T) const { return v; }
};

// The last register of a row, which has only `count` elements of it. Lanes beyond are loaded as 0.
template <class T>
struct LastRegister {
  std::int64_t at;
  size_t count;
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_INLINE RowVector<T> load(const T* row) const {
    const RowTag<T> d;
    alignas(64) T buffer[HWY_MAX_BYTES / sizeof(T)];
    hn::Store(hn::Zero(d), d, buffer);
    for (size_t j = 0; j < count; ++j) buffer[j] = row[at + static_cast<std::int64_t>(j)];
    return hn::Load(d, buffer);
  }
  HWY_INLINE void store(RowVector<T> v, T* row) const {
    alignas(64) T buffer[HWY_MAX_BYTES / sizeof(T)];
    hn::Store(v, RowTag<T>(), buffer);
    for (size_t j = 0; j < count; ++j) row[at + static_cast<std::int64_t>(j)] = buffer[j];
  }
#else
  HWY_INLINE RowVector<T> load(const T* row) const {
    const RowTag<T> d;
    return hn::MaskedLoad(hn::FirstN(d, count), d, row + at);
  }
  HWY_INLINE void store(RowVector<T> v, T* row) const {
    const RowTag<T> d;
    hn::BlendedStore(v, hn::FirstN(d, count), d, row + at);
  }
#endif
  HWY_INLINE RowVector<T> present(RowVector<T> v, T absent) const {
    const RowTag<T> d;
    return hn::IfThenElse(hn::FirstN(d, count), v, hn::Set(d, absent));
  }
};

// Calls f(part) for each register of elements [begin, end) of a row, in order.
template <class T, class F>
HWY_INLINE void for_registers(std::int64_t begin, std::int64_t end, F f) {
  const auto width = static_cast<std::int64_t>(hn::Lanes(RowTag<T>()));
  std::int64_t i = begin;
  for (; i + width <= end; i += width) f(WholeRegister<T>{i});
  if (i < end) f(LastRegister<T>{i, static_cast<size_t>(end - i)});
}

template <class T>
HWY_INLINE double sum_of(RowVector<T> v) {
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(RowTag<T>(), v)));
}

// What is added up along a row is added in registers over this many elements, then in double.
inline constexpr std::int64_t kRowBlock = 4096;

// Calls f(begin, end) for each block of a row of n elements.
template <class F>
HWY_INLINE void for_blocks(std::int64_t n, F f) {
  for (std::int64_t begin = 0; begin < n; begin += kRowBlock)
    f(begin, begin + kRowBlock < n ? begin + kRowBlock : n);
}

// The sum of term(part) over a row of n elements.
template <class T, class F>
HWY_INLINE double row_sum(std::int64_t n, F term) {
  double total = 0;
  for_blocks(n, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    RowVector<T> sum = hn::Zero(RowTag<T>());
    for_registers<T>(begin, end, [&](auto part) HWY_ATTR { sum = hn::Add(sum, term(part)); });
    total += sum_of<T>(sum);
  });
  return total;
}

// Two sums over a row of n elements: add(part, first, second) adds to both.
struct RowSums {
  double first = 0, second = 0;
};
template <class T, class F>
HWY_INLINE RowSums row_sums(std::int64_t n, F add) {
  RowSums total;
  for_blocks(n, [&](std::int64_t begin, std::int64_t end) HWY_ATTR {
    RowVector<T> first = hn::Zero(RowTag<T>()), second = hn::Zero(RowTag<T>());
    for_registers<T>(begin, end, [&](auto part) HWY_ATTR { add(part, first, second); });
    total.first += sum_of<T>(first);
    total.second += sum_of<T>(second);
  });
  return total;
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
