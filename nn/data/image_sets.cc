#include "nn/data/image_sets.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/spelling.h"
#include "nn/data/idx.h"

namespace tapestry::nn {
using namespace detail;
namespace {

namespace fs = std::filesystem;

// What the names of a set's files are made of: prefix, part, and an ending.
struct ImageSet {
  std::string_view name, prefix, test, labels;
  std::string_view characters;  // of the classes; empty where they are the digits
  std::int64_t first_label = 0;
  IdxOrder order = IdxOrder::rows;
};

constexpr std::string_view kImages = "-images-idx3-ubyte", kLabels = "-labels-idx1-ubyte";
constexpr std::string_view kCharacters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// Letters whose small form looks like the capital are one class with it.
constexpr std::string_view kMerged = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt";

constexpr ImageSet emnist(std::string_view name, std::string_view prefix,
                          std::string_view characters, std::int64_t first_label = 0) {
  return {name, prefix, "test", kLabels, characters, first_label, IdxOrder::columns};
}

constexpr std::array kSets{
    ImageSet{"mnist", "", "t10k", kLabels, "", 0, IdxOrder::rows},
    ImageSet{"qmnist", "qmnist-", "test", "-labels-idx2-int", "", 0, IdxOrder::rows},
    emnist("emnist-balanced", "emnist-balanced-", kMerged),
    emnist("emnist-byclass", "emnist-byclass-", kCharacters),
    emnist("emnist-bymerge", "emnist-bymerge-", kMerged),
    emnist("emnist-digits", "emnist-digits-", ""),
    emnist("emnist-letters", "emnist-letters-", kCharacters.substr(10, 26), 1),
    emnist("emnist-mnist", "emnist-mnist-", ""),
};

constexpr auto kNames = [] {
  std::array<std::string_view, kSets.size()> names{};
  std::ranges::transform(kSets, names.begin(), &ImageSet::name);
  return names;
}();

// Folders that people and other programs make below: as the set is named, EMNIST's own, and
// torchvision's.
std::vector<fs::path> places_of(const ImageSet& set, const fs::path& folder) {
  const std::string family(set.name.substr(0, set.name.find('-')));
  std::string upper(family);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  std::vector<fs::path> places{folder, folder / family, folder / upper / "raw"};
  if (family == "emnist") places.insert(places.begin() + 1, folder / "gzip");
  return places;
}

// The file of that name, or gzipped, in one of its places.
std::string find(const ImageSet& set, const fs::path& folder, const std::string& name) {
  const auto places = places_of(set, folder);
  for (const fs::path& place : places) {
    for (const char* ending : {"", ".gz"}) {
      fs::path file = place / (name + ending);
      std::error_code ignored;
      if (fs::exists(file, ignored)) return file.string();
    }
  }
  refuse("idx", "{}: not found; expected it there, as .gz, or in the folder {} beside it",
         (folder / name).string(), places.end()[-2].filename().string());
}

Dataset load_part(const ImageSet& set, const fs::path& folder, std::string_view part) {
  const std::string start = fmt::format("{}{}", set.prefix, part);
  const auto classes =
      set.characters.empty() ? std::int64_t{10} : static_cast<std::int64_t>(set.characters.size());
  const std::string images = find(set, folder, start + std::string(kImages));
  const std::string labels = find(set, folder, start + std::string(set.labels));
  Dataset dataset = load_idx(
      images, labels, {.classes = classes, .first_label = set.first_label, .order = set.order});
  dataset.name = set.name;
  for (const char c : set.characters) dataset.class_names.emplace_back(1, c);
  return dataset;
}

}  // namespace

std::span<const std::string_view> image_set_names() { return kNames; }

Split load_image_set(std::string_view name, const std::string& folder, Site site) {
  const CallSite call(site);
  const auto* const set = std::ranges::find(kSets, name, &ImageSet::name);
  if (set == kSets.end())
    refuse("idx", "there is no set of images {}{}; expected one of {}", name,
           detail::did_you_mean(name, kNames), detail::joined(kNames, ", "));
  const char* variable = std::getenv("TAPESTRY_DATA");  // NOLINT: no other thread sets it
  if (folder.empty() && (!variable || !*variable))
    refuse("idx", "no folder was given; expected one, or TAPESTRY_DATA to name it");
  const fs::path place = folder.empty() ? variable : folder;
  Split parts{load_part(*set, place, "train"), load_part(*set, place, set->test)};
  const std::int64_t train = parts.train.inputs.shape()[1], test = parts.test.inputs.shape()[1];
  if (train != test) {
    refuse("idx", "{}: its test images have {} pixels; expected {}, as its training images have",
           place.string(), test, train);
  }
  return parts;
}

Split load_mnist(const std::string& folder, Site site) {
  return load_image_set("mnist", folder, site);
}
Split load_qmnist(const std::string& folder, Site site) {
  return load_image_set("qmnist", folder, site);
}
Split load_emnist(std::string_view part, const std::string& folder, Site site) {
  return load_image_set(fmt::format("emnist-{}", part), folder, site);
}

std::string_view image_set_of(const std::string& file) {
  std::string name = fs::path(file).filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  for (const ImageSet& set : kSets)
    for (const std::string_view part : {std::string_view("train"), set.test})
      for (const std::string_view ending : {kImages, set.labels})
        if (name == fmt::format("{}{}{}", set.prefix, part, ending)) return set.name;
  return {};
}

}  // namespace tapestry::nn
