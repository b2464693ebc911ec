// Which kernel each node of a tape has, as spans: a stretch of tensor operations, a run of
// statements of one kernel, or of a sequence of kernels that repeats itself, as in the body of a
// loop. A statement of the kernel that is due costs one comparison; a span is written where the
// sequence turns.
//
// A period is guessed when the kernels of a few short runs begin anew, and the guess holds as long
// as they follow one another as before. Guesses that failed make the next ones rarer. Where a
// kernel led into a period once, it is taken to lead there again: a loop is learned when it first
// runs, not each time that it is entered.
#pragma once

#include "engine/base/stream.h"
#include "engine/tape/node.h"

namespace tapestry::detail {

struct Span {
  const StatementKernel* kernel;           // the first; null for tensor operations
  const StatementKernel* const* sequence;  // `period` of them and a null, or null for one
  NodeId first;
  std::uint32_t period;
  std::size_t operands_begin, payload_begin;

  const StatementKernel* const* kernels() const { return period == 1 ? &kernel : sequence; }
};

class Runs {
 public:
  std::size_t size() const { return spans_.size(); }
  const Span& operator[](std::size_t i) const { return spans_[i]; }
  // The span that node `id` lies in.
  std::size_t find(NodeId id) const {
    return id >= spans_.back().first ? spans_.size() - 1 : search(id);
  }
  bool has_statements() const { return has_statements_; }
  // Where the statement `id` of that span has its operands and constants.
  struct Place {
    const StatementKernel* kernel;
    std::size_t operands, payload;
  };
  static Place place(const Span& span, NodeId id) {
    if (span.period > 1) return place_in_turns(span, id);
    const std::size_t before = id - span.first;
    return {span.kernel,
            span.operands_begin + before * static_cast<std::size_t>(span.kernel->arity),
            span.payload_begin + before * static_cast<std::size_t>(span.kernel->payload)};
  }

  constexpr Runs() = default;  // without room
  Runs(std::size_t capacity, int number)
      : spans_(capacity, number), sequences_(capacity, number + 1) {}

  // Whether a statement of this kernel may come without a turn. If so, step() says that it came.
  [[gnu::always_inline]] bool expects(const StatementKernel& kernel) const {
    return due_ == &kernel;
  }
  [[gnu::always_inline]] void step() {
    if (next_due_) due_ = *next_due_ ? *next_due_++ : start_over();
  }
  // A statement of any kernel comes now: its id, and where its operands and payload begin.
  void put(const StatementKernel& kernel, NodeId id, std::size_t operands, std::size_t payload) {
    expects(kernel) ? step() : turn(kernel, id, operands, payload);
  }
  // Tensor operations come now.
  void put_tensors(NodeId id, std::size_t operands, std::size_t payload) {
    if (spans_.empty() || spans_.back().kernel) begin(nullptr, id, operands, payload);
  }

  // The spans so far stay as they are from now on: a sweep that records goes through them.
  void settle() { short_runs_ = spans_.size(); }
  void release_unused() {
    spans_.release_from(spans_.size());
    sequences_.release_from(sequences_.size());
  }
  void clear();
  // Forgets nodes from `id` on.
  void rewind(NodeId id);

 private:
  static constexpr std::uint32_t kLongestPeriod = 64;

  std::size_t search(NodeId id) const;
  static Place place_in_turns(const Span& span, NodeId id);

  void turn(const StatementKernel& kernel, NodeId id, std::size_t operands, std::size_t payload);
  void begin(const StatementKernel* kernel, NodeId id, std::size_t operands, std::size_t payload);
  void judge_period(NodeId end);
  bool close_period(const StatementKernel& kernel, NodeId id);
  bool enter_again(const StatementKernel& kernel, NodeId id, std::size_t operands,
                   std::size_t payload);
  const StatementKernel* last_kernel(std::size_t span) const;
  const StatementKernel* const* listed(std::size_t span, std::uint32_t period);
  void expect(const Span& span, std::uint32_t position);

  const StatementKernel* start_over() {
    next_due_ = spans_.back().sequence + 1;
    return next_due_[-1];
  }

  const StatementKernel* due_ = nullptr;  // what comes if nothing turns
  // What comes after it in a sequence, which ends with null; null in a run of one kernel.
  const StatementKernel* const* next_due_ = nullptr;
  Stream<Span> spans_;
  Stream<const StatementKernel*> sequences_;
  std::size_t short_runs_ = 0;  // the spans from this one on are of one kernel each
  // By two kernels in a row: the span of the second, when last seen; and the one with a period that
  // the second began.
  std::size_t pairs_[64] = {}, entries_[64] = {};
  bool entered_again_ = false;  // the last span's period was taken from such an entry
  std::uint32_t patience_ = 0;  // turns to come without a guess
  std::uint32_t failures_ = 0;  // guesses that failed in a row
  bool has_statements_ = false;
};

}  // namespace tapestry::detail
