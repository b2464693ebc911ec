// Where the numbers lie does not matter: transposed, sliced, backwards, offset and repeated inputs
// give what row-major ones give. Elementwise functions and views to the bit; where elements are
// added the order may follow the strides, and rounding with it.
#include <algorithm>
#include <limits>

#include "tests/ops/properties/outcome.h"
#include "tests/support/differences.h"

namespace tapestry::test {
using namespace detail;
namespace {

struct Layout {
  Strides strides;
  std::int64_t offset, elements;  // of the block that holds it
};

Layout columns_first(const Shape& shape) {
  Strides strides(shape.rank(), 1);
  for (int axis = 1; axis < shape.rank(); ++axis)
    strides[axis] = strides[axis - 1] * shape[axis - 1];
  return {strides, 0, shape.size()};
}

Layout every_second(const Shape& shape) {
  Strides strides = row_major(shape);
  for (int axis = 0; axis < shape.rank(); ++axis) strides[axis] *= 2;
  return {strides, 0, 2 * shape.size()};
}

Layout backwards(const Shape& shape) {
  Strides strides = row_major(shape);
  for (int axis = 0; axis < shape.rank(); ++axis) strides[axis] *= -1;
  return {strides, shape.size() - 1, shape.size()};
}

// A part of wider rows.
Layout inside(const Shape& shape) {
  if (shape.rank() == 0) return {{}, 3, 5};
  Shape wide = shape;
  wide[shape.rank() - 1] += 3;
  return {row_major(wide), 2, wide.size()};
}

// Slices of the first axis all in one place.
Layout repeated(const Shape& shape) {
  Strides strides = row_major(shape);
  if (shape.rank() > 0) strides[0] = 0;
  return {strides, 0, shape.size()};
}

constexpr std::pair<std::string_view, Layout (*)(const Shape&)> kLayouts[] = {
    {"transposed", columns_first},
    {"every second", every_second},
    {"backwards", backwards},
    {"inside a larger one", inside},
    {"repeated", repeated}};

// What must never be read.
template <class T>
T poison() {
  if constexpr (std::is_same_v<T, bool>) return true;
  if constexpr (std::numeric_limits<T>::has_quiet_NaN) return std::numeric_limits<T>::quiet_NaN();
  return static_cast<T>(std::int64_t{1} << 40);
}

Tensor laid_out(const Tensor& x, const Layout& layout) {
  Tensor block = Tensor::uninitialized({layout.elements}, x.dtype());
  visit(x.dtype(), [&]<class T>(std::type_identity<T>) {
    T* data = block.mutable_data<T>();
    std::fill(data, data + layout.elements, poison<T>());
    const Tensor rows = x.contiguous();
    for (std::int64_t i = 0; i < x.size(); ++i) {
      std::int64_t at = layout.offset;
      for (std::int64_t axis = x.rank() - 1, rest = i; axis >= 0; --axis) {
        const int a = static_cast<int>(axis);
        at += rest % x.shape()[a] * layout.strides[a];
        rest /= x.shape()[a];
      }
      data[at] = rows.data<T>()[i];
    }
  });
  return block.view(x.shape(), layout.strides, layout.offset);
}

void strided_inputs(const OpInfo& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    for (const auto& [name, layout] : kLayouts) {
      Tensors strided, plain;
      for (const Tensor& x : sample.inputs) {
        strided.push_back(laid_out(x, layout(x.shape())));
        plain.push_back(copy_of(strided.back()));
      }
      const Outcome got = run(sample, strided), expected = run(sample, plain);
      if (same_bits(got, expected)) {
        findings.check(true, "");
        continue;
      }
      const double error = distance(got, expected);
      findings.check(error < (on_the_page(record.name) ? 0 : 1e-14), "{} inputs: off by {:.1e}",
                     name, error);
    }
  });
}

}  // namespace

std::vector<Property> layout_properties() { return {{"strided_inputs", strided_inputs}}; }

}  // namespace tapestry::test
