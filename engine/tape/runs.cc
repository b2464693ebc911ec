#include "engine/tape/runs.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tapestry::detail {
namespace {

constexpr std::uint32_t kLeastHeld = 16;  // statements

std::uint32_t count(const Span& span, NodeId end) { return end - span.first; }

// A number where a kernel could be.
std::intptr_t change_users(const StatementKernel*& users, std::intptr_t change) {
  const std::intptr_t count = reinterpret_cast<std::intptr_t>(users) + change;
  users = reinterpret_cast<const StatementKernel*>(count);
  return count;
}

// A place in a table of 64 by two kernels that follow one another.
std::size_t place_of_pair(const StatementKernel* first, const StatementKernel* second) {
  const auto bits = [](const StatementKernel* k) {
    return reinterpret_cast<std::uintptr_t>(k) >> 6;
  };
  return (3 * bits(first) + bits(second)) % 64;
}

}  // namespace

std::size_t Runs::search(NodeId id) const {
  const Span* const after =
      std::upper_bound(spans_.begin(), spans_.end(), id,
                       [](NodeId wanted, const Span& span) { return wanted < span.first; });
  return static_cast<std::size_t>(after - spans_.begin()) - 1;
}

Runs::Place Runs::place_in_turns(const Span& span, NodeId id) {
  const StatementKernel* const* kernels = span.kernels();
  const std::size_t turns = (id - span.first) / span.period, rest = (id - span.first) % span.period;
  std::size_t operands[2] = {}, payload[2] = {};  // of a whole period, and of its part before `id`
  for (std::size_t i = 0; i < span.period; ++i)
    for (std::size_t part = 0; part < (i < rest ? 2u : 1u); ++part) {
      operands[part] += static_cast<std::size_t>(kernels[i]->arity);
      payload[part] += static_cast<std::size_t>(kernels[i]->payload);
    }
  return {kernels[rest], span.operands_begin + turns * operands[0] + operands[1],
          span.payload_begin + turns * payload[0] + payload[1]};
}

void Runs::expect(const Span& span, std::uint32_t position) {
  due_ = span.kernels()[position];
  next_due_ = span.period == 1 ? nullptr : span.sequence + position + 1;
}

void Runs::begin(const StatementKernel* kernel, NodeId id, std::size_t operands,
                 std::size_t payload) {
  spans_.push_back({kernel, nullptr, id, 1, operands, payload});
  if (!kernel) short_runs_ = spans_.size();
  has_statements_ |= kernel != nullptr;
  expect(spans_.back(), 0);
}

void Runs::turn(const StatementKernel& kernel, NodeId id, std::size_t operands,
                std::size_t payload) {
  if (!spans_.empty() && spans_.back().period > 1) judge_period(id);
  if (enter_again(kernel, id, operands, payload) || close_period(kernel, id)) return;
  begin(&kernel, id, operands, payload);
}

// The last span had a period and ends here. Where its guess held, it is taken again when its first
// kernel follows the same one as here. Within a body short periods hold for a few statements, which
// does not count.
void Runs::judge_period(NodeId end) {
  const std::size_t last = spans_.size() - 1;
  const Span& span = spans_[last];
  std::size_t& entry = entries_[place_of_pair(last_kernel(last - 1), span.kernel)];
  if (count(span, end) >= std::max(2 * span.period, kLeastHeld)) {
    failures_ = 0;
    entry = last;
  } else if (!entered_again_) {
    patience_ = 4u << std::min(failures_++, 6u);
  } else if (count(span, end) < span.period) {
    entry = 0;
  }
}

// The kernel of the last statement of a span that is followed by another.
const StatementKernel* Runs::last_kernel(std::size_t span) const {
  const Span& of = spans_[span];
  return of.kernels()[(count(of, spans_[span + 1].first) - 1) % of.period];
}

// Whether this kernel, after the one before it, led into a period before. Then it does again.
bool Runs::enter_again(const StatementKernel& kernel, NodeId id, std::size_t operands,
                       std::size_t payload) {
  if (spans_.empty() || !spans_.back().kernel) return false;
  const Span& last = spans_.back();
  const StatementKernel* const before = last.kernels()[(count(last, id) - 1) % last.period];
  const std::size_t i = entries_[place_of_pair(before, &kernel)];
  if (i == 0 || i >= spans_.size() || spans_[i].period == 1 || spans_[i].kernel != &kernel)
    return false;
  const Span span{&kernel, spans_[i].sequence, id, spans_[i].period, operands, payload};
  change_users(
      sequences_[static_cast<std::size_t>(span.sequence - sequences_.begin()) + span.period + 1],
      1);
  spans_.push_back(span);
  short_runs_ = spans_.size();
  entered_again_ = true;
  expect(spans_.back(), 1);
  return true;
}

// Whether the last short runs begin anew with this kernel: then they become one span. A kernel
// alone says little, since a body may use one twice: it must have followed the same one before.
bool Runs::close_period(const StatementKernel& kernel, NodeId id) {
  const std::size_t next = spans_.size();
  if (next <= short_runs_) return false;
  std::size_t& seen = pairs_[place_of_pair(spans_.back().kernel, &kernel)];
  const std::size_t i = std::exchange(seen, next);
  if (patience_ > 0) {
    --patience_;
    return false;
  }
  if (i <= short_runs_ || i + 2 > next || spans_[i].kernel != &kernel ||
      spans_[i - 1].kernel != spans_.back().kernel)
    return false;
  const std::uint32_t period = id - spans_[i].first;
  // Long runs are cheap as they are.
  if (period > kLongestPeriod || period > 3 * (next - i)) return false;
  spans_[i].sequence = listed(i, period);
  spans_[i].period = period;
  spans_.shrink(i + 1);
  short_runs_ = i + 1;
  entered_again_ = false;
  expect(spans_[i], 1);
  return true;
}

// The kernels of the spans from `span` on, one for each of `period` statements. After the null
// that ends them comes the number of spans that have this sequence.
const StatementKernel* const* Runs::listed(std::size_t span, std::uint32_t period) {
  const std::size_t begin = sequences_.size(), length = period + 2;
  const NodeId end = spans_[span].first + period;
  for (std::size_t i = span; i < spans_.size(); ++i) {
    const NodeId next = i + 1 < spans_.size() ? spans_[i + 1].first : end;
    for (NodeId id = spans_[i].first; id < next; ++id) sequences_.push_back(spans_[i].kernel);
  }
  sequences_.push_back(nullptr);
  // A loop that is entered again has the sequence that it had.
  const StatementKernel** const found = sequences_.begin() + begin;
  if (begin >= length && std::equal(found, found + period + 1, found - length)) {
    sequences_.shrink(begin);
    change_users(found[-1], 1);
    return found - length;
  }
  sequences_.push_back(nullptr);
  change_users(found[period + 1], 1);
  return found;
}

void Runs::clear() {
  spans_.clear();
  sequences_.clear();
  due_ = nullptr;
  next_due_ = nullptr;
  short_runs_ = 0;
  patience_ = failures_ = 0;
  has_statements_ = false;
}

void Runs::rewind(NodeId id) {
  for (; !spans_.empty() && spans_.back().first >= id; spans_.shrink(spans_.size() - 1)) {
    const Span& span = spans_.back();
    if (span.period == 1) continue;
    const auto begin = static_cast<std::size_t>(span.sequence - sequences_.begin());
    if (change_users(sequences_[begin + span.period + 1], -1) == 0) sequences_.shrink(begin);
  }
  if (spans_.empty()) return clear();
  if (!spans_.back().kernel) return expect(spans_.back(), 0);
  short_runs_ = spans_.size();
  expect(spans_.back(), (id - spans_.back().first) % spans_.back().period);
}

}  // namespace tapestry::detail
