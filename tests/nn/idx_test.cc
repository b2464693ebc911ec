#include "nn/data/idx.h"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/format.h"
#include "tests/nn/temp_folder.h"
#include "tests/support/refusal.h"

namespace tapestry::nn {
using namespace detail;
namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

std::string header(std::initializer_list<std::uint32_t> words) {
  std::string bytes;
  for (const std::uint32_t word : words) bytes += big_endian(word);
  return bytes;
}

std::string images(std::uint32_t count, std::uint32_t height, std::uint32_t width,
                   const std::string& pixels) {
  return header({0x803, count, height, width}) + pixels;
}

std::string labels(const std::string& classes) {
  return header({0x801, static_cast<std::uint32_t>(classes.size())}) + classes;
}

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

BOOST_AUTO_TEST_CASE(mnist_is_four_files_packed_or_not) {
  const TempFolder folder;
  folder.write("train-images-idx3-ubyte.gz", gzipped(kImages));
  folder.write("train-labels-idx1-ubyte", kLabels);
  folder.write("t10k-images-idx3-ubyte", images(1, 3, 1, "\xFF\xFF\xFF"));
  const std::string missing = folder.path() + "/t10k-labels-idx1-ubyte";
  BOOST_TEST(refusal([&] { load_mnist(folder.path()); }) ==
             "[idx] " + missing +
                 ": not found; expected it there, as .gz, or in the folder mnist beside it");
  folder.write("t10k-labels-idx1-ubyte.gz", gzipped(labels("\x05")));
  const Split parts = load_mnist(folder.path());
  BOOST_TEST(parts.train.inputs.shape() == Shape({2, 3}));
  BOOST_TEST(parts.test.inputs.shape() == Shape({1, 3}));
  BOOST_TEST(parts.test.labels.item() == 5);
  BOOST_TEST(parts.train.name == "mnist");
}

BOOST_AUTO_TEST_CASE(mnist_parts_have_images_of_one_size) {
  const TempFolder folder;
  folder.write("train-images-idx3-ubyte", kImages);
  folder.write("train-labels-idx1-ubyte", kLabels);
  folder.write("t10k-images-idx3-ubyte", images(1, 1, 1, "\xFF"));
  folder.write("t10k-labels-idx1-ubyte", labels("\x05"));
  BOOST_TEST(refusal([&] { load_mnist(folder.path()); }) ==
             "[idx] " + folder.path() +
                 ": its test images have 1 pixels; expected 3, as its training images have");
}

BOOST_AUTO_TEST_CASE(mnist_is_found_by_the_environment_and_below_mnist) {
  const TempFolder folder;
  for (const std::string part : {"train", "t10k"}) {
    folder.write("mnist/" + part + "-images-idx3-ubyte", kImages);
    folder.write("mnist/" + part + "-labels-idx1-ubyte", kLabels);
  }
  unsetenv("TAPESTRY_DATA");
  BOOST_TEST(refusal([] { load_mnist(); }) ==
             "[idx] no folder was given; expected one, or TAPESTRY_DATA to name it");
  setenv("TAPESTRY_DATA", folder.path().c_str(), 1);
  BOOST_TEST(load_mnist().train.size() == 2);
  unsetenv("TAPESTRY_DATA");
  BOOST_TEST(load_mnist(folder.path()).train.size() == 2);
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
  BOOST_TEST(read_labels(i) ==
             "[idx] " + i +
                 ": the magic number is 0x00000803; expected 0x00000801, labels as unsigned bytes");
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
    const std::string large = write("large", images(0xFFFFFFFF, 28, 28, "four"));
    BOOST_TEST(read_images(large) ==
               "[idx] " + large +
                   ": ends after 4 of 3367254359280 bytes; expected 4294967295 images of 28 x 28");
    const std::string many = write("many", header({0x801, 0xFFFFFFFF}) + "ab");
    BOOST_TEST(read_labels(many) ==
               "[idx] " + many + ": ends after 2 of 4294967295 bytes; expected 4294967295 labels");
    const std::string beyond = write("beyond", images(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, ""));
    BOOST_TEST(read_images(beyond) ==
               "[idx] " + beyond +
                   ": its header claims 4294967295 images of 4294967295 x 4294967295; expected no "
                   "more than a file can hold");
    const std::string none = write("none", images(0, 0xFFFFFFFF, 0xFFFFFFFF, ""));
    BOOST_TEST(read_images(none) ==
               "[idx] " + none +
                   ": its header claims 0 images of 4294967295 x 4294967295; expected no more than "
                   "a file can hold");
  }
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  BOOST_TEST(after.ru_maxrss - before.ru_maxrss < 256 * 1024);
}

}  // namespace
}  // namespace tapestry::nn
