// Tensors of random numbers: the same for a seed and any number of threads, each element a function
// of its place in the generator's stream. Between machines the last digits of normal numbers may
// differ: logarithm and cosine are those of the machine's SIMD registers.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/tensor/rng.h"
#include "engine/tensor/tensor.h"

namespace tapestry {

// In [low, high), or, where no number of the dtype lies there, the first from low on. Error when
// low > high, or high - low is not finite.
Tensor uniform(const Shape& shape, double low, double high, Rng& rng, DType dtype = DType::f32,
               detail::Site site = {});
Tensor randn(const Shape& shape, Rng& rng, DType dtype = DType::f32,
             detail::Site site = {});  // mean 0, variance 1
Tensor bernoulli(const Shape& shape, double probability, Rng& rng,
                 detail::Site site = {});  // boolean
Tensor randint(const Shape& shape, std::int64_t low, std::int64_t high, Rng& rng,
               detail::Site site = {});  // i64 in [low, high)
// Standard Gumbel: -log(-log(u)).
Tensor gumbel(const Shape& shape, Rng& rng, DType dtype = DType::f32, detail::Site site = {});
// A normal distribution of mean 0 and variance 1 held to [low, high]. Error when low >= high.
Tensor truncated_normal(const Shape& shape, double low, double high, Rng& rng,
                        DType dtype = DType::f32, detail::Site site = {});
std::vector<std::int64_t> permutation(std::int64_t count, Rng& rng,
                                      detail::Site site = {});  // of 0 .. count - 1

}  // namespace tapestry
