#include "nn/data/idx.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/parallel.h"
#include "nn/data/bytes.h"

namespace tapestry::nn {
using namespace detail;
namespace {

constexpr std::uint32_t kImages = 0x803, kLabels = 0x801;  // of unsigned bytes, in 3 axes and in 1
constexpr std::uint32_t kLabelTable = 0xC02;               // of 32-bit integers, in 2 axes
constexpr std::size_t kChunk = std::size_t{1} << 20;

std::uint32_t big_endian(const unsigned char* p) {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}

// The first word of a header of `size` bytes.
std::uint32_t read_magic(ByteReader& bytes, std::size_t size) {
  std::array<unsigned char, 4> magic{};
  const std::size_t count = bytes.read(magic);
  if (count < magic.size())
    bytes.refuse("ends after {} bytes; expected a header of {}", count, size);
  return big_endian(magic.data());
}

// The extents that follow the magic number, `axes` of them.
std::vector<std::int64_t> read_extents(ByteReader& bytes, std::uint32_t axes) {
  std::vector<unsigned char> header(4 * axes);
  const std::size_t count = bytes.read(header);
  if (count < header.size())
    bytes.refuse("ends after {} bytes; expected a header of {}", 4 + count, 4 + header.size());
  std::vector<std::int64_t> extents;
  for (std::size_t i = 0; i < header.size(); i += 4)
    extents.push_back(big_endian(header.data() + i));
  return extents;
}

// How many bytes that is. `claimed` tells of it in errors.
std::int64_t payload_size(ByteReader& bytes, const std::vector<std::int64_t>& extents,
                          std::int64_t element, const std::string& claimed) {
  std::int64_t size = element;
  for (const std::int64_t extent : extents) {
    // An extent of 0 makes no others small.
    if (__builtin_mul_overflow(size, std::max<std::int64_t>(extent, 1), &size) ||
        size > kLargestIdx)
      bytes.refuse("its header claims {}; expected no more than {} bytes", claimed, kLargestIdx);
  }
  return std::ranges::count(extents, 0) ? 0 : size;
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

  std::uint32_t word(std::int64_t i) const {
    const unsigned char bytes[] = {(*this)[i], (*this)[i + 1], (*this)[i + 2], (*this)[i + 3]};
    return big_endian(bytes);
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

// Images of height x width from images of width x height.
Tensor transposed_images(const Tensor& images, std::int64_t height, std::int64_t width) {
  const std::int64_t count = images.shape()[0];
  return images.view({count, height, width}, {height * width, 1, height})
      .contiguous()
      .view({count, height * width}, {height * width, 1});
}

}  // namespace

Tensor read_idx_images(const std::string& file, IdxOrder order, Site site) {
  const CallSite call(site);
  ByteReader bytes("idx", file);
  if (const std::uint32_t magic = read_magic(bytes, 16); magic != kImages)
    bytes.refuse("the magic number is 0x{:08x}; expected 0x{:08x}, images as unsigned bytes", magic,
                 kImages);
  const auto extents = read_extents(bytes, 3);
  const std::string claimed =
      fmt::format("{} images of {} x {}", extents[0], extents[1], extents[2]);
  const std::int64_t size = payload_size(bytes, extents, 1, claimed);
  const std::int64_t features = extents[1] * extents[2];

  const Payload payload(bytes, size, claimed);
  Tensor images = Tensor::uninitialized({extents[0], features}, DType::f32);
  float* out = images.mutable_data<float>();
  payload.for_each_stretch(size, [&](std::size_t first, std::span<const unsigned char> stretch) {
    std::transform(stretch.begin(), stretch.end(), out + first,
                   [](unsigned char pixel) { return static_cast<float>(pixel) / 255.0F; });
  });
  return order == IdxOrder::rows ? images : transposed_images(images, extents[2], extents[1]);
}

Tensor read_idx_labels(const std::string& file, std::int64_t classes, std::int64_t first,
                       Site site) {
  const CallSite call(site);
  ByteReader bytes("idx", file);
  if (classes < 1) bytes.refuse("the number of classes is {}; expected at least 1", classes);
  const std::uint32_t magic = read_magic(bytes, 8);
  if (magic != kLabels && magic != kLabelTable) {
    bytes.refuse(
        "the magic number is 0x{:08x}; expected 0x{:08x}, labels as unsigned bytes, or "
        "0x{:08x}, tables of them as 32-bit integers",
        magic, kLabels, kLabelTable);
  }
  const bool table = magic == kLabelTable;
  const auto extents = read_extents(bytes, table ? 2 : 1);
  const std::int64_t count = extents[0];
  const std::string claimed = table ? fmt::format("{} rows of {} integers", count, extents[1])
                                    : fmt::format("{} labels", count);
  if (table && extents[1] == 0)
    bytes.refuse("its header claims {}; expected a label in each", claimed);
  const std::int64_t size = payload_size(bytes, extents, table ? 4 : 1, claimed);

  const Payload payload(bytes, size, claimed);
  Tensor labels = Tensor::uninitialized({count}, DType::i64);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t at = i * (size / std::max<std::int64_t>(count, 1));
    const std::int64_t label =
        table ? static_cast<std::int32_t>(payload.word(at)) : std::int64_t{payload[at]};
    if (label < first || label >= first + classes)
      bytes.refuse("label {} is {}; expected {} to {}", i, label, first, first + classes - 1);
    labels.mutable_data<std::int64_t>()[i] = label - first;
  }
  return labels;
}

Dataset load_idx(const std::string& images, const std::string& labels, const IdxOptions& options,
                 Site site) {
  const CallSite call(site);
  Dataset dataset{"idx", read_idx_images(images, options.order),
                  read_idx_labels(labels, options.classes, options.first_label), options.classes};
  if (dataset.labels.size() != dataset.size()) {
    refuse("idx", "{}: holds {} labels; expected {}, one for each image of {}", labels,
           dataset.labels.size(), dataset.size(), images);
  }
  return dataset;
}

Dataset load_idx(const std::string& images, const std::string& labels, std::int64_t classes,
                 Site site) {
  const CallSite call(site);
  return load_idx(images, labels, IdxOptions{.classes = classes});
}

}  // namespace tapestry::nn
