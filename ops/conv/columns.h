// Convolutions as products of matrices: what the windows see is written out as the columns of a
// matrix, a stretch of positions at a time so that it stays in the cache, and multiplied by the
// weight.
#pragma once

#include "ops/conv/products.h"

namespace tapestry::detail {

// As conv_product, for extents that are all positive.
template <class T>
void column_product(Role role, const ConvGeometry& geometry, const ConvPlaces<T>& places);

}  // namespace tapestry::detail
