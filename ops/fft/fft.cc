#include "ops/fft/fft.h"

#include <cmath>
#include <vector>

#include "engine/grad/batching.h"
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "ops/elementwise/elementwise.h"
#include "ops/fft/dft.h"
#include "ops/layout/pad.h"
#include "ops/layout/slice.h"
#include "ops/layout/view.h"
#include "ops/reduce/lines.h"

namespace tapestry {
using namespace detail;
namespace {

struct Transform {
  int axis;
  std::int64_t n;  // of the time domain
  double scale;
};

std::string describe_transform(const Transform& a) {
  return fmt::format("axis={}, n={}, scale={:.6g}", a.axis, a.n, a.scale);
}

// For vmap: the batch is one more axis in front.
void batch_transform(Batching& b) {
  Transform a = b.attributes<Transform>();
  ++a.axis;
  b.execute({b.operand(0)}, &a);
}

// Complex numbers, or real ones: `part` is the distance from real to imaginary parts, 0 without.
struct Side {
  Strides strides;  // of the axes but for that of the parts
  std::int64_t step, part;

  Side(const Tensor& x, int axis, bool complex)
      : strides(without_last(x.strides(), complex ? 1 : 0)),
        step(strides[axis]),
        part(complex ? x.strides().back() : 0) {}
};

template <class T>
void read(const T* from, const Side& side, std::vector<Complex>& line) {
  for (Complex& z : line) {
    z = {static_cast<double>(from[0]), static_cast<double>(from[side.part])};
    from += side.step;
  }
}
template <class T>
void read(const T* from, const Side& side, std::vector<double>& line) {
  for (double& x : line) {
    x = static_cast<double>(*from);
    from += side.step;
  }
}
template <class T>
void write(const std::vector<Complex>& line, double scale, T* to, const Side& side) {
  for (const Complex& z : line) {
    to[0] = static_cast<T>(z.real() * scale);
    to[side.part] = static_cast<T>(z.imag() * scale);
    to += side.step;
  }
}
template <class T>
void write(const std::vector<double>& line, double scale, T* to, const Side& side) {
  for (double x : line) {
    *to = static_cast<T>(x * scale);
    to += side.step;
  }
}

// f(in, out) on every line of x, with room for the result.
template <class From, class To, class F>
Tensor by_lines(const Tensor& x, const Transform& a, std::int64_t extent, F&& f) {
  constexpr bool from_complex = std::is_same_v<From, Complex>,
                 to_complex = std::is_same_v<To, Complex>;
  Shape shape = without_last(x.shape(), from_complex ? 1 : 0);
  const std::int64_t length = shape[a.axis];
  shape[a.axis] = extent;
  Shape result_shape = shape;
  if (to_complex) result_shape.push_back(2);
  Tensor result = Tensor::uninitialized(result_shape, x.dtype());
  const Side from(x, a.axis, from_complex), to(result, a.axis, to_complex);
  shape[a.axis] = 16 * a.n;  // a line's work
  visit_floating(x.dtype(), [&]<class T>(std::type_identity<T>) {
    for_lines<2>(shape, a.axis, {from.strides, to.strides}, [&](const auto& at) {
      thread_local std::vector<From> in;
      thread_local std::vector<To> out;
      in.resize(static_cast<std::size_t>(length));
      out.resize(static_cast<std::size_t>(extent));
      read(x.data<T>() + at[0], from, in);
      f(in.data(), out.data());
      write(out, a.scale, result.mutable_data<T>() + at[1], to);
    });
  });
  return result;
}

// The transpose of a matrix with these real and imaginary parts, as the real map that it is, is its
// conjugate.
template <bool kInverse>
struct ComplexTransform {
  static constexpr std::string_view name = kInverse ? "ifft" : "fft";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Transform;
  static Tensor forward(Inputs in, const Transform& a) {
    return by_lines<Complex, Complex>(
        in[0], a, a.n, [&](const Complex* x, Complex* y) { dft(x, y, a.n, kInverse); });
  }
  static void vjp(Pullback& p) {
    p.give(0, apply<ComplexTransform<!kInverse>>({&p.cotangent()}, p.attributes<Transform>()));
  }
  static void batch(Batching& b) { batch_transform(b); }
  static std::string describe(const Transform& a) { return describe_transform(a); }
};

// For each number of a half spectrum `inner` where its conjugate stands in the other half, else 1;
// to be multiplied with complex numbers of this rank.
Tensor half_weights(const Transform& a, double inner, const Tensor& like) {
  Shape shape(like.rank(), 1);
  shape[a.axis] = a.n / 2 + 1;
  Tensor weights = Tensor::uninitialized(shape, like.dtype());
  visit_floating(like.dtype(), [&]<class T>(std::type_identity<T>) {
    for (std::int64_t k = 0; k <= a.n / 2; ++k)
      weights.mutable_data<T>()[k] = static_cast<T>(k == 0 || 2 * k == a.n ? 1 : inner);
  });
  return weights;
}

// irfft counts the inner numbers of the half spectrum twice, and the transpose of rfft once.
struct Irfft;
struct Rfft {
  static constexpr std::string_view name = "rfft";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Transform;
  static Tensor forward(Inputs in, const Transform& a) {
    return by_lines<double, Complex>(in[0], a, a.n / 2 + 1,
                                     [&](const double* x, Complex* y) { real_dft(x, y, a.n); });
  }
  static void vjp(Pullback& p);
  static void batch(Batching& b) { batch_transform(b); }
  static std::string describe(const Transform& a) { return describe_transform(a); }
};

struct Irfft {
  static constexpr std::string_view name = "irfft";
  static constexpr int arity = 1;
  static constexpr bool linear = true;
  using Attributes = Transform;
  static Tensor forward(Inputs in, const Transform& a) {
    return by_lines<Complex, double>(in[0], a, a.n,
                                     [&](const Complex* y, double* x) { half_dft(y, x, a.n); });
  }
  static void vjp(Pullback& p) {
    const auto& a = p.attributes<Transform>();
    const Tensor half = apply<Rfft>({&p.cotangent()}, a);
    p.give(0, half * half_weights(a, 2, half));
  }
  static void batch(Batching& b) { batch_transform(b); }
  static std::string describe(const Transform& a) { return describe_transform(a); }
};

void Rfft::vjp(Pullback& p) {
  const auto& a = p.attributes<Transform>();
  const Tensor half = p.cotangent() * half_weights(a, 0.5, p.cotangent());
  p.give(0, apply<Irfft>({&half}, a));
}

// ---- what the calls ask for ----

int checked_axis(std::string_view who, const Tensor& x, bool complex, int axis) {
  require_floating(who, x);
  if (complex && (x.rank() == 0 || x.shape().back() != 2))
    refuse(who, "x has shape {}; its last axis must be of extent 2, real and imaginary part",
           x.shape());
  return normalize_axis(who, axis, x.rank() - (complex ? 1 : 0));
}

std::int64_t checked_length(std::string_view who, std::int64_t n) {
  if (n < 1) refuse(who, "the length is {}; it must be at least 1", n);
  return n;
}

// x cut or filled up with zeros.
Tensor resized(const Tensor& x, int axis, std::int64_t extent) {
  const std::int64_t given = x.shape()[axis];
  if (given == extent) return x;
  if (given > extent) return slice(x, axis, 0, extent);
  Widths widths(static_cast<std::size_t>(x.rank()));
  widths[static_cast<std::size_t>(axis)].second = extent - given;
  return pad(x, widths);
}

double scale_of(FftNorm norm, bool inverse, std::int64_t n) {
  const auto count = static_cast<double>(n);
  if (norm == FftNorm::ortho) return 1 / std::sqrt(count);
  return (norm == FftNorm::backward) == inverse ? 1 / count : 1;
}

template <class Op>
Tensor transform(const Tensor& x, const FftOptions& options) {
  constexpr bool complex = !std::is_same_v<Op, Rfft>, half = std::is_same_v<Op, Irfft>,
                 inverse = half || std::is_same_v<Op, ComplexTransform<true>>;
  const int axis = checked_axis(Op::name, x, complex, options.axis);
  const std::int64_t extent = x.shape()[axis],
                     n = checked_length(Op::name,
                                        options.n.value_or(half ? 2 * extent - 2 : extent));
  const Tensor line = resized(x, axis, half ? n / 2 + 1 : n);
  return apply<Op>({&line}, {axis, n, scale_of(options.norm, inverse, n)});
}

}  // namespace

Tensor fft(const Tensor& x, const FftOptions& options, Site site) {
  const CallSite call(site);
  return transform<ComplexTransform<false>>(x, options);
}
Tensor ifft(const Tensor& x, const FftOptions& options, Site site) {
  const CallSite call(site);
  return transform<ComplexTransform<true>>(x, options);
}
Tensor rfft(const Tensor& x, const FftOptions& options, Site site) {
  const CallSite call(site);
  return transform<Rfft>(x, options);
}
Tensor irfft(const Tensor& x, const FftOptions& options, Site site) {
  const CallSite call(site);
  return transform<Irfft>(x, options);
}

}  // namespace tapestry
