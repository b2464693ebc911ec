#include "ops/attention/attention.h"

#include <cmath>
#include <limits>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::test;

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

// By definition, with a floating mask or none.
Tensor plain_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                       const Tensor& added = {}) {
  Tensor scores = matmul(q, transpose(k)) / std::sqrt(static_cast<double>(q.shape().back()));
  if (added.defined()) scores = scores + added;
  return matmul(softmax(scores, -1), v);
}

Tensor lower_triangle(std::int64_t queries, std::int64_t keys) {
  return unsqueeze(arange(queries, DType::i64), 1) >= unsqueeze(arange(keys, DType::i64), 0);
}

// The gradients of a weighted sum of the result.
std::vector<Tensor> gradients_of(const Call& call, const std::vector<Tensor>& at,
                                 bool recorded = false) {
  Tape tape;
  std::vector<Tensor> tracked;
  for (const Tensor& x : at) tracked.push_back(tape.variable(x));
  std::vector<Tensor> g =
      gradient(weighed(call(tracked).to(DType::f64)), tracked, {.create_graph = recorded});
  for (Tensor& x : g) x = detach(x).to(DType::f64);
  return g;
}

const Call kPlain = [](const auto& in) { return plain_attention(in[0], in[1], in[2]); };
const Call kFused = [](const auto& in) {
  return scaled_dot_product_attention(in[0], in[1], in[2]);
};

}  // namespace

// Few and many queries, and more keys than are weighed at once.
BOOST_AUTO_TEST_CASE(any_extents) {
  for (const auto& [l, s, e, f] : std::vector<std::array<std::int64_t, 4>>{
           {1, 1, 1, 1}, {5, 7, 3, 2}, {130, 40, 16, 16}, {300, 500, 64, 32}, {40, 3000, 8, 24}}) {
    const std::vector<Tensor> at{numbers({l, e}), numbers({s, e}, 2), numbers({s, f}, 3)};
    BOOST_TEST(distance(kFused(at), kPlain(at)) < 1e-13);
    const std::vector<Tensor> got = gradients_of(kFused, at), expected = gradients_of(kPlain, at);
    for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(distance(got[i], expected[i]) < 1e-11);
    std::vector<Tensor> narrow;
    for (const Tensor& x : at) narrow.push_back(x.to(DType::f32));
    BOOST_TEST(kFused(narrow).dtype() == DType::f32);
    BOOST_TEST(distance(kFused(narrow).to(DType::f64), kPlain(at)) < 2e-6);
    const std::vector<Tensor> rough = gradients_of(kFused, narrow);
    for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(distance(rough[i], expected[i]) < 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(batches_broadcast) {
  const std::vector<Tensor> at{numbers({2, 1, 20, 8}), numbers({3, 30, 8}, 2),
                               numbers({2, 1, 30, 5}, 3)};
  BOOST_TEST(kFused(at).shape() == (Shape{2, 3, 20, 5}));
  BOOST_TEST(distance(kFused(at), kPlain(at)) < 1e-13);
  const std::vector<Tensor> got = gradients_of(kFused, at), expected = gradients_of(kPlain, at);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(distance(got[i], expected[i]) < 1e-11);
}

BOOST_AUTO_TEST_CASE(any_strides) {
  const std::vector<Tensor> at{numbers({2, 9, 8}), numbers({2, 11, 8}, 2), numbers({2, 11, 5}, 3)};
  const Tensor expected = kFused(at);
  const std::vector<Tensor> q = strided_copies(at[0]), k = strided_copies(at[1]),
                            v = strided_copies(at[2]);
  for (std::size_t i = 0; i < q.size(); ++i)
    BOOST_TEST(distance(kFused({q[i], k[i], v[i]}), expected) < 1e-13);
}

BOOST_AUTO_TEST_CASE(a_causal_query_sees_no_later_key) {
  for (const auto& [l, s] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {6, 6}, {300, 300}, {200, 90}, {90, 200}}) {
    const std::vector<Tensor> at{numbers({l, 16}), numbers({s, 16}, 2), numbers({s, 16}, 3)};
    const Tensor may = lower_triangle(l, s), added = where(may, 0.0 * may.to(DType::f64), kNever);
    const Call causal = [](const auto& in) {
      return scaled_dot_product_attention(in[0], in[1], in[2], {.causal = true});
    };
    const Call masked = [&](const auto& in) {
      return scaled_dot_product_attention(in[0], in[1], in[2], {.mask = may});
    };
    const Call plain = [&](const auto& in) { return plain_attention(in[0], in[1], in[2], added); };
    const std::vector<Tensor> expected = gradients_of(plain, at);
    for (const Call& call : {causal, masked}) {
      BOOST_TEST(distance(call(at), plain(at)) < 1e-13);
      const std::vector<Tensor> got = gradients_of(call, at);
      for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(distance(got[i], expected[i]) < 1e-11);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_query_that_sees_nothing_gets_nothing) {
  const std::vector<Tensor> at{numbers({2, 3}), numbers({4, 3}, 2), numbers({4, 5}, 3)};
  const Tensor may = tensor({{0, 0, 0, 0}, {1, 1, 0, 1}}) > 0;
  const Call call = [&](const auto& in) {
    return scaled_dot_product_attention(in[0], in[1], in[2], {.mask = may});
  };
  check_values(call(at)[0], {5}, {0, 0, 0, 0, 0});
  for (const bool recorded : {false, true}) {
    const std::vector<Tensor> got = gradients_of(call, at, recorded);
    check_values(got[0][0], {3}, {0, 0, 0});
    check_values(got[1][2], {3}, {0, 0, 0});
    check_values(got[2][2], {5}, {0, 0, 0, 0, 0});
    BOOST_TEST(all(isfinite(got[1])).item() == 1);
  }
  const Tensor none = scaled_dot_product_attention(zeros({2, 3}), zeros({0, 3}), zeros({0, 4}));
  check_values(none, {2, 4}, {0, 0, 0, 0, 0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(a_mask_of_each_head) {
  const std::vector<Tensor> at{numbers({2, 5, 3}), numbers({4, 3}, 2), numbers({4, 2}, 3)};
  const Tensor may = numbers({2, 1, 4}, 7) > -1.0;
  const Call call = [&](const auto& in) {
    return scaled_dot_product_attention(in[0], in[1], in[2], {.mask = may});
  };
  const Tensor expected =
      plain_attention(at[0], at[1], at[2], where(may, 0.0 * may.to(DType::f64), kNever));
  BOOST_TEST(distance(call(at), expected) < 1e-14);
  check_derivatives(call, at, 1e-7);
}

BOOST_AUTO_TEST_CASE(a_floating_mask_has_a_gradient) {
  check_derivatives(
      [](const auto& in) {
        return scaled_dot_product_attention(in[0], in[1], in[2], {.mask = in[3]});
      },
      {numbers({2, 3, 4}), numbers({2, 5, 4}, 2), numbers({2, 5, 2}, 3), numbers({3, 5}, 4)}, 1e-7);
}

BOOST_AUTO_TEST_CASE(a_recorded_gradient_is_the_plain_one) {
  const std::vector<Tensor> at{numbers({3, 70, 8}), numbers({3, 90, 8}, 2), numbers({3, 90, 6}, 3)};
  const std::vector<Tensor> plain = gradients_of(kFused, at),
                            recorded = gradients_of(kFused, at, true);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(distance(plain[i], recorded[i]) < 1e-12);
}

BOOST_AUTO_TEST_CASE(the_gradient_of_one_operand_alone) {
  const std::vector<Tensor> at{numbers({3, 7, 8}), numbers({3, 9, 8}, 2), numbers({3, 9, 6}, 3)};
  const std::vector<Tensor> all = gradients_of(kFused, at);
  for (std::size_t i = 0; i < 3; ++i) {
    Tape tape;
    std::vector<Tensor> in = at;
    in[i] = tape.variable(in[i]);
    BOOST_TEST(same_bits(gradient(weighed(kFused(in)), in[i]), all[i]));
  }
}

// All weights together would take 256 MiB.
BOOST_AUTO_TEST_CASE(memory_grows_with_queries_plus_keys) {
  const std::int64_t n = 1 << 13;
  const Tensor x = numbers({n, 4}).to(DType::f32);
  reset_peak_memory();
  const std::size_t before = memory_stats().live_bytes;
  Tape tape;
  const Tensor q = tape.variable(x);
  const Tensor y = scaled_dot_product_attention(q, q, q, {.causal = true});
  gradient(sum(y), q);
  BOOST_TEST(memory_stats().peak_bytes - before < static_cast<std::size_t>(64 * n * 4 * 4));
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_threads) {
  for (const Shape& shape : {Shape{300, 16}, Shape{20, 60, 16}}) {
    const std::vector<Tensor> at{numbers(shape).to(DType::f32), numbers(shape, 2).to(DType::f32),
                                 numbers(shape, 3).to(DType::f32)};
    check_threads([&] { return kFused(at); });
    for (const std::size_t which : {0, 1, 2})
      check_threads([&] { return gradients_of(kFused, at)[which]; });
  }
}
