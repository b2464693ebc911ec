// IDX, the format of MNIST: a magic number, extents as big-endian 32-bit integers, then bytes
// (LeCun, Cortes and Burges, The MNIST database of handwritten digits). Files may be gzipped,
// whatever their names. Errors read: [idx] FILE: what was seen; expected what. No header is
// believed before its bytes were read.
#pragma once

#include <cstdint>
#include <string>

#include "nn/data/dataset.h"

namespace tapestry::nn {

// Images of `height` x `width` bytes as rows of f32 in [0, 1]: (N, height * width).
Tensor read_idx_images(const std::string& file);

// Classes as i64: (N,). Error when one is not below `classes`.
Tensor read_idx_labels(const std::string& file, std::int64_t classes = 10);

// Error also when there is not one label for each image.
Dataset load_idx(const std::string& images, const std::string& labels, std::int64_t classes = 10);

// The four files of MNIST, or of a set laid out like it:
// {train,t10k}-{images-idx3,labels-idx1}-ubyte[.gz], in `folder` or in mnist below it. Without a
// folder, the environment variable TAPESTRY_DATA names it.
Split load_mnist(const std::string& folder = {});

}  // namespace tapestry::nn
