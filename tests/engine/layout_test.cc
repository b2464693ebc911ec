// Tensors of the same layout share one; where there are too many, each has its own.
#include "engine/tensor/layout.h"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "tests/engine/toy_ops.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

const TensorLayout* layout_of(const Tensor& x) { return &x.layout(); }

// A program with a shape of its own for each tensor, more than are shared.
void fill_shared_layouts() {
  for (std::int64_t i = 0; i <= kMostSharedLayouts; ++i) shared_layout({i, 0, 1});
}

}  // namespace

BOOST_AUTO_TEST_CASE(equal_layouts_are_one_on_all_threads) {
  const Tensor x = ones({2, 3}), y = zeros({2, 3}, DType::f64), other = ones({3, 2});
  BOOST_TEST(layout_of(x) == layout_of(y));
  BOOST_TEST(layout_of(x) != layout_of(other));
  BOOST_TEST(layout_of(other.view({2, 3}, {1, 2})) == layout_of(ones({3, 2}).view({2, 3}, {1, 2})));
  BOOST_TEST(layout_of(other.view({2, 3}, {1, 2})) != layout_of(x));
  const TensorLayout* elsewhere = nullptr;
  std::thread([&] { elsewhere = shared_layout({2, 3}); }).join();
  BOOST_TEST(elsewhere == layout_of(x));
  BOOST_TEST(x.has_shape_of(other.view({2, 3}, {1, 2})));
  BOOST_TEST(!x.has_shape_of(other));
}

BOOST_AUTO_TEST_CASE(strides_that_address_nothing_are_row_major) {
  const Tensor row = ones({1, 3}), column = row.view({3, 1}, {1, 3});
  BOOST_TEST(column.is_contiguous());
  BOOST_TEST((column.strides() == Strides{1, 1}));
  BOOST_TEST(layout_of(column) == layout_of(ones({3, 1})));
}

BOOST_AUTO_TEST_CASE(a_small_tensor_takes_one_line_of_the_cache) {
  BOOST_TEST(ones({2, 2}).block_bytes() == 64u);
  BOOST_TEST(full({}, 2.0, DType::f64).block_bytes() <= 64u);
  BOOST_TEST(ones({2, 2}, DType::f64).block_bytes() == 64u + 32u);
  const std::size_t before = memory_stats().live_bytes;
  const Tensor x = ones({2, 2}), view = x.view({2}, {1});
  BOOST_TEST(memory_stats().live_bytes - before <= 128u);
}

BOOST_AUTO_TEST_CASE(more_layouts_than_are_shared_belong_to_their_tensors) {
  fill_shared_layouts();
  BOOST_TEST(shared_layout({3, 5, 7}) == nullptr);
  Tensor inner, outer;
  {
    Tape tape;
    const Tensor x = tape.variable(ones({3, 5, 7}, DType::f64), "x");
    BOOST_TEST(x.has_own_layout());
    BOOST_TEST((x.shape() == Shape{3, 5, 7}));
    const Tensor y = toy::mul(x, x);
    BOOST_TEST((tape.shape(y.id()) == Shape{3, 5, 7}));
    BOOST_TEST(y.has_shape_of(x));
    inner = Tensor::uninitialized_like(x);
    outer = detach(x).view({7, 5, 3}, {1, 7, 35});
    verify(tape);
    BOOST_TEST(gradient(sum_axes(y, 7, 7), x).to_vector() == std::vector<double>(105, 2));
  }
  BOOST_TEST((inner.shape() == Shape{3, 5, 7}));
  BOOST_TEST((outer.strides() == Strides{1, 7, 35}));
  BOOST_TEST(!outer.is_contiguous());
  BOOST_TEST(layout_of(ones({2, 3})) == layout_of(zeros({2, 3})));  // met before
}
