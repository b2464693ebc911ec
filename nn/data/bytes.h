// The bytes of a file or of memory, one after the other, a block at a time; gzip is recognised by
// its first two bytes and unpacked. A reader also speaks for its source: refuse() names it.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/error.h"

namespace tapestry::nn {

class ByteReader {
 public:
  // Errors are given in the name of `who`. Error when the file cannot be read.
  ByteReader(std::string_view who, const std::string& file);
  // `bytes` must outlive the reader.
  ByteReader(std::string_view who, std::string name, std::span<const unsigned char> bytes);
  ~ByteReader();
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;

  // Fills `out`, or as much of it as there is: fewer bytes only at the end. Error when the system
  // cannot read on, and when gzip is damaged.
  std::size_t read(std::span<unsigned char> out);

  const std::string& name() const { return name_; }

  // Throws Error with the text "[who] name: what".
  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> what, Args&&... args) const {
    detail::raise_error(who_, name_ + ": " + fmt::format(what, std::forward<Args>(args)...));
  }

 private:
  struct Gunzip;
  struct File;

  void open();
  // Up to out.size() bytes as the source holds them, packed or not; none at the end.
  std::size_t take(std::span<unsigned char> out);
  void refill();

  std::string who_, name_;
  std::unique_ptr<File> file_;           // null for memory
  std::span<const unsigned char> rest_;  // what was read and not yet taken
  std::size_t passed_ = 0;               // bytes of the file that were read
  std::unique_ptr<Gunzip> gunzip_;
};

}  // namespace tapestry::nn
