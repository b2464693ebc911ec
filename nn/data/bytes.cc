#include "nn/data/bytes.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tapestry::nn {
using namespace detail;

constexpr std::size_t kBlock = std::size_t{1} << 16;

struct ByteReader::File {
  explicit File(const std::string& path) : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const int descriptor;
  std::array<unsigned char, kBlock> block;
};

struct ByteReader::Gunzip {
  // The packed bytes, as Boost.Iostreams wants to read them.
  struct Source {
    using char_type = char;
    using category = boost::iostreams::source_tag;

    std::streamsize read(char* out, std::streamsize size) {
      const std::size_t count =
          reader->take({reinterpret_cast<unsigned char*>(out), static_cast<std::size_t>(size)});
      return count ? static_cast<std::streamsize>(count) : -1;
    }

    ByteReader* reader;
  };

  explicit Gunzip(ByteReader* reader)
      : source{reader}, filter(boost::iostreams::gzip::default_window_bits, kBlock) {}

  Source source;
  boost::iostreams::gzip_decompressor filter;
};

ByteReader::ByteReader(std::string_view who, const std::string& file) : who_(who), name_(file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) refuse("is a folder; expected a file");
  file_ = std::make_unique<File>(file);
  if (file_->descriptor < 0)
    refuse("cannot be opened ({}); expected a file", std::generic_category().message(errno));
  open();
}

ByteReader::ByteReader(std::string_view who, std::string name, std::span<const unsigned char> bytes)
    : who_(who), name_(std::move(name)), rest_(bytes) {
  open();
}

ByteReader::~ByteReader() = default;

void ByteReader::open() {
  refill();
  if (rest_.size() >= 2 && rest_[0] == 0x1F && rest_[1] == 0x8B)
    gunzip_ = std::make_unique<Gunzip>(this);
}

// A pipe gives a few bytes at a time: the block is filled before anything is made of it.
void ByteReader::refill() {
  if (!file_) return;
  std::size_t filled = 0;
  while (filled < kBlock) {
    const ssize_t count = ::read(file_->descriptor, file_->block.data() + filled, kBlock - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      refuse("cannot be read after {} bytes ({}); expected a file that can be read to its end",
             passed_ + filled, std::generic_category().message(errno));
    }
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  passed_ += filled;
  rest_ = std::span(file_->block).first(filled);
}

std::size_t ByteReader::take(std::span<unsigned char> out) {
  if (rest_.empty()) refill();
  const std::size_t count = std::min(out.size(), rest_.size());
  std::copy_n(rest_.begin(), count, out.begin());
  rest_ = rest_.subspan(count);
  return count;
}

std::size_t ByteReader::read(std::span<unsigned char> out) {
  std::size_t filled = 0;
  try {
    while (filled < out.size()) {
      const auto free = out.subspan(filled);
      const std::streamsize count =
          gunzip_ ? gunzip_->filter.read(gunzip_->source, reinterpret_cast<char*>(free.data()),
                                         static_cast<std::streamsize>(free.size()))
                  : static_cast<std::streamsize>(take(free));
      if (count <= 0) break;
      filled += static_cast<std::size_t>(count);
    }
  } catch (const boost::iostreams::gzip_error&) {
    refuse("the gzip data is damaged or cut off; expected a whole gzip file");
  }
  return filled;
}

}  // namespace tapestry::nn
