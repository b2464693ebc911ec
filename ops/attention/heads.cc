#include "ops/attention/heads.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/base/workspace.h"
#include "engine/grad/fold.h"
#include "engine/tensor/factory.h"
#include "ops/product/alone.h"
#include "ops/product/stored_matrix.h"
#include "ops/reduce/softmax_rows.h"

namespace tapestry::detail {
namespace {

// Queries whose weights are computed together, and the most of these weights: half a megabyte of
// floats.
constexpr std::int64_t kQueries = 128, kWeights = 1 << 17;

// Heads and parts of them that are worth a loop; where there are fewer heads, their queries are
// parted, and the gradients of keys and values are sums over the parts. The shape alone decides, so
// that bits do not depend on threads.
constexpr std::int64_t kUnits = 16, kLeastQueries = 64;

Shape of_matrices(Shape batch, std::int64_t rows, std::int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}

template <class T>
Matrix<T> transposed(Matrix<T> m) {
  m.transposed = !m.transposed;
  return m;
}

// The queries [first, last).
struct Range {
  std::int64_t first, last;
  std::int64_t count() const { return last - first; }
};

// A matrix for each head.
template <class T>
class Batch {
 public:
  Batch(const Tensor& x, const Shape& batch)
      : first_(matrix_at<T>(x, 0)), batch_(batch), strides_(batch_strides(x, batch)) {}
  // The rows from `row` on.
  Matrix<T> from(std::int64_t head, std::int64_t row) const {
    Matrix<T> m = first_.from(row, 0);
    m.data += offset_of(head, batch_, strides_);
    return m;
  }

 private:
  Matrix<T> first_;
  Shape batch_;
  Strides strides_;
};

template <class T>
class Heads {
 public:
  Heads(const HeadOperands& in, const Shape& batch, const HeadOptions& options)
      : queries(in.q.shape()[-2]),
        keys(in.k.shape()[-2]),
        width(in.q.shape().back()),
        value_width(in.v.shape().back()),
        q(in.q, batch),
        k(in.k, batch),
        v(in.v, batch),
        mask_(in.mask),
        batch_(batch),
        options_(options) {
    const std::int64_t heads = std::max<std::int64_t>(1, batch.size());
    parts_of_head =
        std::clamp<std::int64_t>(parts(kUnits, heads), 1, parts(queries, kLeastQueries));
    if (!mask_.defined()) return;
    mask_strides_ =
        broadcast_strides(mask_.shape(), mask_.strides(), of_matrices(batch, queries, keys));
    mask_batch_ = without_last(mask_strides_, 2);
  }

  const std::int64_t queries, keys, width, value_width;  // L, S, E, F
  const Batch<T> q, k, v;
  std::int64_t parts_of_head;

  // Calls f(head, part, queries of the part) for all, on all threads.
  template <class F>
  void each_part(const F& f) const {
    const std::int64_t count = batch_.size() * parts_of_head;
    const std::int64_t work =
        queries / parts_of_head * keys * (width + value_width) / 16 + queries + 1;
    parallel_for(count, work, [&](std::int64_t begin, std::int64_t end) {
      const OneThread guard;
      for (std::int64_t unit = begin; unit < end; ++unit) {
        const std::int64_t part = unit % parts_of_head;
        f(unit / parts_of_head, part,
          Range{queries * part / parts_of_head, queries * (part + 1) / parts_of_head});
      }
    });
  }

  // Calls f(queries whose weights are computed together, keys that they may see) in order.
  template <class F>
  void each_block(Range all, const F& f) const {
    const std::int64_t count = blocks(all);
    for (std::int64_t i = 0; i < count; ++i) {
      const Range block{all.first + all.count() * i / count,
                        all.first + all.count() * (i + 1) / count};
      f(block, options_.causal ? std::min(keys, block.last) : keys);
    }
  }
  std::int64_t blocks(Range all) const { return parts(all.count(), most_queries()); }
  // Queries of a block, and their weights.
  std::int64_t most_queries() const {
    return std::clamp<std::int64_t>(kWeights / std::max<std::int64_t>(1, keys), 12, kQueries);
  }
  std::int64_t most_weights() const { return most_queries() * keys; }

  // The keys as columns, for the scores of a part of a head.
  Repeated<T> keys_across(std::int64_t head) const {
    return {width, keys, transposed(k.from(head, 0))};
  }

  // The queries of a block times the scale, row by row.
  Matrix<T> scaled_queries(std::int64_t head, Range block, T* to) const {
    const Matrix<T> from = q.from(head, block.first);
    const T scale = static_cast<T>(options_.scale);
    const std::int64_t down = from.transposed ? 1 : from.leading,
                       across = from.transposed ? from.leading : 1;
    for (std::int64_t i = 0; i < block.count(); ++i)
      for (std::int64_t j = 0; j < width; ++j)
        to[i * width + j] = from.data[i * down + j * across] * scale;
    return {to, std::max<std::int64_t>(1, width), false};
  }

  // By the scaled queries, row by row, `seen` weights a row: softmax of the scores, 0 where a query
  // may not attend.
  void weigh(std::int64_t head, Range block, std::int64_t seen, const Matrix<T>& scaled,
             const Repeated<T>& across, T* weights) const {
    across.multiply({block.count(), seen, width}, scaled, weights, seen);
    for (std::int64_t i = block.first; i < block.last; ++i) {
      T* const row = weights + (i - block.first) * seen;
      const std::int64_t allowed = options_.causal ? std::min(seen, i + 1) : seen;
      std::fill(row + allowed, row + seen, kNever);
      if (mask_.defined()) hide(head, i, allowed, row);
    }
    softmax_rows(RowFunction::softmax_or_zeros, weights, weights, block.count(), seen);
  }

 private:
  static constexpr T kNever = -std::numeric_limits<T>::infinity();

  void hide(std::int64_t head, std::int64_t query, std::int64_t count, T* row) const {
    const int down = mask_strides_.rank() - 2;
    const bool* const may =
        mask_.data<bool>() + offset_of(head, batch_, mask_batch_) + query * mask_strides_[down];
    const std::int64_t step = mask_strides_[down + 1];
    for (std::int64_t j = 0; j < count; ++j) row[j] = may[j * step] ? row[j] : kNever;
  }

  const Tensor& mask_;
  const Shape& batch_;
  const HeadOptions options_;
  Strides mask_strides_, mask_batch_;
};

// For each part of a head a matrix that is a sum over blocks of queries, added up in double where
// there are many.
template <class T>
class Sums {
 public:
  Sums(bool wanted, const Shape& batch, std::int64_t parts, std::int64_t rows, std::int64_t columns)
      : wanted_(wanted),
        parts_(parts),
        size_(rows * columns),
        shape_(of_matrices(batch, rows, columns)) {
    if (!wanted) return;
    terms_ = Tensor::uninitialized({batch.size() * parts, rows, columns}, dtype_of<T>());
    data_ = terms_.mutable_data<T>();
  }

  class OfPart {
   public:
    OfPart(const Sums& sums, std::int64_t unit, std::int64_t blocks)
        : size_(sums.wanted_ ? sums.size_ : 0),
          to_(sums.wanted_ ? sums.data_ + unit * size_ : nullptr) {
      if (blocks > 1) term_.resize(static_cast<std::size_t>(size_));
      if (blocks > kFewAdditions) all_.assign(static_cast<std::size_t>(size_), 0);
    }
    // The first rows grow by a b.
    void add(const Extents& e, const Matrix<T>& a, const Matrix<T>& b) {
      const std::int64_t size = e.rows * e.columns;
      if (std::exchange(is_first_, false)) {
        multiply_alone(e, a, b, to_, e.columns);
        std::fill(to_ + size, to_ + size_, T(0));
        std::copy(to_, to_ + static_cast<std::int64_t>(all_.size()), all_.begin());
        return;
      }
      multiply_alone(e, a, b, term_.data(), e.columns);
      all_.empty() ? grow(to_, size) : grow(all_.data(), size);
    }
    void finish() {
      std::transform(all_.begin(), all_.end(), to_, [](double x) { return static_cast<T>(x); });
    }

   private:
    template <class Sum>
    void grow(Sum* sums, std::int64_t size) const {
      const T* const term = term_.data();
      for (std::int64_t i = 0; i < size; ++i) sums[i] += static_cast<Sum>(term[i]);
    }

    std::int64_t size_;
    T* to_;
    bool is_first_ = true;
    std::vector<double> all_;
    std::vector<T> term_;
  };

  // Of whole heads, the parts added up in order; not defined() where not wanted.
  Tensor result() const {
    if (!wanted_ || parts_ == 1) return wanted_ ? terms_.view(shape_, row_major(shape_)) : Tensor();
    Tensor result = Tensor::uninitialized(shape_, dtype_of<T>());
    T* const to = result.mutable_data<T>();
    parallel_for(result.size(), parts_, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t at = first; at < last; ++at) {
        const T* const term = data_ + at / size_ * parts_ * size_ + at % size_;
        double sum = 0;
        for (std::int64_t part = 0; part < parts_; ++part)
          sum += static_cast<double>(term[part * size_]);
        to[at] = static_cast<T>(sum);
      }
    });
    return result;
  }

 private:
  bool wanted_;
  std::int64_t parts_, size_;  // a size: elements of a matrix
  Shape shape_;
  Tensor terms_;
  T* data_ = nullptr;
};

}  // namespace

Tensor attend(const HeadOperands& in, const Shape& batch, const HeadOptions& options) {
  const Shape shape = of_matrices(batch, in.q.shape()[-2], in.v.shape().back());
  if (shape.size() == 0 || in.k.shape()[-2] == 0) return zeros(shape, in.q.dtype());
  Tensor out = Tensor::uninitialized(shape, in.q.dtype());
  visit_floating(out.dtype(), [&]<class T>(std::type_identity<T>) {
    const Heads<T> heads(in, batch, options);
    T* const result = out.mutable_data<T>();
    const std::int64_t width = heads.value_width;
    heads.each_part([&](std::int64_t head, std::int64_t, Range queries) {
      const Workspace<T> weights(heads.most_weights()), scaled(heads.most_queries() * heads.width);
      const Repeated<T> keys = heads.keys_across(head),
                        values(heads.keys, width, heads.v.from(head, 0));
      heads.each_block(queries, [&](Range block, std::int64_t seen) {
        heads.weigh(head, block, seen, heads.scaled_queries(head, block, scaled.data()), keys,
                    weights.data());
        values.multiply({block.count(), width, seen}, {weights.data(), seen, false},
                        result + (head * heads.queries + block.first) * width, width);
      });
    });
  });
  return out;
}

// With w the weights and s the cotangent of the scores: gv = w^T g, s = the softmax's vjp of g v^T
// by w, gq = s k scale, gk = s^T (q scale).
HeadGradients attend_vjp(const HeadOperands& in, const Shape& batch, const HeadOptions& options,
                         const Tensor& g, HeadWants wants) {
  HeadGradients result;
  visit_floating(in.q.dtype(), [&]<class T>(std::type_identity<T>) {
    const Heads<T> heads(in, batch, options);
    const Batch<T> cotangents(g, batch);
    const T scale = static_cast<T>(options.scale);
    const std::int64_t L = heads.queries, S = heads.keys, E = heads.width, F = heads.value_width,
                       parts_of_head = heads.parts_of_head;
    Sums<T> of_k(wants.k, batch, parts_of_head, S, E), of_v(wants.v, batch, parts_of_head, S, F);
    if (wants.q) result.q = Tensor::uninitialized(of_matrices(batch, L, E), in.q.dtype());
    T* const to_q = wants.q ? result.q.template mutable_data<T>() : nullptr;
    heads.each_part([&](std::int64_t head, std::int64_t part, Range queries) {
      const std::int64_t unit = head * parts_of_head + part, blocks = heads.blocks(queries);
      typename Sums<T>::OfPart gk(of_k, unit, blocks), gv(of_v, unit, blocks);
      const Workspace<T> weights(heads.most_weights()), of_scores(heads.most_weights()),
          scaled(heads.most_queries() * E);
      T *const w = weights.data(), *const s = of_scores.data();
      const Repeated<T> across = heads.keys_across(head);
      std::optional<Repeated<T>> values, down;
      if (wants.q || wants.k) values.emplace(F, S, transposed(heads.v.from(head, 0)));
      if (wants.q) down.emplace(S, E, heads.k.from(head, 0));
      heads.each_block(queries, [&](Range block, std::int64_t seen) {
        const std::int64_t count = block.count();
        const Matrix<T> cotangent = cotangents.from(head, block.first),
                        q = heads.scaled_queries(head, block, scaled.data());
        heads.weigh(head, block, seen, q, across, w);
        if (wants.v) gv.add({seen, F, count}, {w, seen, true}, cotangent);
        if (!values) return;
        values->multiply({count, seen, F}, cotangent, s, seen);
        softmax_rows_vjp(RowFunction::softmax, w, s, s, count, seen);
        if (down) {
          T* const gq = to_q + (head * L + block.first) * E;
          down->multiply({count, E, seen}, {s, seen, false}, gq, E);
          for (std::int64_t i = 0; i < count * E; ++i) gq[i] *= scale;
        }
        if (wants.k) gk.add({seen, E, count}, {s, seen, true}, q);
      });
      gk.finish();
      gv.finish();
    });
    result.k = of_k.result();
    result.v = of_v.result();
  });
  return result;
}

}  // namespace tapestry::detail
