#include "engine/tape/tape_storage.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tapestry::detail {
namespace {

void let_go(TensorNode& node) {
  std::destroy_n(node.saved, node.saved_count);
  if (node.values) std::destroy_n(node.values, node.output_count);
}

template <class T>
void cut(std::vector<T>& items, std::size_t size) {
  if (items.size() > size)
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(size), items.end());
}

}  // namespace

void TapeStorage::begin(const Recording& recording) {
  StatementStorage<double>::begin(recording);
  if (recording.retired > 0) std::fill(std::begin(pool), std::end(pool), Pooled{});
}

void TapeStorage::release_unused() {
  arena.release();
  StatementStorage<double>::release_unused();
}

TapeMark TapeStorage::mark() const {
  return {StatementStorage<double>::mark(),
          owners.size(),
          kept.size(),
          severed.size(),
          comparisons.size(),
          arena.place()};
}

void TapeStorage::check(std::string_view who, const TapeMark& mark) const {
  StatementStorage<double>::check(who, mark);
  const bool owners_fit = mark.owners <= owners.size() &&
                          (mark.owners == 0 || owners[mark.owners - 1]->id < mark.next) &&
                          (mark.owners == owners.size() || owners[mark.owners]->id >= mark.next);
  if (!owners_fit) refuse_mark(who, mark.next);
}

void TapeStorage::rewind(const TapeMark& mark) {
  for (std::size_t i = mark.owners; i < owners.size(); ++i) let_go(*owners[i]);
  cut(owners, mark.owners);
  cut(outer_values, mark.next);
  cut(tangents, mark.next);
  cut(severed, mark.severed);
  cut(kept, mark.kept);
  cut(comparisons, mark.comparisons);
  names.erase(names.lower_bound(mark.next), names.end());
  no_tangents.erase(no_tangents.lower_bound(mark.next), no_tangents.end());
  std::erase_if(bindings, [&](const auto& binding) { return binding.second.id >= mark.next; });
  for (Pooled& slot : pool)
    if (slot.id >= mark.next) slot = {};
  while (!recorded_sweeps.empty() && recorded_sweeps.back().first >= mark.next)
    recorded_sweeps.pop_back();
  arena.rewind(mark.arena);
  StatementStorage<double>::rewind(mark);
}

void TapeStorage::reset() {
  for (TensorNode* node : owners) let_go(*node);
  owners.clear();
  comparisons.clear();
  outer_values.clear();
  severed.clear();
  tangents.clear();
  recorded_sweeps.clear();
  if (!no_tangents.empty()) no_tangents.clear();
  kept.clear();
  if (!names.empty()) names.clear();
  if (!bindings.empty()) bindings.clear();
  arena.reset();
  StatementStorage<double>::reset();
  has_tensors = false;
  differentiates_adjoints = false;
  moved = false;
}

}  // namespace tapestry::detail
