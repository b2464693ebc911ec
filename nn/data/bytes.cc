#include "nn/data/bytes.h"

#include <algorithm>
#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace tapestry::nn {
using namespace detail;
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 16;

// Takes up to out.size() bytes from the front of `rest` and returns how many.
std::size_t take(std::span<const unsigned char>& rest, std::span<unsigned char> out) {
  const std::size_t count = std::min(out.size(), rest.size());
  std::copy_n(rest.begin(), count, out.begin());
  rest = rest.subspan(count);
  return count;
}

// Memory, as Boost.Iostreams wants to read it.
struct MemorySource {
  using char_type = char;
  using category = boost::iostreams::source_tag;

  std::streamsize read(char* out, std::streamsize size) {
    const std::size_t count =
        take(rest, {reinterpret_cast<unsigned char*>(out), static_cast<std::size_t>(size)});
    return count ? static_cast<std::streamsize>(count) : -1;
  }

  std::span<const unsigned char> rest;
};

}  // namespace

struct ByteReader::Gunzip {
  explicit Gunzip(std::span<const unsigned char> packed)
      : source{packed}, filter(boost::iostreams::gzip::default_window_bits, kBlock) {}

  MemorySource source;
  boost::iostreams::gzip_decompressor filter;
};

ByteReader::ByteReader(std::string_view who, const std::string& file) : who_(who), name_(file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) refuse("is a folder; expected a file");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    refuse("cannot be opened ({}); expected a file", std::generic_category().message(errno));
  std::size_t filled = 0;
  do {
    owned_.resize(filled + std::max(filled, kBlock));
    filled += static_cast<std::size_t>(
        stream.rdbuf()->sgetn(reinterpret_cast<char*>(owned_.data()) + filled,
                              static_cast<std::streamsize>(owned_.size() - filled)));
  } while (filled == owned_.size());
  owned_.resize(filled);
  rest_ = owned_;
  open();
}

ByteReader::ByteReader(std::string_view who, std::string name, std::span<const unsigned char> bytes)
    : who_(who), name_(std::move(name)), rest_(bytes) {
  open();
}

ByteReader::~ByteReader() = default;

void ByteReader::open() {
  if (rest_.size() >= 2 && rest_[0] == 0x1F && rest_[1] == 0x8B)
    gunzip_ = std::make_unique<Gunzip>(rest_);
}

std::size_t ByteReader::read(std::span<unsigned char> out) {
  if (!gunzip_) return take(rest_, out);
  std::size_t filled = 0;
  try {
    while (filled < out.size()) {
      const std::streamsize count =
          gunzip_->filter.read(gunzip_->source, reinterpret_cast<char*>(out.data()) + filled,
                               static_cast<std::streamsize>(out.size() - filled));
      if (count < 0) break;
      filled += static_cast<std::size_t>(count);
    }
  } catch (const boost::iostreams::gzip_error&) {
    refuse("the gzip data is damaged or cut off; expected a whole gzip file");
  }
  return filled;
}

std::string ByteReader::read_all() {
  std::string text;
  std::size_t filled = 0;
  do {
    text.resize(filled + std::max(filled, kBlock));
    filled += read({reinterpret_cast<unsigned char*>(text.data()) + filled, text.size() - filled});
  } while (filled == text.size());
  text.resize(filled);
  return text;
}

}  // namespace tapestry::nn
