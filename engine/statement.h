// The hot path onto the tape for scalar statements: a writer that puts leaf ids, constants and the
// value straight into the tape's streams.
#pragma once

#include "engine/anomaly.h"
#include "engine/tape.h"
#include "engine/tape_storage.h"

namespace tapestry::detail {

extern constinit thread_local Tape* recording;

class StatementWriter {
 public:
  explicit StatementWriter(Tape& tape) : tape_(tape), store_(tape.storage()) {}

  // Somebody wants to look at every statement.
  bool is_watched() const { return watch || tape_.carries_tangents(); }

  // Room for that many, to be filled before finish().
  NodeId* leaves(int count) { return store_.leaves.extend(count); }
  double* constants(int count) { return store_.constants.extend(count); }

  Scalar finish(const StatementKernel& kernel, double value) {
    const auto id = static_cast<NodeId>(store_.entries.size());
    if (store_.spans.empty() || store_.spans.back().kernel != &kernel)
      store_.begin_run(kernel, id, store_.leaves.size() - static_cast<std::size_t>(kernel.leaves),
                       store_.constants.size() - static_cast<std::size_t>(kernel.constants));
    store_.entries.push_back({.number = value});
    return {value, tape_.epoch(), id};
  }

 private:
  Tape& tape_;
  TapeStorage& store_;
};

}  // namespace tapestry::detail
