#include "ops/reduce/sort.h"

#include <cmath>

#include "tests/ops/checks.h"

using namespace tapestry;
using namespace tapestry::detail;
using namespace tapestry::test;

BOOST_AUTO_TEST_CASE(order) {
  const Tensor x = tensor({{3, 1, 2}, {0, 5, 5}});
  const auto [values, where] = sort(x);
  check_values(values, {2, 3}, {1, 2, 3, 0, 5, 5});
  check_values(where, {2, 3}, {1, 2, 0, 0, 1, 2});
  check_values(sort(x, 0, true).values, {2, 3}, {3, 5, 5, 0, 1, 2});
  check_values(argsort(x, 1, true), {2, 3}, {0, 2, 1, 1, 2, 0});
  check_values(sort(zeros({0, 3}), 0).values, {0, 3}, {});
  BOOST_TEST(sort(x.to(DType::i64)).values.dtype() == DType::i64);
  check_values(sort(tensor({1, 0, 1, 0}, DType::boolean)).indices, {4}, {1, 3, 0, 2});
}

BOOST_AUTO_TEST_CASE(equals_keep_their_order_and_nan_is_largest) {
  const Tensor x = tensor({NAN, 1, -INFINITY, 1, NAN, 0});
  check_values(argsort(x), {6}, {2, 5, 1, 3, 0, 4});
  check_values(argsort(x, 0, true), {6}, {0, 4, 1, 3, 5, 2});
  check_values(topk(x, 3, 0, false).indices, {3}, {2, 5, 1});
}

BOOST_AUTO_TEST_CASE(the_first_few) {
  const Tensor x = tensor({4, 9, 1, 9, 2});
  check_values(topk(x, 3).values, {3}, {9, 9, 4});
  check_values(topk(x, 3).indices, {3}, {1, 3, 0});
  check_values(topk(x, 2, 0, false).values, {2}, {1, 2});
  check_values(topk(x, 0).values, {0}, {});
  check_derivatives([](const auto& in) { return square(topk(in[0], 2, 0, false).values); },
                    {numbers({5, 3})});
  Tape tape;
  const Tensor v = tape.variable(x);
  check_values(gradient(sum(topk(v, 2).values), v), {5}, {0, 1, 0, 1, 0});
}

BOOST_AUTO_TEST_CASE(a_part_of_the_order_is_a_part_of_the_whole) {
  Rng rng(3);
  const Tensor x = randint({200}, 0, 90, rng).to(DType::f64);  // many are equal
  for (const bool largest : {true, false}) {
    const Sorted all = sort(x, 0, largest);
    for (const std::int64_t k : {0, 1, 5, 6, 7, 100, 199, 200}) {
      const Sorted some = topk(x, k, 0, largest);
      BOOST_TEST(some.indices.to_vector() == slice(all.indices, 0, 0, k).to_vector());
      BOOST_TEST(some.values.to_vector() == slice(all.values, 0, 0, k).to_vector());
    }
  }
  const std::vector<double> ascending = sort(x).values.to_vector();
  for (std::size_t i = 0; i < 200; ++i)
    BOOST_TEST(std::abs(quantile(x, static_cast<double>(i) / 199).item() - ascending[i]) < 1e-9);
}

BOOST_AUTO_TEST_CASE(middle_numbers) {
  check_values(median(tensor({5, 1, 3})), {}, {3});
  check_values(median(tensor({{5, 1, 3, 4}, {0, 0, 2, 8}}), {.axis = 1}), {2}, {3.5, 1});
  check_values(median(tensor({{5, 1}, {3, 4}}), {.axis = {0, 1}, .keepdims = true}), {1, 1}, {3.5});
  check_values(median(full({}, 2)), {}, {2});
  check_values(median(zeros({3, 0}), {.axis = 0}), {0}, {});
  check_values(quantile(zeros({3, 0}), 0.3, {.axis = 0, .keepdims = true}), {1, 0}, {});
  BOOST_TEST(error_of([] {
               median(zeros({0, 0}), {.axis = 0});
             }).starts_with("[median] x of shape"));
  check_values(quantile(tensor({0, 10, 20, 30, 40}), 0.9), {}, {36});
  check_values(quantile(tensor({3, INFINITY, 1}), 0), {}, {1});
  BOOST_TEST(std::isnan(median(tensor({1, NAN, 2})).item()));
}

BOOST_AUTO_TEST_CASE(threads_do_not_matter) {
  const Tensor x = numbers({300, 400});
  for (int axis : {0, 1}) {
    check_threads([&] { return sort(x, axis).values; });
    check_threads([&] { return argsort(x, axis); });
  }
}
