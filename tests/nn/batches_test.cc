#include "nn/data/batches.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <iterator>
#include <vector>

#include "engine/tensor/factory.h"
#include "engine/tensor/format.h"
#include "tests/support/refusal.h"

namespace tapestry::nn {
using namespace detail;
namespace {

static_assert(std::input_iterator<Batches::Iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, Batches::Iterator>);

using Numbers = std::vector<double>;

// Row i is (i, -i) and has the label i.
Dataset numbered(std::int64_t count) {
  Dataset set{"numbered", Tensor::uninitialized({count, 2}, DType::f32), arange(count, DType::i64),
              count};
  for (std::int64_t i = 0; i < count; ++i) {
    set.inputs.mutable_data<float>()[2 * i] = static_cast<float>(i);
    set.inputs.mutable_data<float>()[2 * i + 1] = static_cast<float>(-i);
  }
  return set;
}

// The labels of a sweep, in order.
template <class Range>
Numbers read(Range&& batches) {
  Numbers rows;
  for (const auto& [inputs, labels] : batches)
    for (const double label : labels.to_vector()) rows.push_back(label);
  return rows;
}

Numbers sorted(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

BOOST_AUTO_TEST_CASE(an_epoch_visits_every_row_once) {
  Batches batches(numbered(10), 3, 42);
  const Numbers rows = read(batches);
  BOOST_TEST(rows != arange(10).to_vector());
  BOOST_TEST(sorted(rows) == arange(10).to_vector(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_last_batch_holds_what_is_left) {
  Batches batches(numbered(10), 4, 42);
  std::vector<std::int64_t> sizes;
  for (const auto& [inputs, labels] : batches) {
    BOOST_TEST(inputs.shape() == Shape({labels.size(), 2}));
    sizes.push_back(labels.size());
  }
  BOOST_TEST(sizes == (std::vector<std::int64_t>{4, 4, 2}), boost::test_tools::per_element());
  BOOST_TEST(batches.size() == 3);
}

BOOST_AUTO_TEST_CASE(the_last_batch_may_be_dropped) {
  for (const bool shuffle : {true, false}) {
    Batches batches(numbered(10), 4, 42, {.shuffle = shuffle, .drop_last = true});
    BOOST_TEST(batches.size() == 2);
    BOOST_TEST(read(batches).size() == 8U);
  }
  Batches whole(numbered(8), 4, 42, {.drop_last = true});
  BOOST_TEST(whole.size() == 2);
  Batches none(numbered(3), 4, 42, {.drop_last = true});
  BOOST_TEST(read(none).empty());
}

BOOST_AUTO_TEST_CASE(inputs_and_labels_stay_together) {
  for (const bool shuffle : {true, false}) {
    Batches batches(numbered(100), 7, 3, {.shuffle = shuffle});
    for (const auto& [inputs, labels] : batches) {
      const Numbers x = inputs.to_vector(), y = labels.to_vector();
      for (std::size_t i = 0; i < y.size(); ++i) {
        BOOST_TEST(x[2 * i] == y[i]);
        BOOST_TEST(x[2 * i + 1] == -y[i]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(batches_are_plain_numbers_in_row_major_order) {
  for (const bool shuffle : {true, false}) {
    Batches batches(numbered(10), 4, 1, {.shuffle = shuffle});
    for (const auto& [inputs, labels] : batches) {
      BOOST_TEST(!inputs.is_tracked());
      BOOST_TEST(inputs.is_contiguous());
      BOOST_TEST(inputs.dtype() == DType::f32);
      BOOST_TEST(labels.dtype() == DType::i64);
    }
  }
}

BOOST_AUTO_TEST_CASE(without_shuffling_rows_come_as_they_stand_and_are_not_copied) {
  Batches batches(numbered(5), 5, 42, {.shuffle = false});
  BOOST_TEST(read(batches) == arange(5).to_vector(), boost::test_tools::per_element());
  BOOST_TEST(read(batches) == arange(5).to_vector(), boost::test_tools::per_element());
  BOOST_TEST((*batches.begin()).inputs.shares_numbers(batches.dataset().inputs));
}

BOOST_AUTO_TEST_CASE(each_loop_walks_the_next_epoch) {
  Batches batches(numbered(50), 8, 42);
  const Numbers first = read(batches), second = read(batches);
  BOOST_TEST(first != second);
  BOOST_TEST(batches.epochs_begun() == 2);
  BOOST_TEST(read(batches.epoch(0)) == first);
  BOOST_TEST(read(batches.epoch(1)) == second);
  BOOST_TEST(batches.epochs_begun() == 2);
}

BOOST_AUTO_TEST_CASE(the_order_follows_from_the_seed_alone) {
  const auto first_epoch = [](std::uint64_t seed) {
    return read(Batches(numbered(8), 3, seed).epoch(0));
  };
  BOOST_TEST(first_epoch(42) == first_epoch(42));
  BOOST_TEST(first_epoch(42) != first_epoch(43));
}

// On every machine, and in every later version: trainings repeat.
BOOST_AUTO_TEST_CASE(the_order_of_a_seed_never_changes) {
  const Batches batches(numbered(8), 3, 42);
  BOOST_TEST(read(batches.epoch(0)) == (Numbers{7, 4, 0, 1, 5, 3, 2, 6}),
             boost::test_tools::per_element());
  BOOST_TEST(read(batches.epoch(1)) == (Numbers{7, 2, 0, 3, 5, 6, 1, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_generator_gives_the_seed) {
  Rng rng{7};
  const std::uint64_t seed = Rng(7).next();
  const Batches from_rng(numbered(20), 4, rng), other(numbered(20), 4, rng);
  BOOST_TEST(read(from_rng.epoch(0)) == read(Batches(numbered(20), 4, seed).epoch(0)));
  BOOST_TEST(read(from_rng.epoch(0)) != read(other.epoch(0)));
}

BOOST_AUTO_TEST_CASE(inputs_may_have_any_rank) {
  const Dataset images{"", zeros({5, 1, 2, 2}), zeros({5}, DType::i64), 1};
  for (const bool shuffle : {true, false}) {
    BOOST_TEST((*Batches(images, 2, 0, {.shuffle = shuffle}).begin()).inputs.shape() ==
               Shape({2, 1, 2, 2}));
  }
}

BOOST_AUTO_TEST_CASE(what_gives_no_batches_is_refused) {
  BOOST_TEST(refusal([] { Batches(numbered(3), 0); }) ==
             "[Batches] the batch size is 0; expected at least 1");
  const Dataset uneven{"", zeros({3, 2}), zeros({2}, DType::i64), 1};
  BOOST_TEST(refusal([&] { Batches(uneven, 1); }) ==
             "[Batches] inputs (3, 2) and labels (2,); expected one label for each row");
}

}  // namespace
}  // namespace tapestry::nn
