// The bytes of a file or of memory, one after the other; gzip is recognised by its first two bytes
// and unpacked. A reader also speaks for its source: refuse() names it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/error.h"

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

  // Fills `out`, or as much of it as there is: fewer bytes only at the end. Error when gzip is
  // damaged.
  std::size_t read(std::span<unsigned char> out);
  std::string read_all();

  const std::string& name() const { return name_; }

  // Throws Error with the text "[who] name: what".
  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> what, Args&&... args) const {
    detail::raise_error(who_, name_ + ": " + fmt::format(what, std::forward<Args>(args)...));
  }

 private:
  struct Gunzip;

  void open();

  std::string who_, name_;
  std::vector<unsigned char> owned_;
  std::span<const unsigned char> rest_;  // of bytes that are not packed
  std::unique_ptr<Gunzip> gunzip_;
};

}  // namespace tapestry::nn
