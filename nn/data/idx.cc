#include "nn/data/idx.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "engine/parallel.h"
#include "nn/data/bytes.h"

namespace tapestry::nn {
using namespace detail;
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kUnsignedBytes =
    0x800;  // the element type; the number of axes is added to it
constexpr std::size_t kChunk = std::size_t{1} << 20;

std::uint32_t big_endian(const unsigned char* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}

// The extents, `axes` of them. `what` names the contents in errors.
std::vector<std::int64_t> read_header(ByteReader& bytes, std::uint32_t axes, const char* what) {
  std::vector<unsigned char> header(4 + 4 * axes);
  const std::size_t count = bytes.read(header);
  if (count >= 4 && big_endian(header.data()) != kUnsignedBytes + axes) {
    bytes.refuse("the magic number is 0x{:08x}; expected 0x{:08x}, {} as unsigned bytes",
                 big_endian(header.data()), kUnsignedBytes + axes, what);
  }
  if (count < header.size())
    bytes.refuse("ends after {} bytes; expected a header of {}", count, header.size());
  std::vector<std::int64_t> extents;
  for (std::size_t i = 4; i < header.size(); i += 4)
    extents.push_back(big_endian(header.data() + i));
  return extents;
}

// The bytes after the header, in pieces of kChunk that are made only as their bytes arrive: what a
// header claims costs nothing until it is there. `expected` tells of the claim in errors.
class Payload {
 public:
  Payload(ByteReader& bytes, std::int64_t size, const std::string& expected) {
    const auto end = static_cast<std::size_t>(size);
    for (std::size_t first = 0; first < end; first += kChunk) {
      const std::size_t wanted = std::min(kChunk, end - first);
      auto chunk = std::make_unique_for_overwrite<unsigned char[]>(wanted);
      const std::size_t count = bytes.read({chunk.get(), wanted});
      if (count < wanted)
        bytes.refuse("ends after {} of {} bytes; expected {}", first + count, size, expected);
      chunks_.push_back(std::move(chunk));
    }
    unsigned char more = 0;  // reading on also makes gzip compare its checksum
    if (bytes.read({&more, 1}) > 0) bytes.refuse("goes on after its end; expected {}", expected);
  }

  unsigned char operator[](std::int64_t i) const {
    const auto at = static_cast<std::size_t>(i);
    return chunks_[at / kChunk][at % kChunk];
  }

  // Calls f(first, bytes) for stretches that lie together, on several threads.
  template <class F>
  void for_each_stretch(std::int64_t size, F&& f) const {
    const auto end = static_cast<std::size_t>(size);
    parallel_for(static_cast<std::int64_t>(chunks_.size()), kChunk, [&](auto first, auto last) {
      for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
        f(i * kChunk, std::span(chunks_[i].get(), std::min(kChunk, end - i * kChunk)));
      }
    });
  }

 private:
  std::vector<std::unique_ptr<unsigned char[]>> chunks_;
};

// The file of that name, or gzipped, in the folder or in mnist below it.
fs::path find(const fs::path& folder, const std::string& name) {
  for (const fs::path& place : {folder, folder / "mnist"}) {
    for (const char* ending : {"", ".gz"}) {
      fs::path file = place / (name + ending);
      std::error_code ignored;
      if (fs::exists(file, ignored)) return file;
    }
  }
  refuse("idx", "{}: not found; expected it there, as .gz, or in the folder mnist beside it",
         (folder / name).string());
}

Dataset load_part(const fs::path& folder, const std::string& part) {
  Dataset dataset = load_idx(find(folder, part + "-images-idx3-ubyte"),
                             find(folder, part + "-labels-idx1-ubyte"));
  dataset.name = "mnist";
  return dataset;
}

}  // namespace

Tensor read_idx_images(const std::string& file) {
  ByteReader bytes("idx", file);
  const auto extents = read_header(bytes, 3, "images");
  const std::string expected =
      fmt::format("{} images of {} x {}", extents[0], extents[1], extents[2]);
  std::int64_t features = 0, size = 0;
  if (__builtin_mul_overflow(extents[1], extents[2], &features) ||
      __builtin_mul_overflow(extents[0], features, &size) ||
      size > std::numeric_limits<std::int64_t>::max() / 4)
    bytes.refuse("its header claims {}; expected no more than a file can hold", expected);

  const Payload payload(bytes, size, expected);
  Tensor images = Tensor::uninitialized({extents[0], features}, DType::f32);
  float* out = images.mutable_data<float>();
  payload.for_each_stretch(size, [&](std::size_t first, std::span<const unsigned char> stretch) {
    std::transform(stretch.begin(), stretch.end(), out + first,
                   [](unsigned char pixel) { return static_cast<float>(pixel) / 255.0F; });
  });
  return images;
}

Tensor read_idx_labels(const std::string& file, std::int64_t classes) {
  ByteReader bytes("idx", file);
  const std::int64_t count = read_header(bytes, 1, "labels")[0];
  const Payload payload(bytes, count, fmt::format("{} labels", count));
  Tensor labels = Tensor::uninitialized({count}, DType::i64);
  for (std::int64_t i = 0; i < count; ++i) {
    if (payload[i] >= classes)
      bytes.refuse("label {} is {}; expected 0 to {}", i, payload[i], classes - 1);
    labels.mutable_data<std::int64_t>()[i] = payload[i];
  }
  return labels;
}

Dataset load_idx(const std::string& images, const std::string& labels, std::int64_t classes) {
  Dataset dataset{"idx", read_idx_images(images), read_idx_labels(labels, classes), classes};
  if (dataset.labels.size() != dataset.size()) {
    refuse("idx", "{}: holds {} labels; expected {}, one for each image of {}", labels,
           dataset.labels.size(), dataset.size(), images);
  }
  return dataset;
}

Split load_mnist(const std::string& folder) {
  const char* variable = std::getenv("TAPESTRY_DATA");  // NOLINT: nobody changes it meanwhile
  if (folder.empty() && (!variable || !*variable))
    refuse("idx", "no folder was given; expected one, or TAPESTRY_DATA to name it");
  const fs::path place = folder.empty() ? variable : folder;
  Split parts{load_part(place, "train"), load_part(place, "t10k")};
  const std::int64_t train = parts.train.inputs.shape()[1], test = parts.test.inputs.shape()[1];
  if (train != test) {
    refuse("idx", "{}: its test images have {} pixels; expected {}, as its training images have",
           place.string(), test, train);
  }
  return parts;
}

}  // namespace tapestry::nn
