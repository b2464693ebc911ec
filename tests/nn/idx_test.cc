#include "nn/data/idx.h"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/tensor/format.h"
#include "tests/nn/idx_bytes.h"
#include "tests/nn/temp_folder.h"
#include "tests/support/refusal.h"

namespace tapestry::nn {
using namespace detail;
namespace {

// Two images of 1 x 3.
const std::string kPixels("\x00\x33\xFF\x66\x99\xCC", 6);
const std::string kImages = images(2, 1, 3, kPixels);
const std::string kLabels = labels("\x07\x03");

const std::vector<double> kRows{0, float(0.2), 1, float(0.4), float(0.6), float(0.8)};

std::string read_images(const std::string& file) {
  return refusal([&] { read_idx_images(file); });
}

std::string read_labels(const std::string& file) {
  return refusal([&] { read_idx_labels(file); });
}

BOOST_AUTO_TEST_CASE(images_become_rows_of_f32_between_0_and_1) {
  const TempFolder folder;
  const Tensor x = read_idx_images(folder.write("i", kImages));
  BOOST_TEST(x.shape() == Shape({2, 3}));
  BOOST_TEST(x.dtype() == DType::f32);
  BOOST_TEST(x.to_vector() == kRows, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(labels_become_i64) {
  const TempFolder folder;
  const Tensor y = read_idx_labels(folder.write("l", kLabels));
  BOOST_TEST(y.shape() == Shape({2}));
  BOOST_TEST(y.dtype() == DType::i64);
  BOOST_TEST(y.to_vector() == (std::vector<double>{7, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gzip_is_known_by_its_bytes_and_not_by_its_name) {
  const TempFolder folder;
  const Tensor packed = read_idx_images(folder.write("packed", gzipped(kImages)));
  const Tensor plain = read_idx_images(folder.write("plain.gz", kImages));
  BOOST_TEST(packed.to_vector() == kRows, boost::test_tools::per_element());
  BOOST_TEST(plain.to_vector() == kRows, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_longer_than_a_buffer_arrive_whole) {
  const TempFolder folder;
  std::string pixels(3'000'000, '\0');
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(i * i >> 7);
  for (const bool pack : {false, true}) {
    const std::string bytes = images(3000, 40, 25, pixels);
    const Tensor x = read_idx_images(folder.write("i", pack ? gzipped(bytes) : bytes));
    BOOST_TEST(x.shape() == Shape({3000, 1000}));
    bool equal = true;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      equal &=
          x.data<float>()[i] == static_cast<float>(static_cast<unsigned char>(pixels[i])) / 255;
    }
    BOOST_TEST(equal);
  }
}

BOOST_AUTO_TEST_CASE(a_set_has_a_label_for_each_image) {
  const TempFolder folder;
  const std::string i = folder.write("i", kImages), l = folder.write("l", kLabels);
  const std::string three = folder.write("three", labels("\x01\x02\x03"));
  const Dataset set = load_idx(i, l);
  BOOST_TEST(set.size() == 2);
  BOOST_TEST(set.classes == 10);
  BOOST_TEST(refusal([&] { load_idx(i, three); }) ==
             "[idx] " + three + ": holds 3 labels; expected 2, one for each image of " + i);
}

BOOST_AUTO_TEST_CASE(images_by_columns_are_turned_into_rows) {
  const TempFolder folder;
  // 1 2 3 over 4 5 6, column by column: three lines of two.
  const std::string file = folder.write("i", images(1, 3, 2, "\x01\x04\x02\x05\x03\x06"));
  const Tensor x = read_idx_images(file, IdxOrder::columns);
  std::vector<double> expected;
  for (int pixel = 1; pixel <= 6; ++pixel) expected.push_back(static_cast<float>(pixel) / 255.0F);
  BOOST_TEST(x.shape() == Shape({1, 6}));
  BOOST_TEST(x.to_vector() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(labels_may_be_counted_from_1) {
  const TempFolder folder;
  const std::string file = folder.write("l", labels("\x01\x1A"));
  BOOST_TEST(read_idx_labels(file, 26, 1).to_vector() == (std::vector<double>{0, 25}),
             boost::test_tools::per_element());
  const std::string zero = folder.write("zero", labels(std::string("\x01\x00", 2)));
  BOOST_TEST(refusal([&] { read_idx_labels(zero, 26, 1); }) ==
             "[idx] " + zero + ": label 1 is 0; expected 1 to 26");
  BOOST_TEST(refusal([&] { read_idx_labels(file, 0); }) ==
             "[idx] " + file + ": the number of classes is 0; expected at least 1");
}

BOOST_AUTO_TEST_CASE(labels_may_be_the_first_column_of_a_table) {
  const TempFolder folder;
  const std::string rows = header({7, 0, 3000, 1, 2, 3, 4, 5}) + header({2, 4, 9, 9, 9, 9, 9, 9});
  const std::string table = header({0xC02, 2, 8}) + rows;
  BOOST_TEST(
      read_idx_labels(folder.write("t", gzipped(table))).to_vector() == (std::vector<double>{7, 2}),
      boost::test_tools::per_element());
  const std::string cut = folder.write("cut", table.substr(0, table.size() - 1));
  BOOST_TEST(read_labels(cut) ==
             "[idx] " + cut + ": ends after 63 of 64 bytes; expected 2 rows of 8 integers");
  const std::string below = folder.write("below", header({0xC02, 1, 1, 0xFFFFFFFF}));
  BOOST_TEST(read_labels(below) == "[idx] " + below + ": label 0 is -1; expected 0 to 9");
  const std::string none = folder.write("none", header({0xC02, 1, 0}));
  BOOST_TEST(read_labels(none) ==
             "[idx] " + none +
                 ": its header claims 1 rows of 0 integers; expected a label in each");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_named) {
  const TempFolder folder;
  BOOST_TEST(read_images(folder.path() + "/none") ==
             "[idx] " + folder.path() +
                 "/none: cannot be opened (No such file or directory); expected a file");
  BOOST_TEST(read_images(folder.path()) ==
             "[idx] " + folder.path() + ": is a folder; expected a file");
}

BOOST_AUTO_TEST_CASE(a_wrong_magic_number_is_shown) {
  const TempFolder folder;
  const std::string i = folder.write("i", kImages), l = folder.write("l", kLabels);
  BOOST_TEST(read_images(l) ==
             "[idx] " + l +
                 ": the magic number is 0x00000801; expected 0x00000803, images as unsigned bytes");
  BOOST_TEST(
      read_labels(i) ==
      "[idx] " + i +
          ": the magic number is 0x00000803; expected 0x00000801, labels as unsigned bytes, or "
          "0x00000c02, tables of them as 32-bit integers");
}

BOOST_AUTO_TEST_CASE(a_file_cut_anywhere_is_refused) {
  const TempFolder folder;
  for (const bool pack : {false, true}) {
    for (std::size_t length = 0; length < kImages.size(); ++length) {
      const std::string cut = kImages.substr(0, length);
      const std::string file = folder.write("cut", pack ? gzipped(cut) : cut);
      const std::string found =
          length < 16
              ? fmt::format("ends after {} bytes; expected a header of 16", length)
              : fmt::format("ends after {} of 6 bytes; expected 2 images of 1 x 3", length - 16);
      BOOST_TEST(read_images(file) == fmt::format("[idx] {}: {}", file, found));
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_end_are_refused) {
  const TempFolder folder;
  const std::string i = folder.write("i", kImages + "x");
  const std::string l = folder.write("l", gzipped(kLabels + "x"));
  BOOST_TEST(read_images(i) ==
             "[idx] " + i + ": goes on after its end; expected 2 images of 1 x 3");
  BOOST_TEST(read_labels(l) == "[idx] " + l + ": goes on after its end; expected 2 labels");
}

BOOST_AUTO_TEST_CASE(damaged_gzip_is_refused_wherever_it_is_damaged) {
  const TempFolder folder;
  const std::string packed = gzipped(kImages);
  const auto message = [](const std::string& file) {
    return "[idx] " + file + ": the gzip data is damaged or cut off; expected a whole gzip file";
  };
  for (std::size_t length = 2; length < packed.size(); ++length) {
    const std::string file = folder.write("cut", packed.substr(0, length));
    BOOST_TEST(read_images(file) == message(file));
  }
  std::string wrong_checksum = packed;
  wrong_checksum[packed.size() - 8] ^= 1;
  std::string file = folder.write("checksum", wrong_checksum);
  BOOST_TEST(read_images(file) == message(file));
  file = folder.write("more", packed + "garbage");
  BOOST_TEST(read_images(file) == message(file));
}

BOOST_AUTO_TEST_CASE(a_label_that_is_no_class_is_refused) {
  const TempFolder folder;
  const std::string file = folder.write("l", labels("\x09\x0A"));
  BOOST_TEST(read_labels(file) == "[idx] " + file + ": label 1 is 10; expected 0 to 9");
  BOOST_TEST(read_idx_labels(file, 11).to_vector() == (std::vector<double>{9, 10}),
             boost::test_tools::per_element());
}

// The test may grow by 256 MB; the headers claim up to 2^96 bytes.
BOOST_AUTO_TEST_CASE(a_header_is_not_believed) {
  const TempFolder folder;
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  for (const bool pack : {false, true}) {
    const auto write = [&](const std::string& name, const std::string& bytes) {
      return folder.write(name, pack ? gzipped(bytes) : bytes);
    };
    const std::string large = write("large", images(1'300'000, 28, 28, "four"));
    BOOST_TEST(read_images(large) ==
               "[idx] " + large +
                   ": ends after 4 of 1019200000 bytes; expected 1300000 images of 28 x 28");
    const std::string many = write("many", header({0x801, 0x3FFFFFFF}) + "ab");
    BOOST_TEST(read_labels(many) ==
               "[idx] " + many + ": ends after 2 of 1073741823 bytes; expected 1073741823 labels");
    const auto check_beyond = [&](const std::string& bytes, const std::string& claimed) {
      const std::string file = write("beyond", bytes);
      const std::string found =
          bytes[2] == 8 && bytes[3] == 3 ? read_images(file) : read_labels(file);
      BOOST_TEST(found == "[idx] " + file + ": its header claims " + claimed +
                              "; expected no more than 1073741824 bytes");
    };
    check_beyond(images(0xFFFFFFFF, 28, 28, "four"), "4294967295 images of 28 x 28");
    check_beyond(images(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, ""),
                 "4294967295 images of 4294967295 x 4294967295");
    check_beyond(images(0, 0xFFFFFFFF, 0xFFFFFFFF, ""), "0 images of 4294967295 x 4294967295");
    check_beyond(header({0x801, 0xFFFFFFFF}), "4294967295 labels");
    check_beyond(header({0xC02, 0xFFFFFFFF, 0xFFFFFFFF}), "4294967295 rows of 4294967295 integers");
  }
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  BOOST_TEST(after.ru_maxrss - before.ru_maxrss < 256 * 1024);
}

}  // namespace
}  // namespace tapestry::nn
