// What the machine can do, to measure rows against: fused multiply-adds, and memory bandwidth with
// ordinary and with streaming stores, on all threads of OMP_NUM_THREADS. Compiled with
// -march=native. Prints lines of NAME VALUE: FLOP/s and bytes/s, the best of several turns.
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64;
#elif defined(__AVX__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif

using Clock = std::chrono::steady_clock;

template <class F>
double best_seconds(int turns, F&& f) {
  f();
  double best = 1e300;
  for (int turn = 0; turn < turns; ++turn) {
    const auto start = Clock::now();
    f();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

// Twelve independent sums in registers, enough to hide the latency of a fused multiply-add.
template <class T>
void multiply_add(std::int64_t rounds, T* sink) {
  typedef T Vector __attribute__((vector_size(kBytes)));
  constexpr int kSums = 12;
  const Vector factor = Vector{} + T(0.999999), step = Vector{} + T(1e-6);
  Vector sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = Vector{} + T(i);
  for (std::int64_t r = 0; r < rounds; ++r) {
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = sums[i] * factor + step;
  }
  Vector all{};
  for (const Vector& sum : sums) all += sum;
  *sink = all[0];
}

template <class T>
double flops(int turns) {
  constexpr std::int64_t kRounds = 2'000'000;
  const int threads = omp_get_max_threads();
  const double seconds = best_seconds(turns, [&] {
#pragma omp parallel
    {
      T local;
      multiply_add(kRounds, &local);
      volatile T sink = local;
      (void)sink;
    }
  });
  return 2.0 * 12 * (kBytes / sizeof(T)) * kRounds * threads / seconds;
}

// out = b + s c over one thread's part, which starts at a multiple of 64 bytes.
void triad(float* out, const float* b, const float* c, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = b[i] + 3.0F * c[i];
}
void copy(float* out, const float* b, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = b[i];
}

#ifdef __x86_64__
constexpr bool kStreams = true;
#if defined(__AVX512F__)
void stream(float* out, __m512 x) { _mm512_stream_ps(out, x); }
__m512 load(const float* b) { return _mm512_load_ps(b); }
#elif defined(__AVX__)
void stream(float* out, __m256 x) { _mm256_stream_ps(out, x); }
__m256 load(const float* b) { return _mm256_load_ps(b); }
#else
void stream(float* out, __m128 x) { _mm_stream_ps(out, x); }
__m128 load(const float* b) { return _mm_load_ps(b); }
#endif
void streaming_triad(float* out, const float* b, const float* c, std::int64_t n) {
  for (std::int64_t i = 0; i < n; i += kBytes / 4)
    stream(out + i, load(b + i) + 3.0F * load(c + i));
  _mm_sfence();
}
void streaming_copy(float* out, const float* b, std::int64_t n) {
  for (std::int64_t i = 0; i < n; i += kBytes / 4) stream(out + i, load(b + i));
  _mm_sfence();
}
#else
constexpr bool kStreams = false;
void streaming_triad(float* out, const float* b, const float* c, std::int64_t n) {
  triad(out, b, c, n);
}
void streaming_copy(float* out, const float* b, std::int64_t n) { copy(out, b, n); }
#endif

// Bytes/s of f(first, length) over n floats, each part on its thread.
template <class F>
double bandwidth(int turns, std::int64_t n, int arrays, F&& f) {
  const double seconds = best_seconds(turns, [&] {
#pragma omp parallel
    {
      const std::int64_t parts = omp_get_num_threads(), part = n / parts / 16 * 16;
      f(part * omp_get_thread_num(), part);
    }
  });
  return 4.0 * static_cast<double>(n) * arrays / seconds;
}

float* array(std::int64_t n) {
  auto* const floats = static_cast<float*>(std::aligned_alloc(64, 4 * static_cast<std::size_t>(n)));
  if (!floats) std::exit(1);
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) floats[i] = 1;
  return floats;
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && !std::strcmp(argv[1], "--quick");
  const int turns = quick ? 3 : 9;
  std::printf("fma_f32 %.6g\n", flops<float>(turns));
  std::printf("fma_f64 %.6g\n", flops<double>(turns));
  const std::int64_t n = std::int64_t{1} << (quick ? 24 : 26);
  float *const a = array(n), *const b = array(n), *const c = array(n);
  std::printf("triad %.6g\n", bandwidth(turns, n, 3, [&](std::int64_t i, std::int64_t part) {
                triad(a + i, b + i, c + i, part);
              }));
  std::printf("copy %.6g\n", bandwidth(turns, n, 2, [&](std::int64_t i, std::int64_t part) {
                copy(a + i, b + i, part);
              }));
  if (kStreams) {
    std::printf("triad_streaming %.6g\n",
                bandwidth(turns, n, 3, [&](std::int64_t i, std::int64_t part) {
                  streaming_triad(a + i, b + i, c + i, part);
                }));
    std::printf("copy_streaming %.6g\n",
                bandwidth(turns, n, 2, [&](std::int64_t i, std::int64_t part) {
                  streaming_copy(a + i, b + i, part);
                }));
  }
  volatile float sink = a[n / 2];
  (void)sink;
  std::free(a);
  std::free(b);
  std::free(c);
}
