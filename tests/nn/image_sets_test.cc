#include "nn/data/image_sets.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "engine/tensor/format.h"
#include "tests/nn/idx_bytes.h"
#include "tests/nn/temp_folder.h"
#include "tests/support/refusal.h"

namespace tapestry::nn {
namespace {

// Two images of 1 x 3, and their labels.
const std::string kImages = images(2, 1, 3, std::string("\x00\x33\xFF\x66\x99\xCC", 6));
const std::string kLabels = labels("\x07\x03");

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

// A set whose training part holds one image of 3 x 2 and whose test part another.
void write_emnist(const TempFolder& folder, const std::string& part, const std::string& train_label,
                  const std::string& test_label) {
  const std::string columns = images(1, 3, 2, "\x01\x04\x02\x05\x03\x06");
  folder.write("emnist-" + part + "-train-images-idx3-ubyte.gz", gzipped(columns));
  folder.write("emnist-" + part + "-train-labels-idx1-ubyte.gz", gzipped(labels(train_label)));
  folder.write("emnist-" + part + "-test-images-idx3-ubyte", columns);
  folder.write("emnist-" + part + "-test-labels-idx1-ubyte", labels(test_label));
}

BOOST_AUTO_TEST_CASE(emnist_is_turned_upright) {
  const TempFolder folder;
  write_emnist(folder, "digits", "\x09", "\x01");
  const Split parts = load_emnist("digits", folder.path());
  std::vector<double> expected;
  for (int pixel = 1; pixel <= 6; ++pixel) expected.push_back(static_cast<float>(pixel) / 255.0F);
  for (const Dataset* part : {&parts.train, &parts.test})
    BOOST_TEST(part->inputs.to_vector() == expected, boost::test_tools::per_element());
  BOOST_TEST(parts.train.class_name(9) == "9");
  BOOST_TEST(parts.train.name == "emnist-digits");
}

BOOST_AUTO_TEST_CASE(the_letters_of_emnist_are_counted_from_1_in_the_file) {
  const TempFolder folder;
  write_emnist(folder, "letters", "\x01", "\x1A");
  const Split parts = load_image_set("emnist-letters", folder.path());
  BOOST_TEST(parts.train.classes == 26);
  BOOST_TEST(parts.train.labels.item() == 0);
  BOOST_TEST(parts.train.class_name(0) == "A");
  BOOST_TEST(parts.test.class_name(25) == "Z");
}

BOOST_AUTO_TEST_CASE(the_classes_of_emnist_are_characters) {
  const TempFolder folder;
  write_emnist(folder, "byclass", "\x3D", "\x0A");
  BOOST_TEST(load_emnist("byclass", folder.path()).train.class_name(61) == "z");
  write_emnist(folder, "balanced", "\x2E", "\x24");
  const Dataset merged = load_emnist("balanced", folder.path()).train;
  BOOST_TEST(merged.classes == 47);
  BOOST_TEST(merged.class_name(35) == "Z");
  BOOST_TEST(merged.class_name(36) == "a");
  BOOST_TEST(merged.class_name(38) == "d");
  BOOST_TEST(merged.class_name(46) == "t");
}

BOOST_AUTO_TEST_CASE(the_labels_of_qmnist_are_tables) {
  const TempFolder folder;
  for (const std::string part : {"train", "test"}) {
    folder.write("QMNIST/raw/qmnist-" + part + "-images-idx3-ubyte", images(1, 1, 2, "ab"));
    folder.write("QMNIST/raw/qmnist-" + part + "-labels-idx2-int.gz",
                 gzipped(header({0xC02, 1, 8, 6, 0, 3000, 1, 2, 3, 4, 5})));
  }
  const Split parts = load_qmnist(folder.path());
  BOOST_TEST(parts.train.labels.item() == 6);
  BOOST_TEST(parts.test.size() == 1);
  BOOST_TEST(parts.test.classes == 10);
}

BOOST_AUTO_TEST_CASE(files_are_known_by_their_names) {
  BOOST_TEST(image_set_of("d/emnist-letters-train-images-idx3-ubyte.gz") == "emnist-letters");
  BOOST_TEST(image_set_of("qmnist-test-labels-idx2-int") == "qmnist");
  BOOST_TEST(image_set_of("t10k-images-idx3-ubyte") == "mnist");
  for (const char* other :
       {"train.csv", "emnist-letters-mapping.txt", "test-images-idx3-ubyte", ""})
    BOOST_TEST(image_set_of(other) == "", other);
}

BOOST_AUTO_TEST_CASE(an_unknown_set_is_refused) {
  BOOST_TEST(
      refusal([] { load_emnist("leters"); }) ==
      "[idx] there is no set of images emnist-leters (did you mean emnist-letters?); expected "
      "one of mnist, qmnist, emnist-balanced, emnist-byclass, emnist-bymerge, "
      "emnist-digits, emnist-letters, emnist-mnist");
}

}  // namespace
}  // namespace tapestry::nn
