#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <span>
#include <thread>

#include "engine/engine.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

BOOST_AUTO_TEST_CASE(nested_lists_become_tensors_of_any_rank_up_to_four) {
  BOOST_TEST((tensor(2.0).shape() == Shape{}));
  BOOST_TEST((tensor({1.0, 2.0}).shape() == Shape{2}));
  BOOST_TEST((tensor({{1.0, 2.0}}).shape() == Shape{1, 2}));
  BOOST_TEST((tensor({{{1}, {2}}, {{3}, {4}}}).shape() == Shape{2, 2, 1}));
  BOOST_TEST((tensor({{{{1, 2, 3}}}}).shape() == Shape{1, 1, 1, 3}));
  BOOST_TEST(tensor({{1, 2}, {3, 4}}).to_vector() == (std::vector<double>{1, 2, 3, 4}));
  BOOST_TEST(refusal([] { tensor({{1, 2}, {3}}); }) == "[tensor] rows differ in length: 2 and 1");
  BOOST_TEST(refusal([] {
               tensor({{1, 2}, 3});
             }) == "[tensor] the nested list is deeper in some places than in others");
}

BOOST_AUTO_TEST_CASE(factories_make_f32_unless_told_otherwise) {
  for (const Tensor& x : {tensor({1.0}), zeros({2}), ones({2}), full({2}, 3), arange(4), eye(2)})
    BOOST_TEST((x.dtype() == DType::f32));
  BOOST_TEST((from_vector(std::vector<std::int64_t>{1, 2}, {2}).dtype() == DType::i64));
  BOOST_TEST(eye(2).to_vector() == (std::vector<double>{1, 0, 0, 1}));
  BOOST_TEST(arange(1, 2, 0.25, DType::f64).to_vector() ==
             (std::vector<double>{1, 1.25, 1.5, 1.75}));
  BOOST_TEST(refusal([] {
               from_vector(std::vector<double>{1, 2, 3}, {2, 2});
             }) == "[from_vector] 3 numbers do not fill shape (2, 2)");
}

BOOST_AUTO_TEST_CASE(item_needs_exactly_one_element) {
  BOOST_TEST(tensor({{4.5}}).item() == 4.5);
  BOOST_TEST(refusal([] {
               ones({2, 3}).item();
             }) == "[item] needs exactly one element; this tensor has shape (2, 3)");
  BOOST_TEST(refusal([] { Tensor().item(); }) == "[tensor] this tensor was never given a value");
}

BOOST_AUTO_TEST_CASE(shapes_that_no_machine_can_hold_are_refused) {
  BOOST_TEST(refusal([] { zeros({-1}); }) == "[tensor] shape (-1,) has a negative extent");
  BOOST_TEST(refusal([] {
               zeros({1 << 30, 1 << 30, 1 << 30});
             }) == "[tensor] shape (1073741824, 1073741824, 1073741824) has too many elements");
  BOOST_TEST(refusal([] { zeros(Shape(13, 1)); }) == "[shape] a tensor has at most 12 axes");
}

BOOST_AUTO_TEST_CASE(views_share_numbers_and_outlive_what_they_were_taken_from) {
  Tensor view;
  {
    const Tensor x = arange(6);
    view = x.view({3, 2}, {1, 3});
    BOOST_TEST(view.shares_numbers(x));
  }
  BOOST_TEST(view.to_vector() == (std::vector<double>{0, 3, 1, 4, 2, 5}));
  BOOST_TEST(!view.is_contiguous());
  BOOST_TEST(view.contiguous().to_vector() == view.to_vector());
}

BOOST_AUTO_TEST_CASE(broadcasting_follows_numpy) {
  BOOST_TEST((broadcast_shapes("f", {2, 1, 3}, {4, 1}) == Shape{2, 4, 3}));
  BOOST_TEST((broadcast_shapes("f", {}, {0, 2}) == Shape{0, 2}));
  BOOST_TEST(refusal([] {
               broadcast_shapes("f", {2, 3}, {2});
             }) ==
             "[f] shapes (2, 3) and (2,) do not broadcast: the 3 and the 2 must be equal, or one "
             "of them 1");
  BOOST_TEST(broadcast_to(tensor({1, 2}), {2, 2}).to_vector() == (std::vector<double>{1, 2, 1, 2}));
  BOOST_TEST(sum_to(ones({4, 2, 3}), {2, 1}).to_vector() == (std::vector<double>{12, 12}));
}

BOOST_AUTO_TEST_CASE(conversion_truncates_to_integers_and_tests_for_zero_to_boolean) {
  const Tensor x = tensor({-1.5, 0, 2.75});
  BOOST_TEST(x.to(DType::i64).to_vector() == (std::vector<double>{-1, 0, 2}));
  BOOST_TEST(x.to(DType::boolean).to_vector() == (std::vector<double>{1, 0, 1}));
  BOOST_TEST(x.to(DType::f64).to_vector() == x.to_vector());
}

BOOST_AUTO_TEST_CASE(tensors_are_made_of_containers_of_any_number) {
  const std::vector<int> ints{1, 2};
  const std::vector<std::vector<double>> rows{{1, 2}, {3, 4}};
  const std::array<float, 2> floats{0.5f, 1};
  const std::size_t count = 3;
  BOOST_TEST(tensor(ints).to_vector() == (std::vector<double>{1, 2}));
  BOOST_TEST((tensor(rows, DType::f64).shape() == Shape{2, 2}));
  BOOST_TEST(tensor(rows).to_vector() == (std::vector<double>{1, 2, 3, 4}));
  BOOST_TEST(tensor(floats).to_vector() == (std::vector<double>{0.5, 1}));
  BOOST_TEST(tensor(std::span<const int>(ints)).to_vector() == (std::vector<double>{1, 2}));
  BOOST_TEST(tensor(std::vector<bool>{true, false}, DType::boolean).dtype() == DType::boolean);
  BOOST_TEST(tensor({count, count + 1}).dtype() == DType::f32);
  BOOST_TEST(tensor({1, 2.5, true}).to_vector() == (std::vector<double>{1, 2.5, 1}));
  BOOST_TEST(fmt::format("{}", tensor({9007199254740993}, DType::i64)) == "[9007199254740993] i64");
  BOOST_TEST(fmt::format("{}", tensor(std::vector<std::int64_t>{9007199254740993}, DType::i64)) ==
             "[9007199254740993] i64");
  BOOST_TEST(refusal([] {
               tensor(std::vector<std::vector<int>>{{1}, {1, 2}});
             }) == "[tensor] rows differ in length: 1 and 2");
}

BOOST_AUTO_TEST_CASE(values_print_as_nested_brackets) {
  BOOST_TEST(fmt::format("{}", tensor({{1.0, 2.5}, {-3.0, 0.1}})) == "[[1, 2.5],\n [-3, 0.1]] f32");
  BOOST_TEST(fmt::format("{}", tensor({1, 0}, DType::boolean)) == "[true, false] boolean");
  BOOST_TEST(fmt::format("{} {} {}", tensor(2.0).shape(), Shape{3}, Shape{2, 3}) ==
             "() (3,) (2, 3)");
  BOOST_TEST(fmt::format("{}", arange(2000)) == "[0, 1, 2, ..., 1997, 1998, 1999] f32");
  BOOST_TEST(fmt::format("{}", zeros({0, 2})) == "[] (0, 2) f32");
  BOOST_TEST(fmt::format("{} {}", DType::i64, Scalar(0.1)) == "i64 0.1");
}

BOOST_AUTO_TEST_CASE(integers_print_every_digit) {
  const std::vector<std::int64_t> large{9223372036854775807, 9007199254740993};
  BOOST_TEST(fmt::format("{}", from_vector(large, {2})) ==
             "[9223372036854775807, 9007199254740993] i64");
  BOOST_TEST(fmt::format("{}", tensor({-std::nan("")}, DType::f64)) == "[nan] f64");
}

BOOST_AUTO_TEST_CASE(a_nested_list_may_have_a_name) {
  const NestedList list = {{1.0, 2.0}, {3.0, 4.0}};
  BOOST_TEST(tensor(list).to_vector() == (std::vector<double>{1, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(a_view_of_more_elements_than_can_be_counted_is_refused) {
  const std::int64_t huge = std::int64_t{1} << 62;
  BOOST_TEST(refusal([&] {
               broadcast_to(tensor({1.0}), {huge, huge});
             }) == "[tensor] shape (4611686018427387904, 4611686018427387904) has too many elements");
  BOOST_TEST(refusal([&] { broadcast_to(tensor({1.0}), {huge}); }) ==
             "[tensor] shape (4611686018427387904,) has too many elements");
}

BOOST_AUTO_TEST_CASE(what_one_thread_frees_another_uses_again) {
  const std::size_t before = memory_stats().live_bytes;
  const auto resident = [] {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0, pages = 0;
    file >> total >> pages;
    return pages * 4096;
  };
  std::size_t early = 0;
  for (int round = 0; round < 400; ++round) {  // 1.6 GB in all
    std::vector<Tensor> made;
    std::thread([&] {
      for (int i = 0; i < 4; ++i) made.push_back(ones({250000}));
    }).join();
    made.clear();
    if (round == 99) early = resident();
  }
  BOOST_TEST(memory_stats().live_bytes == before);
#if !defined(__SANITIZE_ADDRESS__)
  BOOST_TEST(resident() < early + (std::size_t{64} << 20));
#endif
}

BOOST_AUTO_TEST_CASE(freed_memory_is_used_again_and_counted) {
  const std::size_t before = memory_stats().live_bytes;
  const float* address = nullptr;
  {
    const Tensor x = zeros({100000});
    address = x.data<float>();
    BOOST_TEST(memory_stats().live_bytes >= before + 400000);
  }
  BOOST_TEST(memory_stats().live_bytes == before);
#if !defined(__SANITIZE_ADDRESS__)
  BOOST_TEST(zeros({100000}).data<float>() == address);
  release_cached_memory();
  BOOST_TEST(memory_stats().cached_bytes == 0);
#endif
  BOOST_TEST(address != nullptr);
}

BOOST_AUTO_TEST_CASE(an_extent_is_asked_for_from_either_end) {
  Shape shape = zeros({2, 3}).shape();
  BOOST_TEST(shape[-1] == 3);
  BOOST_TEST(shape[0] == 2);
  shape[-2] = 4;
  BOOST_TEST((shape == Shape{4, 3}));
  const std::string message = refusal_with_place([&] { shape[2]; });
  BOOST_TEST(
      message.starts_with("[shape] axis 2 is out of range for rank 2; it must lie in [-2, 1]; "
                          "called at "));
  BOOST_TEST(refusal([] { Shape().back(); }) ==
             "[shape] axis -1 is out of range: a tensor of rank 0 has no axes");
}

BOOST_AUTO_TEST_CASE(no_integer_changes_its_sign) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  const std::vector<std::uint64_t> large{1, kMost};
  BOOST_TEST(tensor(large, DType::f64).to_vector()[1] == 0x1p64);
  BOOST_TEST(tensor({kMost}, DType::f64).item() == 0x1p64);
  BOOST_TEST(
      refusal([&] { tensor(large, DType::i64); }).starts_with("[tensor] 1.8446744073709552e"));
  BOOST_TEST(
      refusal([&] { tensor({kMost}, DType::i64); }).starts_with("[tensor] 1.8446744073709552e"));
  BOOST_TEST(tensor(std::vector<std::uint64_t>{9007199254740993}, DType::i64).at(0).value() ==
             9007199254740992.0);
  BOOST_TEST(fmt::format("{}", tensor(std::vector<std::uint64_t>{9007199254740993}, DType::i64)) ==
             "[9007199254740993] i64");
  const std::vector<double> none{NAN};
  BOOST_TEST(refusal([&] { tensor(none, DType::i64); }).starts_with("[tensor] nan is no i64"));
}

BOOST_AUTO_TEST_CASE(a_transposed_copy_holds_the_same_numbers_whatever_the_extents) {
  for (const DType dtype : {DType::f32, DType::f64, DType::i64, DType::boolean})
    for (const auto& [rows, columns] : {std::pair{3, 5}, {8, 8}, {9, 70}, {64, 65}, {131, 66}})
      for (const int step : {1, 2}) {
        const auto number = [&](std::int64_t place) {
          return dtype == DType::boolean ? place % 3 % 2 : place % 251;
        };
        std::vector<double> all, expected;
        for (std::int64_t i = 0; i < step * rows * columns; ++i)
          all.push_back(static_cast<double>(number(i)));
        for (std::int64_t i = 0; i < rows; ++i)
          for (std::int64_t j = 0; j < columns; ++j)
            expected.push_back(static_cast<double>(number(i * step + j * step * rows)));
        const Tensor x = tensor(all, dtype).view({rows, columns}, {step, step * rows});
        BOOST_TEST(x.contiguous().to_vector() == expected, boost::test_tools::per_element());
      }
}

BOOST_AUTO_TEST_CASE(numbers_are_read_in_the_dtype_that_they_have) {
  const Tensor x = ones({2}), n = arange(2, DType::i64);
  BOOST_TEST(x.data<float>()[1] == 1.0F);
  BOOST_TEST(n.data<std::int64_t>()[1] == 1);
  BOOST_TEST(refusal([&] { x.data<double>(); }) ==
             "[data] numbers of f64 are asked of a tensor of f32; convert with .to()");
  BOOST_TEST(refusal([&] { n.data<float>(); }).starts_with("[data] numbers of f32 are asked"));
  BOOST_TEST(refusal([&] {
               ones({2}, DType::boolean).data<float>();
             }).ends_with("a tensor of boolean; convert with .to()"));
  BOOST_TEST(
      refusal([&] { zeros({1}).mutable_data<double>(); }).starts_with("[data] numbers of f64"));
}
