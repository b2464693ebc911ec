// Convolutions of floats by oneDNN, which is held to one thread: pieces are cut by the geometry
// alone. Its primitives are kept, for making one costs far more than running it.
#pragma once

#include "ops/conv/products.h"

namespace tapestry::detail {

// As conv_product, for extents that are all positive. False, and nothing is done, where oneDNN has
// no fast code for this geometry.
bool primitive_product(Role role, const ConvGeometry& geometry, const ConvPlaces<float>& places);

}  // namespace tapestry::detail
