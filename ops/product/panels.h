// Products of matrices from operands that were copied into panels.
//
// The basic idea, Goto's (K. Goto, R. van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication", ACM TOMS 34, 2008): a small tile of the result stays in registers while a
// stretch of the inner axis is gone through, and both operands lie in memory in the order in which
// that reads them. An element is the sum over its stretches, in order, and within one over k, in
// order, whatever tile it is part of: its bits do not depend on how the result is cut.
#pragma once

#include <cstdint>

#include "ops/product/matrix.h"

namespace tapestry::detail {

// The longest stretch.
inline constexpr std::int64_t kStretch = 384;

// A part of the result, and the panels of one stretch that make it.
template <class T>
struct Part {
  std::int64_t rows, columns, depth;  // depth <= kStretch
  const T* left;
  bool left_by_rows;
  const T* right;
  std::int64_t right_depth;  // of its panels, of which the first `depth` lines are meant
  T* c;
  std::int64_t leading;  // of c, which is row-major
  bool add;              // to c; else c is written
};

// Kernels for this processor. A panel of the left operand has `rows` rows, one of the right operand
// `columns` columns; what the operand lacks of the last of them is filled with 0.
template <class T>
struct PanelKernels {
  std::int64_t rows, columns;
  // Panels one after the other. One of the left operand takes rows * kStretch elements, whatever
  // its depth; one of the right operand columns * depth.
  void (*pack_left)(Matrix<T> a, std::int64_t rows, std::int64_t depth, T* panels);
  void (*pack_right)(Matrix<T> b, std::int64_t columns, std::int64_t depth, T* panels);
  void (*multiply)(const Part<T>& part);
};
const PanelKernels<float>& panel_kernels(float);
const PanelKernels<double>& panel_kernels(double);

}  // namespace tapestry::detail
