// Rows without gaps, one for each index, at even distances from one another: what choosing along
// the first axis visits. The indices say where the rows lie in the indexed tensor long before their
// turn, and memory is asked for them in time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/base/parallel.h"
#include "engine/base/prefetch.h"
#include "engine/tensor/rows.h"
#include "ops/layout/choice.h"

namespace tapestry::detail {

struct IndexedRows {
  std::int64_t count, length;  // rows, and the numbers of each
  const std::int64_t* index;
  std::int64_t step;                    // a choice's
  std::int64_t next_index, next_other;  // from a row to the next

  std::int64_t chosen(std::int64_t row) const { return index[row * next_index]; }
  std::int64_t place(std::int64_t row) const { return chosen(row) * step; }
  // In the tensor that has the choice's shape.
  std::int64_t other(std::int64_t row) const { return row * next_other; }
  // Numbers of a row, of `size` bytes each, that are asked for; the processor guesses the rest.
  std::int64_t asked(std::size_t size) const {
    return std::min(length, static_cast<std::int64_t>(512 / size));
  }
};

// None where the choice lies otherwise, or the tensor of its shape. The rows run through indices,
// places and that tensor; step: the choice's.
inline std::optional<IndexedRows> indexed_rows(const Rows<3>& rows, const std::int64_t* index,
                                               std::int64_t step) {
  if (rows.rank != 1 || rows.strides[0][1] != 0 ||
      rows.inner != std::array<std::int64_t, 3>{0, 1, 1})
    return {};
  return IndexedRows{rows.count, rows.length, index, step, rows.strides[0][0], rows.strides[0][2]};
}

// How many rows before its turn memory is asked for a row.
inline constexpr std::int64_t kRowsAhead = 16;

// Calls add(row) for each row, in their order for those of one place: rows of the source, which has
// the choice's shape, that go to their places in the target. Each thread looks at all indices and
// adds what goes to some places, which it takes in turn with the others.
template <class Target, class Source, class Add>
void add_rows(const IndexedRows& rows, std::int64_t extent, const Target* target,
              const Source* source, const Add& add) {
  // As many neighbours as a few lines of memory hold are of one thread.
  constexpr std::int64_t kNeighbours = 512 / sizeof(Target), kTurns = 16, kTogether = 1024;
  const auto shift =
      static_cast<int>(std::bit_width(static_cast<std::uint64_t>(kNeighbours / rows.length)));
  const std::int64_t groups = ((extent - 1) >> shift) + 1;
  const std::int64_t parts =
      std::max<std::int64_t>(1, std::min({std::int64_t{threads_for_a_loop()},
                                          rows.count * rows.length / parallel_grain, groups}));
  if (parts == 1) {
    for (std::int64_t row = 0; row < rows.count; ++row) {
      if (row + kRowsAhead < rows.count)
        prefetch(target, rows.place(row + kRowsAhead), rows.asked(sizeof(Target)));
      add(row);
    }
    return;
  }
  const auto turns =
      static_cast<std::int64_t>(std::min(std::bit_ceil(static_cast<std::uint64_t>(parts)) * kTurns,
                                         std::bit_floor(static_cast<std::uint64_t>(groups))));
  parallel_for(parts, parallel_grain, [&](std::int64_t first, std::int64_t last) {
    const std::int64_t low = turns * first / parts, high = turns * last / parts;
    std::int64_t mine[kTogether];
    for (std::int64_t block = 0; block < rows.count; block += kTogether) {
      std::int64_t count = 0;
      for (std::int64_t row = block; row < std::min(block + kTogether, rows.count); ++row) {
        const std::int64_t turn = (rows.chosen(row) >> shift) & (turns - 1);
        mine[count] = row;
        count += (low <= turn) & (turn < high);
      }
      for (std::int64_t i = 0; i < count; ++i) {
        if (i + kRowsAhead < count) {
          prefetch(target, rows.place(mine[i + kRowsAhead]), rows.asked(sizeof(Target)));
          prefetch(source, rows.other(mine[i + kRowsAhead]), rows.asked(sizeof(Source)));
        }
        add(mine[i]);
      }
    }
  });
}

}  // namespace tapestry::detail
