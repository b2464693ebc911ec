// Special functions written in those of the page, for any kind of number. Read inside the namespace
// of each: plain numbers, and the registers of each of Highway's targets. TAPESTRY_SPECIAL says how
// a function is declared there.

// Derivative of log gamma. For x > 0 the terms of
//
//   psi(x) = d (sum_{k < 10} 1 / ((x + k) (r + k))) + L(x + 10) - L(r + 10),    d = x - r,
//
// follow from the recurrence psi(x + 1) = psi(x) + 1 / x and from psi(r) = 0, with the asymptotic
// series L(s) = log s - 1 / 2s - sum_k B_2k / (2k s^2k) (Abramowitz & Stegun 6.3.18). Each is a
// multiple of d and all have its sign, so that nothing cancels, at the root r either. For x < 0
// psi(1 - x) - pi cot(pi x) loses digits at the roots. psi(0) is -inf, psi(-1), psi(-2)... are NaN.
template <class Number>
TAPESTRY_SPECIAL Number digamma(Number x) {
  const Number p = where(x < 0, 1 - x, x);
  const Number r = zero(x) + 1.4616321325302124 + 1.2438149938918909e-08;
  const Number d = p - 1.4616321325302124 - 1.2438149938918909e-08 - 4.341643069426251e-25;
  Number sum = 1 / (p * r);
  for (int k = 1; k < 10; ++k) sum = sum + 1 / ((p + k) * (r + k));

  const Number s = p + 10, t = r + 10, w = 1 / (s * s), v = 1 / (t * t);
  constexpr double kBernoulli[] = {1. / 12,        -1. / 120,       1. / 252,      -1. / 240,
                                   1. / 132,       -691. / 32760,   1. / 12,       -3617. / 8160,
                                   43867. / 14364, -174611. / 6600, 854513. / 3036};
  // (P(w) - P(v)) / (w - v) of the polynomial P: Horner's scheme at v, and with its steps at w.
  Number step = zero(x) + kBernoulli[10], quotient = step;
  for (int k = 9; k >= 0; --k) {
    step = step * v + kBernoulli[k];
    quotient = quotient * w + step;
  }
  const Number rest = d * (0.5 / (s * t) + quotient * ((s + t) * (w * v)));
  const Number near = d * sum + (log1p(d / t) + rest);
  const Number positive = where(p > 1e8, log(p) - 0.5 / p, near);

  const Number f = x - round(x);
  const Number reflected = positive - 3.14159265358979324 / tan(3.14159265358979324 * f);
  return where(x < 0, where(f == 0, f / f, reflected), positive);
}

// Inverse of the error function: Winitzki's approximation (A handy approximation for the error
// function and its inverse, 2008), then three steps of Halley's method, each of which triples the
// digits. Towards 1 they go by erfc, so that 1 - |x| keeps its digits.
template <class Number>
TAPESTRY_SPECIAL Number erfinv(Number x) {
  const Number t = abs(x);
  const Number l = log((1 - t) * (1 + t));
  const Number h = 4.3307467507998730 + 0.5 * l, u = l / -0.147;
  Number y = sqrt(u / (sqrt(h * h + u) + h));
  for (int step = 0; step < 3; ++step) {
    const Number error = where(t < 0.5, erf(y) - t, 1 - t - erfc(y));
    const Number newton = 0.88622692545275801 * error * exp(y * y);
    y = y - newton / (1 + y * newton);
  }
  return where(t == 1, x / zero(x), where(x < 0, -y, where(t == 0, x, y)));
}

// x - tanh(x). Below 1.5 by the eleventh convergent of Gauss' continued fraction of tanh(x) / x in
// w = x^2, less 1: coefficients of one sign, so that nothing cancels; it is right to 2^-60.
template <class Number>
TAPESTRY_SPECIAL Number tanhshrink(Number x) {
  constexpr double kAbove[] = {4583103525, 349188840, 6891885, 42900, 65};
  constexpr double kBelow[] = {13749310575, 6547290750, 413513100, 7567560, 45045, 66};
  const Number w = x * x;
  Number above = zero(x) + kAbove[4], below = zero(x) + kBelow[5];
  for (int k = 3; k >= 0; --k) above = above * w + kAbove[k];
  for (int k = 4; k >= 0; --k) below = below * w + kBelow[k];
  return where(abs(x) < 1.5, x * (w * above / below), x - tanh(x));
}

// Functions of e = exp(-|x|), which is never large; times_exp(-|x|, e) is -|x| e.

template <class Number>
TAPESTRY_SPECIAL Number sigmoid(Number x) {
  const Number e = exp(-abs(x));
  return where(x < 0, e, zero(x) + 1) / (1 + e);
}

// x sigmoid(x), and its derivative.
template <class Number>
TAPESTRY_SPECIAL Number silu(Number x) {
  const Number e = exp(-abs(x));
  return where(x < 0, times_exp(-abs(x), e), x) / (1 + e);
}
template <class Number>
TAPESTRY_SPECIAL Number silu_partial(Number x) {
  const Number e = exp(-abs(x)), q = 1 / (1 + e), bend = times_exp(-abs(x), e) * q;
  return where(x < 0, e + bend, 1 - bend) * q;
}

// x tanh(log(1 + exp(x))) = x n (n + 2) / (n (n + 2) + 2) at n = exp(x), and its derivative.
template <class Number>
TAPESTRY_SPECIAL Number mish(Number x) {
  const Number e = exp(-abs(x)), up = 1 + 2 * e;
  const Number low = times_exp(-abs(x), e) * (e + 2) / (e * (e + 2) + 2);
  return where(x < 0, low, x * (up / (up + 2 * e * e)));
}
template <class Number>
TAPESTRY_SPECIAL Number mish_partial(Number x) {
  const Number e = exp(-abs(x)), up = where(x < 0, e * (e + 2), 1 + 2 * e);
  const Number q = 1 / (up + where(x < 0, zero(x) + 2, 2 * e * e));
  const Number bend = 4 * times_exp(-abs(x), e) * (1 + e) * q * q;
  return up * q + where(x < 0, bend, -e * bend);
}

// exp(x) / (exp(x) + exp(z)), with what rounding loses of x - z (Knuth's sum of two numbers).
template <class Number>
TAPESTRY_SPECIAL Number logistic_share(Number x, Number z) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const Number d = x - z, back = d - x, lost = (x - (d - back)) - (z + back);
  const Number e = exp(-abs(d)), q = 1 / (1 + e);
  const Number y = where(d < 0, e * q, q), rest = where(d < 0, q, e * q);
  const Number whole = where(lost == lost, y + y * (rest * lost), y);
  return where(maximum(x, z) == -kInfinite, zero(x), whole);
}
