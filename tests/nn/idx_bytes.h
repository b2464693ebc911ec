// IDX files as bytes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

namespace tapestry::nn {

inline std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

inline std::string header(std::initializer_list<std::uint32_t> words) {
  std::string bytes;
  for (const std::uint32_t word : words) bytes += big_endian(word);
  return bytes;
}

inline std::string images(std::uint32_t count, std::uint32_t height, std::uint32_t width,
                          const std::string& pixels) {
  return header({0x803, count, height, width}) + pixels;
}

inline std::string labels(const std::string& classes) {
  return header({0x801, static_cast<std::uint32_t>(classes.size())}) + classes;
}

}  // namespace tapestry::nn
