// The file digits.csv.gz, byte for byte; the build turns it into source.
#pragma once

#include <span>

namespace tapestry::nn {

std::span<const unsigned char> digits_bytes();

}  // namespace tapestry::nn
