// A set of nodes of one stretch of a tape, a bit for each: going through it takes as long as it has
// members, and a sixty-fourth of the stretch.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "engine/tensor/tensor.h"

namespace tapestry::detail {

class NodeSet {
 public:
  NodeSet() = default;
  // Empty; members lie within [first, last].
  NodeSet(NodeId first, NodeId last)
      : first_(first), last_(last), words_((last - first) / 64 + 1) {}

  NodeId first() const { return first_; }
  NodeId last() const { return last_; }
  bool contains(NodeId id) const {
    return id >= first_ && id <= last_ && words_[word_of(id)] >> bit_of(id) & 1;
  }
  void insert(NodeId id) { words_[word_of(id)] |= std::uint64_t{1} << bit_of(id); }
  void erase(NodeId id) { words_[word_of(id)] &= ~(std::uint64_t{1} << bit_of(id)); }

  // Calls f(id) upwards. f may erase the member that it is given.
  template <class F>
  void for_each_up(F&& f) const {
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t rest = words_[w]; rest; rest &= rest - 1)
        f(id_of(w, static_cast<unsigned>(std::countr_zero(rest))));
  }
  // The same downwards. f may insert members below; false from it ends the loop.
  template <class F>
  void for_each_down(F&& f) const {
    for (std::size_t w = words_.size(); w-- > 0;) {
      std::uint64_t below = ~std::uint64_t{0};
      while (const std::uint64_t rest = words_[w] & below) {
        const auto bit = 63u - static_cast<unsigned>(std::countl_zero(rest));
        below = (std::uint64_t{1} << bit) - 1;
        if (!f(id_of(w, bit))) return;
      }
    }
  }
  // Calls f(from, to), downwards, for stretches that hold all members and whose ids are mostly
  // members: whole words, neighbours as one.
  template <class F>
  void for_stretches_down(F&& f) const {
    for (std::size_t end = words_.size(); end > 0;) {
      if (!words_[end - 1]) {
        --end;
        continue;
      }
      std::size_t begin = end - 1;
      while (begin > 0 && words_[begin - 1]) --begin;
      const NodeId to = id_of(end - 1, 63);
      f(id_of(begin, 0), to < last_ ? to : last_);
      end = begin;
    }
  }

  // Counts the members; index() then gives their positions.
  void number() {
    before_.resize(words_.size());
    size_ = 0;
    for (std::size_t w = 0; w < words_.size(); ++w) {
      before_[w] = static_cast<std::uint32_t>(size_);
      size_ += static_cast<std::size_t>(std::popcount(words_[w]));
    }
  }
  std::size_t size() const { return size_; }
  // How many members come before this one.
  std::size_t index(NodeId member) const {
    const std::uint64_t below = (std::uint64_t{1} << bit_of(member)) - 1;
    return before_[word_of(member)] +
           static_cast<std::size_t>(std::popcount(words_[word_of(member)] & below));
  }

 private:
  std::size_t word_of(NodeId id) const { return (id - first_) / 64; }
  unsigned bit_of(NodeId id) const { return (id - first_) % 64; }
  NodeId id_of(std::size_t word, unsigned bit) const {
    return first_ + static_cast<NodeId>(64 * word + bit);
  }

  NodeId first_ = 1, last_ = 0;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> before_;  // by word: the members of lower ones
  std::size_t size_ = 0;
};

}  // namespace tapestry::detail
