#include "engine/tape_storage.h"

#include <algorithm>
#include <utility>

namespace tapestry::detail {
namespace {

thread_local std::vector<std::unique_ptr<TapeStorage>> idle;
constexpr std::size_t kMaxIdle = 4;

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

void TapeStorage::rewind(const TapeMark& mark) {
  for (std::size_t i = mark.owners; i < owners.size(); ++i) let_go(*owners[i]);
  cut(owners, mark.owners);
  cut(outward, mark.next);
  cut(tangents, mark.next);
  cut(severed, mark.severed);
  cut(kept, mark.kept);
  cut(comparisons, mark.comparisons);
  names.erase(names.lower_bound(mark.next), names.end());
  no_tangents.erase(no_tangents.lower_bound(mark.next), no_tangents.end());
  std::erase_if(bindings, [&](const auto& binding) { return binding.second.id >= mark.next; });
  for (Pooled& slot : pool)
    if (slot.id >= mark.next) slot = {};
  arena.rewind(mark.arena);
  leaves.shrink(mark.leaves);
  constants.shrink(mark.constants);
  runs.rewind(mark.next);
  next_name = (next_name & ~std::uint64_t{UINT32_MAX}) | mark.next;
}

void TapeStorage::reset() {
  for (TensorNode* node : owners) let_go(*node);
  owners.clear();
  comparisons.clear();
  outward.clear();
  severed.clear();
  tangents.clear();
  if (!no_tangents.empty()) no_tangents.clear();
  kept.clear();
  if (!names.empty()) names.clear();
  if (!bindings.empty()) bindings.clear();
  arena.reset();
  leaves.clear();
  constants.clear();
  runs.clear();
  has_tensors = false;
  moved = false;
}

void Adjoints::reset(NodeId first, NodeId last) {
  const std::size_t size = std::size_t{last} + 1;
  if (!numbers_ || size > capacity_) {
    capacity_ = std::max(size, 2 * capacity_);
    numbers_ = std::make_unique_for_overwrite<double[]>(capacity_);
  }
  std::fill(numbers_.get() + first, numbers_.get() + size, 0.0);
}

std::unique_ptr<TapeStorage> take_storage() {
  if (idle.empty()) return std::make_unique<TapeStorage>();
  std::unique_ptr<TapeStorage> storage = std::move(idle.back());
  idle.pop_back();
  return storage;
}

void return_storage(std::unique_ptr<TapeStorage> storage) noexcept {
  storage->reset();
  if (idle.size() < kMaxIdle) idle.push_back(std::move(storage));
}

}  // namespace tapestry::detail
