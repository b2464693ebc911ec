#include "ops/layout/choice.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/base/prefetch.h"
#include "engine/base/streaming_store.h"
#include "engine/grad/fold.h"
#include "engine/tensor/copy.h"
#include "engine/tensor/factory.h"
#include "engine/tensor/rows.h"
#include "ops/layout/indexed_rows.h"

namespace tapestry::detail {
namespace {

// The rows of the target, by their number along the choice's axis, that are named too often for
// single precision: they are added up in double, apart from it.
struct Apart {
  std::vector<std::int32_t> slots;  // of each row; -1 for the others
  Strides base;                     // as the choice's, in the sums
  Tensor sums;                      // the target's shape, with the rows that are apart alone
};

// Rows of the target, by their number along the choice's axis.
struct RowRange {
  std::int64_t first, last;
  bool has(std::int64_t row) const { return first <= row && row < last; }
};

// The longest axis outside of the choice's along which places differ; -1 when there is none.
int outer_axis(const Choice& choice) {
  int outer = -1;
  for (int axis = 0; axis < choice.shape.rank(); ++axis)
    if (choice.base[axis] >= choice.step * choice.extent &&
        (outer < 0 || choice.shape[axis] > choice.shape[outer]))
      outer = axis;
  return outer;
}

// Calls f(offsets, length, steps, range) for stretches that lie in rows: where their first elements
// lie in index, target, sums and terms, and the steps from one to the next. Each thread adds to
// places of its own: it takes a part of an outer axis, or what goes to some rows of the target.
template <class T, class Sum, class F>
void for_each_row(const Sum* target, const Tensor& index, const Tensor& terms, const Choice& choice,
                  const Strides& apart, const F& f) {
  using Four = std::array<std::int64_t, 4>;
  const auto* numbers = index.data<std::int64_t>();
  const Rows<3> all(choice.shape, {&choice.index, &choice.base, &terms.strides()});
  if (const auto rows = indexed_rows(all, numbers, choice.step))
    return add_rows(*rows, choice.extent, target, terms.data<T>(), [&](std::int64_t row) {
      f(Four{row * rows->next_index, 0, 0, rows->other(row)}, rows->length, Four{0, 1, 1, 1},
        RowRange{0, choice.extent});
    });
  const int outer = outer_axis(choice);
  const std::int64_t shared = outer < 0 ? choice.extent : choice.shape[outer];
  parallel_for(shared, choice.shape.size() / shared + 1,
               [&](std::int64_t first, std::int64_t last) {
                 Shape shape = choice.shape;
                 Four start{};
                 RowRange range{first, last};
                 if (outer >= 0) {
                   shape[outer] = last - first;
                   start = {choice.index[outer] * first, choice.base[outer] * first,
                            apart[outer] * first, terms.strides()[outer] * first};
                   range = {0, choice.extent};
                 }
                 const Rows<4> rows(shape, {&choice.index, &choice.base, &apart, &terms.strides()});
                 rows.for_each([&](Four at) {
                   for (std::size_t k = 0; k < 4; ++k) at[k] += start[k];
                   f(at, rows.length, rows.inner, range);
                 });
               });
}

// to[i] += from[i] for numbers `step` and `from_step` apart.
template <class Sum, class T>
void add_run(Sum* to, std::int64_t step, const T* from, std::int64_t from_step, std::int64_t n) {
  if (step == 1 && from_step == 1)
    for (std::int64_t i = 0; i < n; ++i)
      to[i] = static_cast<Sum>(to[i] + static_cast<Sum>(from[i]));
  else
    for (std::int64_t i = 0; i < n; ++i)
      to[i * step] = static_cast<Sum>(to[i * step] + static_cast<Sum>(from[i * from_step]));
}

// Terms of type T are added up in Sum, in the target's own place.
template <class T, class Sum>
void add_in_place(Sum* target, const Tensor& index, const Tensor& terms, const Choice& choice) {
  const auto* numbers = index.data<std::int64_t>();
  const T* source = terms.data<T>();
  for_each_row<T>(target, index, terms, choice, choice.base,
                  [&](const auto& at, std::int64_t length, const auto& steps, RowRange range) {
                    const auto [along, to, ignored, from] = steps;
                    const std::int64_t* row = numbers + at[0];
                    Sum* q = target + at[1];
                    const T* p = source + at[3];
                    if (along == 0) {  // one index for the whole row
                      if (range.has(*row)) add_run(q + *row * choice.step, to, p, from, length);
                      return;
                    }
                    for (std::int64_t i = 0; i < length; ++i) {
                      const std::int64_t number = row[i * along];
                      if (!range.has(number)) continue;
                      Sum& place = q[i * to + number * choice.step];
                      place = static_cast<Sum>(place + static_cast<Sum>(p[i * from]));
                    }
                  });
}

// In the target where few meet, in double where many do.
void add_apart(float* target, const Tensor& index, const Tensor& terms, const Choice& choice,
               Apart& apart) {
  const auto* numbers = index.data<std::int64_t>();
  const auto* source = terms.data<float>();
  auto* const sums = apart.sums.mutable_data<double>();
  for_each_row<float>(
      target, index, terms, choice, apart.base,
      [&](const auto& at, std::int64_t length, const auto& steps, RowRange range) {
        const auto [along, to, to_sum, from] = steps;
        const std::int64_t* row = numbers + at[0];
        // Elements with one index, or each by itself.
        const std::int64_t count = along == 0 ? length : 1;
        for (std::int64_t i = 0; i < length; i += count) {
          const std::int64_t number = row[i * along];
          if (!range.has(number)) continue;
          const std::int32_t slot = apart.slots[static_cast<std::size_t>(number)];
          const float* p = source + at[3] + i * from;
          if (slot < 0)
            add_run(target + at[1] + i * to + number * choice.step, to, p, from, count);
          else
            add_run(sums + at[2] + i * to_sum + slot * choice.step, to_sum, p, from, count);
        }
      });
}

// No fewer than the additions that meet in any one place.
std::int64_t most_meeting(const Choice& choice) {
  std::int64_t n = 1;
  for (int axis = 0; axis < choice.shape.rank(); ++axis)
    if (choice.base[axis] == 0) n *= choice.shape[axis];
  return n;
}

// How often each row is named; where places differ that share an index, once.
std::vector<std::int32_t> counts(const Tensor& index, const Choice& choice) {
  std::vector<std::int32_t> result(static_cast<std::size_t>(choice.extent), 0);
  Shape once = choice.shape;
  for (int axis = 0; axis < once.rank(); ++axis)
    if (choice.index[axis] == 0 && choice.base[axis] != 0) once[axis] = 1;
  const auto* numbers = index.data<std::int64_t>();
  // Each thread counts by itself along a part of the longest axis, the first one in the result.
  const auto axis = static_cast<int>(std::max_element(once.begin(), once.end()) - once.begin());
  const std::int64_t longest = once[axis];
  const std::int64_t parts = std::clamp<std::int64_t>(
      std::min({once.size() / parallel_grain, once.size() / choice.extent, longest}), 1,
      threads_for_a_loop());
  std::vector<std::vector<std::int32_t>> others(static_cast<std::size_t>(parts - 1));
  const auto count = [&](std::int64_t part) {
    if (part > 0) others[static_cast<std::size_t>(part - 1)].resize(result.size());
    auto& mine = part > 0 ? others[static_cast<std::size_t>(part - 1)] : result;
    const std::int64_t first = longest * part / parts;
    Shape shape = once;
    shape[axis] = longest * (part + 1) / parts - first;
    const std::int64_t* from = numbers + choice.index[axis] * first;
    const Rows<1> rows(shape, {&choice.index});
    rows.for_each([&](const std::array<std::int64_t, 1>& at) {
      for (std::int64_t i = 0; i < rows.length; ++i)
        ++mine[static_cast<std::size_t>(from[at[0] + i * rows.inner[0]])];
    });
  };
  parallel_for(parts, parallel_grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t part = first; part < last; ++part) count(part);
  });
  for (const auto& other : others)
    std::transform(result.begin(), result.end(), other.begin(), result.begin(), std::plus<>());
  return result;
}

// None where few meet everywhere.
Apart set_apart(const Tensor& target, const Tensor& index, const Choice& choice) {
  Apart apart{counts(index, choice), choice.base, {}};
  std::int32_t rows = 0;
  for (std::int32_t& slot : apart.slots) slot = slot > kFewAdditions ? rows++ : -1;
  if (rows == 0) return apart;
  // In memory without gaps: what lies outside the axis lies whole rows apart.
  const std::int64_t whole = choice.step * choice.extent;
  for (int axis = 0; axis < apart.base.rank(); ++axis)
    if (apart.base[axis] >= whole) apart.base[axis] = apart.base[axis] / whole * choice.step * rows;
  apart.sums = zeros({target.size() / choice.extent * rows}, DType::f64);
  return apart;
}

void add_back(float* target, std::int64_t size, const Choice& choice, const Apart& apart) {
  const auto* sum = apart.sums.data<double>();
  for (std::int64_t outside = 0; outside < size; outside += choice.step * choice.extent)
    for (std::int64_t row = 0; row < choice.extent; ++row) {
      if (apart.slots[static_cast<std::size_t>(row)] < 0) continue;
      float* q = target + outside + row * choice.step;
      for (std::int64_t i = 0; i < choice.step; ++i, ++sum)
        q[i] = static_cast<float>(static_cast<double>(q[i]) + *sum);
    }
}

void add_single(Tensor& target, const Tensor& index, const Tensor& terms, const Choice& choice) {
  auto* to = target.mutable_data<float>();
  const std::int64_t meeting = most_meeting(choice);
  if (meeting <= kFewAdditions) return add_in_place<float>(to, index, terms, choice);
  const bool shares_indices = choice.shape.rank() > 0 && choice.index.back() == 0;
  if (!shares_indices && choice.shape.size() >= target.size() / 8) {  // cheaper than to count
    Tensor sums = Tensor::uninitialized(target.shape(), DType::f64);
    copy_elements(target, sums.mutable_data<double>());
    add_in_place<float>(sums.mutable_data<double>(), index, terms, choice);
    return copy_elements(sums, to);
  }
  Apart apart = set_apart(target, index, choice);
  if (!apart.sums.defined()) return add_in_place<float>(to, index, terms, choice);
  add_apart(to, index, terms, choice, apart);
  add_back(to, target.size(), choice, apart);
}

}  // namespace

Tensor chosen(const Tensor& x, const Tensor& index, const Choice& choice) {
  Tensor result = Tensor::uninitialized(choice.shape, x.dtype());
  const auto bytes = result.size() * static_cast<std::int64_t>(size_of(x.dtype()));
  const auto* numbers = index.data<std::int64_t>();
  const Rows<3> rows(choice.shape, {&choice.index, &choice.base, &result.strides()});
  visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    const T* source = x.data<T>();
    T* target = result.mutable_data<T>();
    if (const auto whole = indexed_rows(rows, numbers, choice.step))
      return parallel_for(whole->count, whole->length, [&](std::int64_t first, std::int64_t last) {
        const ResultWriter writer(bytes);
        for (std::int64_t row = first; row < last; ++row) {
          if (row + kRowsAhead < last)
            prefetch(source, whole->place(row + kRowsAhead), whole->asked(sizeof(T)));
          writer.write(target + whole->other(row), source + whole->place(row), whole->length);
        }
      });
    const auto [along, from, to] = rows.inner;
    parallel_for(rows.count, rows.length, [&](std::int64_t first, std::int64_t last) {
      const ResultWriter writer(bytes);
      rows.for_each(first, last, [&](const std::array<std::int64_t, 3>& at) {
        const auto* row = numbers + at[0];
        const T* p = source + at[1];
        T* q = target + at[2];
        if (along == 0) {  // one index for the whole row
          p += *row * choice.step;
          if (from == 1 && to == 1)
            writer.write(q, p, rows.length);
          else
            for (std::int64_t i = 0; i < rows.length; ++i) q[i * to] = p[i * from];
        } else {
          for (std::int64_t i = 0; i < rows.length; ++i)
            q[i * to] = p[i * from + row[i * along] * choice.step];
        }
      });
    });
  });
  return result;
}

void add_chosen(Tensor& target, const Tensor& index, const Tensor& source, const Choice& choice) {
  if (choice.shape.size() == 0) return;
  visit(target.dtype(), [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_same_v<T, float>)
      add_single(target, index, source, choice);
    else
      add_in_place<T>(target.mutable_data<T>(), index, source, choice);
  });
}

}  // namespace tapestry::detail
