// What the names in the golden cases call: for each family of ops one table.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "ops/ops.h"

namespace tapestry::golden {
using namespace detail;

using Tensors = std::vector<Tensor>;
using Attributes = nlohmann::json;

// A call's results, of which most have one.
struct Results : Tensors {
  Results(const Tensor& one) : Tensors{one} {}               // NOLINT: a tensor converts
  Results(Tensors several) : Tensors(std::move(several)) {}  // NOLINT: several convert
  Results(std::initializer_list<Tensor> list) : Tensors(list) {}
};

using Call = std::function<Results(const Tensors& x, const Attributes& with)>;
using Table = std::map<std::string, Call>;

Table elementwise_table();
Table reduce_table();
Table scan_table();
Table arrange_table();
Table index_table();
Table product_table();
Table linalg_table();
Table conv_table();
Table pool_table();
Table loss_table();
Table fft_table();

// Not defined() where the case has fewer.
inline Tensor operand(const Tensors& x, std::size_t i) { return i < x.size() ? x[i] : Tensor(); }

// ---- attributes; those of plain numbers say with.value("k", 0) ----

inline std::vector<std::int64_t> integers(const Attributes& with, const char* key) {
  return with.at(key).get<std::vector<std::int64_t>>();
}
inline Dims dims(const Attributes& with, const char* key) { return Dims(integers(with, key)); }
inline Shape shape(const Attributes& with, const char* key) { return Shape(integers(with, key)); }
// A list, one number, or none.
inline Axes axes(const Attributes& with, const char* key = "axis") {
  if (!with.contains(key)) return {};
  const Attributes& j = with[key];
  return j.is_array() ? Axes(j.get<std::vector<int>>()) : Axes(j.get<int>());
}
inline PerAxis per_axis(const Attributes& with, const char* key, const PerAxis& otherwise) {
  if (!with.contains(key)) return otherwise;
  const Attributes& j = with[key];
  if (!j.is_array()) return j.get<std::int64_t>();
  const auto n = integers(with, key);
  return n.size() == 1   ? PerAxis{n[0]}
         : n.size() == 2 ? PerAxis{n[0], n[1]}
                         : PerAxis{n.at(0), n.at(1), n.at(2)};
}

}  // namespace tapestry::golden
