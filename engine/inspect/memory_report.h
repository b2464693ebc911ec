// What a tape keeps alive for its reverse sweeps, by operation and source line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/tape/tape.h"

namespace tapestry {

struct SavedTensor {
  NodeId node;  // that keeps it
  std::string op;
  Shape shape;
  DType dtype;
  std::size_t bytes;  // of its memory; 0 when a tensor listed before shares it
  detail::Site site;
  std::string scope;
};

struct MemoryReport {
  std::vector<SavedTensor> saved;  // in recording order
  std::size_t bytes = 0;           // of all, memory that several share counted once
  std::string text() const;        // a table, the largest first; the like of one line are one row
};

MemoryReport memory_report(const Tape& tape);

}  // namespace tapestry

template <>
struct fmt::formatter<tapestry::MemoryReport> : tapestry::detail::TextFormatter {
  auto format(const tapestry::MemoryReport& report, format_context& context) const {
    return tapestry::detail::TextFormatter::format(report.text(), context);
  }
};
