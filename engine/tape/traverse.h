// Visiting the nodes of a tape with their operands, span by span: linear, where asking the tape for
// the operands of one id searches its spans.
#pragma once

#include <algorithm>
#include <span>
#include <utility>

#include "engine/tape/statement_storage.h"
#include "engine/tape/tape.h"
#include "engine/tape/tape_storage.h"

namespace tapestry::detail {

// Calls f(span, from, to) for the spans that hold ids of [first, last], with their part of it.
template <class T, class F>
void for_spans(const StatementStorage<T>& storage, NodeId first, NodeId last, bool down, F&& f) {
  if (first > last) return;
  const Runs& runs = storage.runs;
  const auto visit = [&](std::size_t i) {
    const NodeId end = i + 1 < runs.size() ? runs[i + 1].first - 1 : storage.size();
    f(runs[i], std::max(first, runs[i].first), std::min(last, end));
  };
  const std::size_t begin = runs.find(first), end = runs.find(last) + 1;
  if (down)
    for (std::size_t i = end; i-- > begin;) visit(i);
  else
    for (std::size_t i = begin; i < end; ++i) visit(i);
}

// The kernels of a tape of T are those of T.
template <class T>
const KernelOf<T>* kernel_of(const StatementKernel* kernel) {
  return static_cast<const KernelOf<T>*>(kernel);
}

// Nodes [from, to] of a span as a run; more than one only where they have one kernel.
template <class T>
RunOf<T> run_of(const StatementStorage<T>& storage, const Span& span, NodeId from, NodeId to) {
  if (!span.kernel) return {nullptr, from, to - from + 1, nullptr, nullptr};
  const Runs::Place place = Runs::place(span, from);
  return {kernel_of<T>(place.kernel), from, to - from + 1,
          storage.operands.begin() + place.operands, storage.payload.begin() + place.payload};
}

// The runs of ids [first, last], upwards: calls f(run). A stretch of tensor operations is a run
// without a kernel; statements of a span whose kernels take turns come one by one.
template <class T, class F>
void runs_up(const StatementStorage<T>& storage, NodeId first, NodeId last, F&& f) {
  for_spans(storage, first, last, false, [&](const Span& span, NodeId from, NodeId to) {
    if (span.period == 1) return f(run_of(storage, span, from, to));
    RunOf<T> run = run_of(storage, span, from, from);
    const auto* const kernels = span.kernels();
    std::uint32_t due = (from - span.first) % span.period;
    for (;; ++run.first) {
      run.kernel = kernel_of<T>(kernels[due]);
      f(std::as_const(run));
      if (run.first == to) return;
      run.operands += run.kernel->arity;
      run.payload += run.kernel->payload;
      if (++due == span.period) due = 0;
    }
  });
}

// The same downwards.
template <class T, class F>
void runs_down(const StatementStorage<T>& storage, NodeId first, NodeId last, F&& f) {
  for_spans(storage, first, last, true, [&](const Span& span, NodeId from, NodeId to) {
    if (span.period == 1) return f(run_of(storage, span, from, to));
    RunOf<T> run = run_of(storage, span, to, to);
    const auto* const kernels = span.kernels();
    std::uint32_t due = (to - span.first) % span.period;
    for (;; --run.first) {
      f(std::as_const(run));
      if (run.first == from) return;
      due = (due == 0 ? span.period : due) - 1;
      run.kernel = kernel_of<T>(kernels[due]);
      run.operands -= run.kernel->arity;
      run.payload -= run.kernel->payload;
    }
  });
}

// The reverse sweep over a run, in plain numbers.
template <class T>
void reverse_run(const RunOf<T>& run, const T* values, T* adjoints) {
  run.kernel->reverse(run.first, run.first + run.count, run.operands_of(run.count),
                      run.payload_of(run.count), values, adjoints);
}

// Nodes one by one, in an order that seldom leaps: each as a run of one, without a kernel where it
// is a tensor's.
template <class T>
class Cursor {
 public:
  explicit Cursor(const StatementStorage<T>& storage) : storage_(storage) {}

  RunOf<T> at(NodeId id) {
    if (id < first_ || id >= end_) enter(id);
    if (!span_->kernel) return {nullptr, id, 1, nullptr, nullptr};
    if (span_->period == 1) return run_of(storage_, *span_, id, id);
    turn_to(id);
    return {kernel_of<T>(kernel_), id, 1, storage_.operands.begin() + operands_,
            storage_.payload.begin() + payload_};
  }

 private:
  void enter(NodeId id) {
    const Runs& runs = storage_.runs;
    const std::size_t i = runs.find(id);
    span_ = &runs[i];
    first_ = span_->first;
    end_ = i + 1 < runs.size() ? runs[i + 1].first : storage_.size() + 1;
    kernel_ = nullptr;
  }
  // Where kernels take turns, from neighbour to neighbour.
  void turn_to(NodeId id) {
    const std::uint32_t far = span_->period;
    if (!kernel_ || (id > id_ ? id - id_ : id_ - id) > far) {
      const Runs::Place place = Runs::place(*span_, id);
      kernel_ = place.kernel, operands_ = place.operands, payload_ = place.payload;
      id_ = id, due_ = (id - first_) % far;
      return;
    }
    const auto* const kernels = span_->kernels();
    for (; id_ < id; ++id_) {
      operands_ += static_cast<std::size_t>(kernel_->arity);
      payload_ += static_cast<std::size_t>(kernel_->payload);
      kernel_ = kernels[due_ = due_ + 1 == far ? 0 : due_ + 1];
    }
    for (; id_ > id; --id_) {
      kernel_ = kernels[due_ = (due_ == 0 ? far : due_) - 1];
      operands_ -= static_cast<std::size_t>(kernel_->arity);
      payload_ -= static_cast<std::size_t>(kernel_->payload);
    }
  }

  const StatementStorage<T>& storage_;
  const Span* span_ = nullptr;
  NodeId first_ = 1, end_ = 0;               // of the span
  const StatementKernel* kernel_ = nullptr;  // of node id_, where kernels take turns
  std::size_t operands_ = 0, payload_ = 0;
  NodeId id_ = 0;
  std::uint32_t due_ = 0;
};

template <class F>
void runs_up(const Tape& tape, NodeId first, NodeId last, F&& f) {
  runs_up<double>(tape.storage(), first, last, f);
}
template <class F>
void runs_down(const Tape& tape, NodeId first, NodeId last, F&& f) {
  runs_down<double>(tape.storage(), first, last, f);
}

inline std::span<const NodeId> operands_within(const Tape& tape, const Run& run, NodeId id) {
  if (!run.kernel) return tape.tensor_node(id).operand_ids();
  return {run.operands_of(id - run.first), static_cast<std::size_t>(run.kernel->arity)};
}

// Error where an operand does not come before its user.
inline void check_operands(NodeId id, std::span<const NodeId> operands) {
  for (NodeId operand : operands)
    if (operand >= id) refuse_forgotten_operand(id, operand);
}

// Calls f(id, operands) for ids 1 .. last, upwards.
template <class F>
void traverse_up(const Tape& tape, NodeId last, F&& f) {
  runs_up(tape, 1, last, [&](const Run& run) {
    for (NodeId id = run.first; id < run.first + run.count; ++id) {
      const auto operands = operands_within(tape, run, id);
      check_operands(id, operands);
      f(id, operands);
    }
  });
}

// The same downwards: every user comes before its operands.
template <class F>
void traverse_down(const Tape& tape, NodeId last, F&& f) {
  runs_down(tape, 1, last, [&](const Run& run) {
    for (NodeId id = run.first + run.count; id-- > run.first;) {
      const auto operands = operands_within(tape, run, id);
      check_operands(id, operands);
      f(id, operands);
    }
  });
}

}  // namespace tapestry::detail
