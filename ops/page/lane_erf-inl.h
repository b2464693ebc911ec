// The error functions for SIMD registers with fused multiply-add. A library's take two to three
// times as long.
#if defined(TAPESTRY_OPS_LANE_ERF_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAPESTRY_OPS_LANE_ERF_INL_H_
#undef TAPESTRY_OPS_LANE_ERF_INL_H_
#else
#define TAPESTRY_OPS_LANE_ERF_INL_H_
#endif

#include "ops/page/lane-inl.h"

#if HWY_NATIVE_FMA
HWY_BEFORE_NAMESPACE();
namespace tapestry::detail::HWY_NAMESPACE {

// Coefficients, from the constant on. `above / below` is (1 + 2 a) exp(a^2) erfc(a) - 9 / 8, which
// lies within 0.17, so that its rounding is hardly seen: a rational function that interpolates
// where a = k (1 + t) / (1 - t), for t at the zeros of the Chebyshev polynomial whose interval
// begins at a = 0 and ends at `end`, where erfc underflows. `near` is erf(x) / x - 1 of x^2,
// interpolated at the zeros of the Chebyshev polynomial on [0, 1].
template <class T>
struct ErfTable;
template <>
struct ErfTable<double> {  // k = 2.6; right to 3e-18 and 3e-17
  static constexpr double end = 28;
  static constexpr double above[] = {
      -0.125,
      0.435822233177722107,
      1.07092380681154005,
      1.10644842493097501,
      0.704914290651356126,
      0.309114402776719277,
      0.097049055327398698,
      0.0218844701971381837,
      3.43942364287969267e-3,
      3.46511013332387657e-4,
      1.77702432653434113e-5,
      9.42203795486701052e-8,
  };
  static constexpr double below[] = {
      1.0,
      3.48638879781412325,
      5.6890157342163954,
      5.74732201429451079,
      4.00383803224699391,
      2.02539956360334672,
      0.761813799837159132,
      0.213966807940255412,
      0.0442163333427306727,
      6.44876411651688255e-3,
      6.0343316055290128e-4,
      2.78827228370442505e-5,
  };
  static constexpr double near[] = {
      0.128379167095512574,    -0.376126389031835404,   0.112837916709450063,
      -0.0268661706432377704,  0.00522397760711642273,  -0.000854832597538969208,
      0.000120552949048397079, -1.49247369074196603e-5, 1.64474247033173624e-6,
      -1.62084838018717059e-7, 1.37200645467776856e-8,  -7.79589882700214224e-10,
  };
};
template <>
struct ErfTable<float> {  // k = 2; right to 8e-9 and 5e-9
  static constexpr float end = 10.5f;
  static constexpr float above[] = {
      -0.1250000036f, 0.5698581778f, 0.5338968595f, 0.2218805951f, 0.0407678416f, 2.355292668e-4f,
  };
  static constexpr float below[] = {
      1.0f, 2.414105307f, 2.508145591f, 1.425304931f, 0.4537638779f, 0.06957246531f,
  };
  static constexpr float near[] = {
      0.1283791658f,   -0.3761262667f,    0.1128359472f,     -0.02685421201f,
      0.005189087423f, -0.0008016864287f, 0.00007875875063f,
  };
};

template <class D, size_t count>
HWY_INLINE hn::Vec<D> polynomial(const hn::TFromD<D> (&coefficients)[count], hn::Vec<D> x) {
  const D d;
  hn::Vec<D> sum = hn::Set(d, coefficients[count - 1]);
  for (size_t k = count - 1; k-- > 0;) sum = hn::MulAdd(sum, x, hn::Set(d, coefficients[k]));
  return sum;
}

// erfc(a + more) for a >= 0, where `more` is too small to be seen in the sum. Every rounding is
// small, corrected or the last, but those of exp.
template <class D>
HWY_INLINE hn::Vec<D> erfc_of_size(hn::Vec<D> a, hn::Vec<D> more = hn::Zero(D())) {
  using T = hn::TFromD<D>;
  using Table = ErfTable<T>;
  const D d;
  const auto one = hn::Set(d, T{1}), two = hn::Set(d, T{2}), middle = hn::Set(d, T{1.125});
  const auto x = hn::IfThenElse(hn::Lt(a, hn::Set(d, Table::end)), a, hn::Set(d, Table::end));
  const auto square = hn::Mul(x, x), lost_of_square = hn::MulSub(x, x, square);
  const auto power = exp(Lane<D>{hn::Neg(square)}).v;

  const auto rest = hn::Div(polynomial<D>(Table::above, x), polynomial<D>(Table::below, x));
  const auto above = hn::Add(middle, rest);
  const auto lost_above = hn::Add(hn::Sub(middle, above), rest);
  const auto below = hn::MulAdd(two, x, one);
  const auto lost_below = hn::MulAdd(two, x, hn::Sub(one, below));
  const auto inverse = hn::Div(one, below);
  const auto quotient = hn::Mul(above, inverse);
  const auto remainder = hn::Add(hn::NegMulAdd(quotient, below, above),
                                 hn::NegMulAdd(quotient, lost_below, lost_above));
  const auto shift = hn::MulAdd(more, hn::Set(d, static_cast<T>(1.1283791670955126)),
                                hn::Mul(quotient, lost_of_square));
  const auto lost = hn::MulSub(remainder, inverse, shift);
  return hn::MulAdd(power, quotient, hn::Mul(power, lost));
}

template <class D>
HWY_INLINE Lane<D> erfc(Lane<D> x) {
  const D d;
  const auto y = erfc_of_size<D>(hn::Abs(x.v));
  const auto signed_y =
      hn::IfThenElse(hn::Lt(x.v, hn::Zero(d)), hn::Sub(hn::Set(d, hn::TFromD<D>{2}), y), y);
  return {hn::IfThenElse(hn::IsNaN(x.v), x.v, signed_y)};
}

template <class D>
HWY_INLINE Lane<D> erf(Lane<D> x) {
  const D d;
  const auto size = hn::Abs(x.v);
  const auto near =
      hn::MulAdd(x.v, polynomial<D>(ErfTable<hn::TFromD<D>>::near, hn::Mul(x.v, x.v)), x.v);
  const auto is_far = hn::Ge(size, hn::Set(d, hn::TFromD<D>{1}));
  if (hn::AllFalse(d, is_far)) return {near};
  const auto far = hn::Sub(hn::Set(d, hn::TFromD<D>{1}), erfc_of_size<D>(size));
  return {hn::IfThenElse(is_far, hn::CopySign(far, x.v), near)};
}

}  // namespace tapestry::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // HWY_NATIVE_FMA
#endif
