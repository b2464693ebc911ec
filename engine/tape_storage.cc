#include "engine/tape_storage.h"

#include <algorithm>
#include <utility>

namespace tapestry::detail {
namespace {

thread_local std::vector<std::unique_ptr<TapeStorage>> idle;
constexpr std::size_t kMaxIdle = 4;

}  // namespace

void TapeStorage::reset() {
  for (TensorNode* node : owners) {
    std::destroy_n(node->saved, node->saved_count);
    if (node->values) std::destroy_n(node->values, node->output_count);
  }
  owners.clear();
  outward.clear();
  severed.clear();
  tangents.clear();
  if (!no_tangents.empty()) no_tangents.clear();
  kept.clear();
  if (!names.empty()) names.clear();
  if (!bindings.empty()) bindings.clear();
  arena.reset();
  entries.clear();
  spans.clear();
  leaves.clear();
  constants.clear();
  has_scalars = has_tensors = false;
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
