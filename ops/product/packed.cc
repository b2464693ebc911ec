#include "ops/product/packed.h"

#include <algorithm>
#include <atomic>
#include <type_traits>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/base/workspace.h"
#include "ops/product/panels.h"

namespace tapestry::detail {
namespace {

// Multiplications that pay for packing, the least side of a result that does, and the longest inner
// axis: panels of a narrow operand would take much more memory than it does.
constexpr double kWorthPacking = 1 << 20;
constexpr std::int64_t kSide = 8, kLongest = 1 << 17;

// Parts of the result whose panels of one stretch stay in the second-level cache, the right ones
// while the left ones go by: rows, and bytes of a row.
constexpr std::int64_t kPartRows = 288, kPartBytes = 2048;

// Panels that are packed together: what their lines are dealt from lies in few pages, and is read
// in few pieces.
constexpr std::int64_t kPanelsAtOnce = 16;

// Most elements of an operand that are packed at a time.
constexpr std::int64_t kMostPacked = 1 << 23;

// The inner axis is cut in stretches of about the same length, one register of floats or more.
std::int64_t stretch_of(std::int64_t inner) {
  return parts(parts(inner, parts(inner, kStretch)), 16) * 16;
}

// Whether sums are long enough to be made of terms that are added in double.
template <class T>
bool is_in_parts(const Extents& e) {
  return std::is_same_v<T, float> && e.inner > kLong;
}

// What a right operand in panels has, of which a product may take fewer rows or columns.
template <class T>
struct RightPanels {
  T* data;
  std::int64_t inner, columns;
};

// A product of what was packed: some rows and columns of the whole one.
template <class T>
class Product {
 public:
  Product(const Extents& extents, const PanelKernels<T>& kernels, T* left,
          const RightPanels<T>& right, T* c, std::int64_t leading)
      : extents_(extents),
        stretch_(stretch_of(right.inner)),
        kernels_(kernels),
        left_(left),
        right_(right),
        c_(c),
        leading_(leading) {}

  // The right operand stays packed from product to product of the same columns.
  void pack(const Matrix<T>& a, const Matrix<T>& b, bool right) {
    by_rows_ = !a.transposed;
    const double elements = static_cast<double>(extents_.inner) *
                            static_cast<double>(extents_.rows + (right ? extents_.columns : 0));
    share(elements / static_cast<double>(parallel_grain / 2), [&](std::int64_t i, std::int64_t of) {
      pack_left(a, left_panels() * i / of, left_panels() * (i + 1) / of);
      if (right) pack_right(b, right_panels() * i / of, right_panels() * (i + 1) / of);
    });
  }

  void multiply() {
    const std::int64_t threads = threads_for(worth());
    if (in_parts() && threads > 1 && left_panels() * right_panels() < 4 * threads)
      return multiply_terms();
    each_area(1, [&](const Area& at, std::int64_t) {
      if (in_parts())
        add_parts(at);
      else
        multiply_area(at, 0, extents_.inner, element(at.i, at.j), leading_);
    });
  }

 private:
  // How many panels of either operand make a part of the result.
  struct Cut {
    std::int64_t rows, columns;
  };
  // A part of the result: from panel i on so many down, and from j on so many across.
  struct Area {
    std::int64_t i, down, j, across;
  };

  // Parts that the caches like, and smaller ones where that leaves threads without work when each
  // part is made in so many calls.
  Cut cut_for(std::int64_t threads, std::int64_t calls) const {
    const std::int64_t rows = in_parts() ? kPartRows / 3 : kPartRows,
                       columns = kPartBytes / static_cast<std::int64_t>(sizeof(T));
    Cut cut{std::min(rows / kernels_.rows, left_panels()),
            std::min(columns / kernels_.columns, right_panels())};
    const auto count = [&] {
      return parts(left_panels(), cut.rows) * parts(right_panels(), cut.columns);
    };
    const auto work = [&] {
      return cut.rows * kernels_.rows * cut.columns * kernels_.columns * extents_.inner;
    };
    while (threads > 1 && count() * calls < 4 * threads && cut.rows * cut.columns > 1 &&
           work() > parallel_grain) {
      const bool tall = cut.rows * kernels_.rows > cut.columns * kernels_.columns;
      std::int64_t& side = cut.columns == 1 || (tall && cut.rows > 1) ? cut.rows : cut.columns;
      side = parts(side, 2);
    }
    cut.rows = parts(left_panels(), parts(left_panels(), cut.rows));
    cut.columns = parts(right_panels(), parts(right_panels(), cut.columns));
    return cut;
  }

  bool in_parts() const { return is_in_parts<T>(extents_); }

  // Calls f(area, call) for each part of the result and each call below `calls`. Threads take one
  // after the other, so that one that others keep from its processor delays nobody.
  template <class F>
  void each_area(std::int64_t calls, const F& f) {
    std::atomic<std::int64_t> next = 0;
    share(worth(), [&](std::int64_t, std::int64_t of) {
      const Cut cut = cut_for(of, calls);
      const std::int64_t across = parts(right_panels(), cut.columns),
                         count = parts(left_panels(), cut.rows) * across;
      for (std::int64_t at; (at = next.fetch_add(1, std::memory_order_relaxed)) < count * calls;) {
        const std::int64_t i = at % count / across * cut.rows, j = at % across * cut.columns;
        f(Area{i, std::min(cut.rows, left_panels() - i), j,
               std::min(cut.columns, right_panels() - j)},
          at / count);
      }
    });
  }

  // Calls f(i, of) for each i in [0, of), `of` of them on threads of their own: as many as the
  // product has and `worth` allows.
  template <class F>
  static void share(double worth, const F& f) {
    const std::int64_t of = threads_for(worth);
    parallel_for(of, parallel_grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) f(i, of);
    });
  }
  static std::int64_t threads_for(double worth) {
    return static_cast<std::int64_t>(
        std::clamp<double>(worth, 1, static_cast<double>(threads_for_a_loop())));
  }
  double worth() const {
    return extents_.multiplications() / static_cast<double>(parallel_grain * 16);
  }

  void pack_left(const Matrix<T>& a, std::int64_t first, std::int64_t last) {
    each_stretch(0, extents_.inner, [&](std::int64_t k, std::int64_t depth) {
      for (std::int64_t panel = first; panel < last; panel += kPanelsAtOnce)
        kernels_.pack_left(a.from(panel * kernels_.rows, k),
                           rows(panel, std::min(kPanelsAtOnce, last - panel)), depth,
                           left_ + left_at(panel, k));
    });
  }

  void pack_right(const Matrix<T>& b, std::int64_t first, std::int64_t last) {
    each_stretch(0, extents_.inner, [&](std::int64_t k, std::int64_t depth) {
      for (std::int64_t panel = first; panel < last; panel += kPanelsAtOnce)
        kernels_.pack_right(b.from(k, panel * kernels_.columns),
                            columns(panel, std::min(kPanelsAtOnce, last - panel)), depth,
                            right_.data + right_at(panel, k));
    });
  }

  std::int64_t left_panels() const { return parts(extents_.rows, kernels_.rows); }
  std::int64_t right_panels() const { return parts(extents_.columns, kernels_.columns); }

  // Where the panel is, of the stretch from k on. All panels of a stretch lie one after the other.
  std::int64_t left_at(std::int64_t panel, std::int64_t k) const {
    return (k / stretch_ * left_panels() + panel) * kernels_.rows * kStretch;
  }
  std::int64_t right_at(std::int64_t panel, std::int64_t k) const {
    return (k * parts(right_.columns, kernels_.columns) + panel * right_depth(k)) *
           kernels_.columns;
  }
  std::int64_t right_depth(std::int64_t k) const { return std::min(stretch_, right_.inner - k); }

  template <class F>
  void each_stretch(std::int64_t first, std::int64_t last, const F& f) const {
    for (std::int64_t k = first; k < last; k += stretch_) f(k, std::min(stretch_, last - k));
  }

  T* element(std::int64_t i, std::int64_t j) const {
    return c_ + i * kernels_.rows * leading_ + j * kernels_.columns;
  }
  std::int64_t rows(std::int64_t i, std::int64_t down) const {
    return std::min(down * kernels_.rows, extents_.rows - i * kernels_.rows);
  }
  std::int64_t columns(std::int64_t j, std::int64_t across) const {
    return std::min(across * kernels_.columns, extents_.columns - j * kernels_.columns);
  }

  // Over the inner extents [first, last).
  void multiply_area(const Area& at, std::int64_t first, std::int64_t last, T* c,
                     std::int64_t leading) {
    each_stretch(first, last, [&](std::int64_t k, std::int64_t depth) {
      kernels_.multiply({rows(at.i, at.down), columns(at.j, at.across), depth,
                         left_ + left_at(at.i, k), by_rows_, right_.data + right_at(at.j, k),
                         right_depth(k), c, leading, k > first});
    });
  }
  void multiply_term(const Area& at, std::int64_t term, T* c, std::int64_t leading) {
    const std::int64_t first = term * term_length();
    multiply_area(at, first, std::min(first + term_length(), extents_.inner), c, leading);
  }
  std::int64_t term_length() const { return 3 * stretch_; }
  std::int64_t terms() const { return parts(extents_.inner, term_length()); }

  void add_parts(const Area& at) {
    const std::int64_t height = rows(at.i, at.down), width = columns(at.j, at.across);
    std::vector<T> term(static_cast<std::size_t>(height * width));
    std::vector<double> sum(term.size(), 0);
    for (std::int64_t i = 0; i < terms(); ++i) {
      multiply_term(at, i, term.data(), width);
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += static_cast<double>(term[k]);
    }
    for (std::int64_t row = 0; row < height; ++row)
      std::transform(sum.begin() + row * width, sum.begin() + (row + 1) * width,
                     element(at.i, at.j) + row * leading_,
                     [](double x) { return static_cast<T>(x); });
  }

  // The same for a result of few parts: threads share the terms of each.
  void multiply_terms() {
    const std::int64_t width = extents_.columns, size = extents_.rows * width;
    const Workspace<T> each(terms() * size);
    each_area(terms(), [&](const Area& at, std::int64_t term) {
      multiply_term(
          at, term,
          each.data() + term * size + at.i * kernels_.rows * width + at.j * kernels_.columns,
          width);
    });
    parallel_for(extents_.rows, width * terms(), [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t row = first; row < last; ++row)
        for (std::int64_t column = 0; column < width; ++column) {
          double sum = 0;
          for (std::int64_t term = 0; term < terms(); ++term)
            sum += static_cast<double>(each.data()[term * size + row * width + column]);
          c_[row * leading_ + column] = static_cast<T>(sum);
        }
    });
  }

  const Extents extents_;
  const std::int64_t stretch_;
  const PanelKernels<T>& kernels_;
  T* left_;
  const RightPanels<T> right_;
  T* c_;
  std::int64_t leading_;
  bool by_rows_ = true;
};

// Rows or columns that are packed at a time: whole panels.
std::int64_t at_a_time(std::int64_t extent, std::int64_t panel, std::int64_t inner) {
  return std::min(parts(extent, panel), std::max<std::int64_t>(1, kMostPacked / inner / panel)) *
         panel;
}

// Threads share the packing, and then the product.
template <class T>
void multiply_together(const Extents& e, const Matrix<T>& a, const Matrix<T>& b, T* c,
                       std::int64_t leading) {
  const PanelKernels<T>& kernels = panel_kernels(T());
  const std::int64_t stretches = parts(e.inner, stretch_of(e.inner));
  const std::int64_t rows = at_a_time(e.rows, kernels.rows, stretches * kStretch),
                     columns = at_a_time(e.columns, kernels.columns, e.inner);
  const Workspace<T> left(rows * stretches * kStretch), right(columns * e.inner);
  for (std::int64_t j = 0; j < e.columns; j += columns)
    for (std::int64_t i = 0; i < e.rows; i += rows) {
      const Extents part{std::min(rows, e.rows - i), std::min(columns, e.columns - j), e.inner};
      Product<T> product(part, kernels, left.data(), {right.data(), e.inner, part.columns},
                         c + i * leading + j, leading);
      product.pack(a.from(i, 0), b.from(0, j), i == 0);
      product.multiply();
    }
}

// Blocks of the result, each made by a thread that packs its rows and its columns by itself: what
// another one packed lies in that one's caches, and to fetch it takes longer where it is little.
struct Blocks {
  std::int64_t down = 1, across = 1;
  std::int64_t count() const { return down * across; }
};

// One block where threads had better share the packing.
template <class T>
Blocks blocks_for(const Extents& e) {
  constexpr std::int64_t kMostElements = 1 << 17, kLeastRows = 24, kLeastWork = 1 << 19;
  const std::int64_t all = threads_for_a_loop();
  const auto most = static_cast<std::int64_t>(
      std::min(static_cast<double>(all), e.multiplications() / static_cast<double>(kLeastWork)));
  const std::int64_t panels = parts(e.columns, panel_kernels(T()).columns);
  Blocks best;
  std::int64_t packed = 0;  // sides of the best one's blocks
  for (std::int64_t down = 1; down <= std::min(most, e.rows / kLeastRows); ++down) {
    const std::int64_t across = std::min(most / down, panels);
    const std::int64_t sides = parts(e.rows, down) + parts(e.columns, across);
    if (sides > kMostElements / e.inner) continue;
    if (down * across < best.count() || (down * across == best.count() && sides >= packed))
      continue;
    best = {down, across};
    packed = sides;
  }
  // Long sums have terms for more threads than there are blocks for.
  return is_in_parts<T>(e) && best.count() < all ? Blocks() : best;
}

}  // namespace

bool is_worth_packing(const Extents& e) {
  return e.rows >= kSide && e.columns >= kSide && e.inner <= kLongest &&
         e.multiplications() >= kWorthPacking;
}

template <class T>
void multiply_packed(const Extents& e, const Matrix<T>& a, const Matrix<T>& b, T* c,
                     std::int64_t leading) {
  const Blocks blocks = blocks_for<T>(e);
  if (blocks.count() < 2) return multiply_together(e, a, b, c, leading);
  const auto& kernels = panel_kernels(T());
  // Where a block begins: at a panel.
  const auto edge = [](std::int64_t side, std::int64_t panel, std::int64_t i, std::int64_t of) {
    return std::min(parts(side, panel) * i / of * panel, side);
  };
  parallel_for(blocks.count(), parallel_grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t block = first; block < last; ++block) {
      const std::int64_t i = block / blocks.across, j = block % blocks.across;
      const std::int64_t top = edge(e.rows, kernels.rows, i, blocks.down),
                         left = edge(e.columns, kernels.columns, j, blocks.across);
      multiply_together({edge(e.rows, kernels.rows, i + 1, blocks.down) - top,
                         edge(e.columns, kernels.columns, j + 1, blocks.across) - left, e.inner},
                        a.from(top, 0), b.from(0, left), c + top * leading + left, leading);
    }
  });
}

template <class T>
PackedRight<T>::PackedRight(std::int64_t inner, std::int64_t columns, const Matrix<T>& b)
    : inner_(inner),
      columns_(columns),
      panels_(inner * parts(columns, panel_kernels(T()).columns) * panel_kernels(T()).columns) {
  Product<T>({0, columns, inner}, panel_kernels(T()), nullptr, {panels(), inner, columns}, nullptr,
             0)
      .pack({}, b, true);
}

template <class T>
bool PackedRight<T>::takes(std::int64_t inner, std::int64_t columns) {
  return columns <= kMostPacked / std::max<std::int64_t>(1, inner);
}

template <class T>
void multiply_packed(const Extents& e, const Matrix<T>& a, const PackedRight<T>& b, T* c,
                     std::int64_t leading) {
  const PanelKernels<T>& kernels = panel_kernels(T());
  const std::int64_t stretches = parts(e.inner, stretch_of(b.inner())),
                     rows = at_a_time(e.rows, kernels.rows, stretches * kStretch);
  const Workspace<T> left(rows * stretches * kStretch);
  for (std::int64_t i = 0; i < e.rows; i += rows) {
    Product<T> product({std::min(rows, e.rows - i), e.columns, e.inner}, kernels, left.data(),
                       {b.panels(), b.inner(), b.columns()}, c + i * leading, leading);
    product.pack(a.from(i, 0), {}, false);
    product.multiply();
  }
}

template void multiply_packed(const Extents&, const Matrix<float>&, const Matrix<float>&, float*,
                              std::int64_t);
template void multiply_packed(const Extents&, const Matrix<double>&, const Matrix<double>&, double*,
                              std::int64_t);
template class PackedRight<float>;
template class PackedRight<double>;
template void multiply_packed(const Extents&, const Matrix<float>&, const PackedRight<float>&,
                              float*, std::int64_t);
template void multiply_packed(const Extents&, const Matrix<double>&, const PackedRight<double>&,
                              double*, std::int64_t);

}  // namespace tapestry::detail
