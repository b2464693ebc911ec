// IDX, the format of MNIST: a magic number, extents as big-endian 32-bit integers, then bytes
// (LeCun, Cortes and Burges, The MNIST database of handwritten digits). Files may be gzipped,
// whatever their names. Errors read: [idx] FILE: what was seen; expected what. No header is
// believed before its bytes were read, and none that claims more than kLargestIdx. The sets that
// come in such files are in image_sets.h.
#pragma once

#include <cstdint>
#include <string>

#include "nn/data/dataset.h"

namespace tapestry::nn {

inline constexpr std::int64_t kLargestIdx = std::int64_t{1} << 30;  // bytes after the header

enum class IdxOrder {
  rows,     // the pixels of an image, row by row
  columns,  // column by column, as those of EMNIST: they are turned into rows
};

// Images of `height` x `width` bytes as rows of f32 in [0, 1]: (N, height * width).
Tensor read_idx_images(const std::string& file, IdxOrder order = IdxOrder::rows,
                       detail::Site site = {});

// Classes as i64: (N,), counted from the label `first`. They are bytes, or the first column of a
// table of 32-bit integers, as those of QMNIST. Error when one is not in [first, first + classes).
Tensor read_idx_labels(const std::string& file, std::int64_t classes = 10, std::int64_t first = 0,
                       detail::Site site = {});

struct IdxOptions {
  std::int64_t classes = 10;
  std::int64_t first_label = 0;
  IdxOrder order = IdxOrder::rows;
};

// Error also when there is not one label for each image.
Dataset load_idx(const std::string& images, const std::string& labels,
                 const IdxOptions& options = {}, detail::Site site = {});
Dataset load_idx(const std::string& images, const std::string& labels, std::int64_t classes,
                 detail::Site site = {});

}  // namespace tapestry::nn
