#include "nn/data/digits.h"

#include <algorithm>

#include "nn/data/bytes.h"
#include "nn/data/csv.h"
#include "nn/data/digits_bytes.h"

namespace tapestry::nn {

Dataset load_digits() {
  constexpr float kInk = 16;  // of a full pixel
  ByteReader bytes("csv", "digits", digits_bytes());
  Dataset digits = read_csv(bytes, {.header = CsvHeader::absent, .classes = 10});
  float* pixels = digits.inputs.mutable_data<float>();
  std::transform(pixels, pixels + digits.inputs.size(), pixels,
                 [](float pixel) { return pixel / kInk; });
  return digits;
}

}  // namespace tapestry::nn
