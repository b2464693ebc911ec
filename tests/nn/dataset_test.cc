#include "nn/data/dataset.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <vector>

#include "engine/tensor/factory.h"
#include "engine/tensor/format.h"
#include "tests/support/refusal.h"

namespace tapestry::nn {
using namespace detail;
namespace {

using Numbers = std::vector<double>;
using Rows = std::vector<std::int64_t>;

// Row i holds the number i; `classes[i]` is its class.
Dataset numbered(const Rows& classes, std::int64_t count) {
  const auto rows = static_cast<std::int64_t>(classes.size());
  Dataset set{"numbered", Tensor::uninitialized({rows, 1}, DType::f32),
              from_vector(classes, {rows}), count};
  for (std::int64_t i = 0; i < rows; ++i)
    set.inputs.mutable_data<float>()[i] = static_cast<float>(i);
  return set;
}

BOOST_AUTO_TEST_CASE(a_subset_keeps_labels_beside_their_inputs) {
  const Dataset part = numbered({0, 1, 2, 1}, 3).subset(Rows{3, 2});
  BOOST_TEST(part.inputs.to_vector() == (Numbers{3, 2}), boost::test_tools::per_element());
  BOOST_TEST(part.labels.to_vector() == (Numbers{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(part.classes == 3);
  BOOST_TEST(part.name == "numbered");
}

BOOST_AUTO_TEST_CASE(a_subset_may_be_empty_or_name_a_row_twice) {
  const Dataset set = numbered({0, 1, 2}, 3);
  BOOST_TEST(set.subset({}).inputs.shape() == Shape({0, 1}));
  BOOST_TEST(set.subset(Rows{2, 0, 2}).inputs.to_vector() == (Numbers{2, 0, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_subset_refuses_rows_outside) {
  const Dataset set = numbered({0, 1}, 2);
  constexpr std::string_view kRule =
      " is out of range for extent 2; indices start at 0 and stay below it";
  BOOST_TEST(refusal([&] { set.subset(Rows{0, 2}); }) == fmt::format("[subset] index 2{}", kRule));
  BOOST_TEST(refusal([&] { set.subset(Rows{-1}); }) == fmt::format("[subset] index -1{}", kRule));
}

// 60 rows of class 0, 30 of class 1, 10 of class 2, mixed.
Rows uneven_classes() {
  Rows classes;
  for (int i = 0; i < 100; ++i) classes.push_back(i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2);
  return classes;
}

BOOST_AUTO_TEST_CASE(a_split_holds_out_its_fraction_of_every_class) {
  const Split parts = split(numbered(uneven_classes(), 3), 0.2, 1);
  BOOST_TEST(parts.train.size() == 80);
  BOOST_TEST(parts.test.size() == 20);
  Rows held_out(3);
  for (const double label : parts.test.labels.to_vector())
    ++held_out[static_cast<std::size_t>(label)];
  BOOST_TEST(held_out == (Rows{12, 6, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_split_puts_every_row_in_one_part_with_its_label) {
  const Rows classes = uneven_classes();
  const Split parts = split(numbered(classes, 3), 0.33, 7);
  std::set<double> seen;
  for (const Dataset* part : {&parts.train, &parts.test}) {
    const Numbers rows = part->inputs.to_vector(), labels = part->labels.to_vector();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      seen.insert(rows[i]);
      BOOST_TEST(labels[i] == static_cast<double>(classes[static_cast<std::size_t>(rows[i])]));
    }
  }
  BOOST_TEST(seen.size() == 100U);
  BOOST_TEST(parts.test.size() == 33);
}

BOOST_AUTO_TEST_CASE(a_split_follows_its_seed) {
  const Dataset set = numbered(uneven_classes(), 3);
  const auto held_out = [&](std::uint64_t seed) {
    return split(set, 0.2, seed).test.inputs.to_vector();
  };
  BOOST_TEST(held_out(5) == held_out(5));
  BOOST_TEST(held_out(5) != held_out(6));
}

BOOST_AUTO_TEST_CASE(a_split_needs_rows_in_both_parts) {
  const Dataset set = numbered({0, 1, 0}, 2);
  BOOST_TEST(refusal([&] { split(set, 0.1, 0); }) ==
             "[split] 0.1 of 3 rows holds out 0; expected at least one row in each part");
  BOOST_TEST(refusal([&] { split(set, 1, 0); }) ==
             "[split] 1 of 3 rows holds out 3; expected at least one row in each part");
  BOOST_TEST(refusal([&] { split(set, NAN, 0); }) == "[split] the fraction nan is not in [0, 1]");
}

BOOST_AUTO_TEST_CASE(a_split_needs_a_class_for_each_row) {
  const Dataset uneven{"", zeros({3, 1}), zeros({2}, DType::i64), 1};
  BOOST_TEST(refusal([&] { split(uneven, 0.5, 0); }) ==
             "[split] the labels are i64 of shape (2,); expected i64 of shape (3,)");
}

BOOST_AUTO_TEST_CASE(classes_have_names_or_numbers) {
  Dataset set = numbered({0, 1, 2}, 3);
  BOOST_TEST(set.class_name(2) == "2");
  set.class_names = {"setosa", "versicolor", "virginica"};
  BOOST_TEST(set.class_name(1) == "versicolor");
  BOOST_TEST(split(set, 0.4, 0).test.class_name(2) == "virginica");
  BOOST_TEST(refusal([&] { set.class_name(3); }) ==
             "[dataset] numbered has no class 3; expected 0 to 2");
}

}  // namespace
}  // namespace tapestry::nn
