#include "engine/tape/statement_storage.h"

#include <algorithm>
#include <atomic>

#include "engine/base/address_space.h"
#include "engine/base/error.h"

namespace tapestry::detail {
namespace {

std::atomic<std::size_t> shares{0};

}  // namespace

AddressShare::AddressShare(Taken) {
  const std::size_t others = shares.fetch_add(1, std::memory_order_relaxed);
  // 72 TiB to the first, 32 to the next, of the 128 that a process has.
  wanted_ = others < 256          ? kPlenty
            : others < 256 + 8192 ? std::size_t{1} << 32
                                  : std::size_t{1} << 27;
  const AddressSpace space = address_space();
  if (space.left == SIZE_MAX) {
    bytes_ = wanted_;
    return;
  }
  const std::size_t beyond_half = space.left - std::min(space.left, space.limit / 2);
  bytes_ = std::min(wanted_, std::max(beyond_half / 4, space.left / 64));
}

void AddressShare::give_back() noexcept { shares.fetch_sub(1, std::memory_order_relaxed); }

void refuse_forgotten(std::string_view who, NodeId id, NodeId size) {
  refuse(who, "node {} was forgotten: the tape was rewound to node {}", id, size);
}

void refuse_forgotten_operand(NodeId id, NodeId operand) {
  refuse("tape", "node {} was recorded with a handle of node {}, which had been forgotten", id,
         operand);
}

void refuse_mark(std::string_view who, NodeId next) {
  refuse(who, "the mark stands before node {}, and the tape was rewound past it since", next);
}

void check_mark(std::string_view who, const StatementMark& mark, std::uint64_t first_name,
                std::uint64_t next_name, const Runs& runs) {
  const auto first = static_cast<NodeId>(first_name), next = static_cast<NodeId>(next_name);
  if (mark.epoch != next_name >> 32 || mark.next < first)
    refuse(who, "the mark is of another recording");
  if (mark.next > next)
    refuse(who, "the mark stands before node {}, and the tape was rewound to node {}", mark.next,
           next - 1);
  // It may have grown past the mark again, and not as it was.
  std::size_t operands_before = 0, payload_before = 0;
  if (mark.next > first) {
    const Span& span = runs[runs.find(mark.next - 1)];
    operands_before = span.operands_begin, payload_before = span.payload_begin;
    if (span.kernel) {
      const Runs::Place place = Runs::place(span, mark.next - 1);
      operands_before = place.operands + static_cast<std::size_t>(place.kernel->arity);
      payload_before = place.payload + static_cast<std::size_t>(place.kernel->payload);
    }
  }
  if (mark.operands != operands_before || mark.payload != payload_before)
    refuse_mark(who, mark.next);
}

}  // namespace tapestry::detail
