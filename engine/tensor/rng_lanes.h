// What a generator gives at positions [start, start + n), by SIMD registers: the numbers of
// Rng::at, several at once.
#pragma once

#include <cstdint>

namespace tapestry::detail {

// The first word of each position.
void draw_words(std::uint64_t seed, std::uint64_t start, std::uint64_t* out, std::int64_t n);
// unit_interval of it.
void draw_uniforms(std::uint64_t seed, std::uint64_t start, double* out, std::int64_t n);
// Normal deviates of mean 0 and variance 1, each of the two words of its position: Box and Muller,
// A note on the generation of random normal deviates, 1958.
void draw_normals(std::uint64_t seed, std::uint64_t start, double* out, std::int64_t n);

}  // namespace tapestry::detail
