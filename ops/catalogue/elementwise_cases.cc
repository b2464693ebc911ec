// The ops of the page: samples come from the domains that it states.
#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/catalogue/domain.h"
#include "ops/elementwise/elementwise.h"
#include "ops/elementwise/where.h"

namespace tapestry::detail {
namespace {

using Call = std::function<Tensor(const std::vector<Tensor>&)>;

OpInfo unary_info(std::string_view name, std::string_view doc, const Domain& domain, Call call,
                    bool differentiable = true) {
  return {name,
          doc,
          differentiable,
          {{"a vector", {sample_domain(domain, {5}, 1)}, call},
           {"a matrix", {sample_domain(domain, {3, 4}, 2)}, call},
           {"one number", {sample_domain(domain, {}, 3)}, call}},
          {}};
}

OpInfo binary_info(std::string_view name, std::string_view doc, const Domain& domain_x,
                     const Domain& domain_z, Call call, bool differentiable = true) {
  const auto at = [&](const Shape& x, const Shape& z) {
    return std::vector{sample_domain(domain_x, x, 4), sample_domain(domain_z, z, 5)};
  };
  const Tensor two = ones({2, 3}), three = ones({4});
  return {name,
          doc,
          differentiable,
          {{"equal shapes", at({2, 3}, {2, 3}), call},
           {"a row stretched", at({2, 3}, {3}), call},
           {"a column and a row", at({2, 1}, {3}), call},
           {"a number stretched", at({}, {2, 3}), call}},
          {{"shapes that do not broadcast",
            [=] {
              call({two, three});
            },
            fmt::format("[{}] shapes (2, 3) and (4,) do not broadcast: the 3 and the 4 must be "
                        "equal, or one of them 1",
                        name)}}};
}

OpInfo where_info() {
  const Call call = [](const std::vector<Tensor>& in) { return where(in[0], in[1], in[2]); };
  const Tensor numbers = ones({2, 2}), x = ones({2, 2});
  const Tensor mask = sample_domain(domains::nonzero, {3, 4}, 6) > 0;
  return {
      "where",
      "the first where the mask holds, else the second",
      true,
      {{"both branches",
        {mask, sample_domain(domains::reals, {3, 1}, 8), sample_domain(domains::reals, {4}, 7)},
        call},
       {"equal shapes",
        {mask, sample_domain(domains::reals, {3, 4}, 8), sample_domain(domains::reals, {3, 4}, 7)},
        call}},
      {{"a mask of numbers", [=] { where(numbers, x, x); },
        "[where] the mask has dtype f32; it must be boolean"}}};
}

OpInfo nan_to_num_info() {
  const Tensor x = sample_domain(domains::reals, {3, 4}, 9);
  const Tensor mask = sample_domain(domains::nonzero, {3, 4}, 6) > 0;
  return {"nan_to_num",
          "x with numbers in place of NaN and infinities",
          true,
          {{"all finite", {x}, [](const auto& in) { return nan_to_num(in[0]); }},
           {"some infinite",
            {mask, x},
            [](const auto& in) {
              return nan_to_num(where(in[0], Domain::kInfinity, in[1]), {.posinf = 4});
            }}},
          {}};
}

OpInfo clamp_info() {
  const Call call = [](const std::vector<Tensor>& in) { return clamp(in[0], -1, 1.5); };
  const Tensor x = ones({2});
  return {"clamp",
          "x held between two bounds",
          true,
          {{"inside and outside", {sample_domain(domains::reals, {12}, 8)}, call}},
          {{"bounds in the wrong order", [=] { clamp(x, 2, 1); },
            "[clamp] the bounds [2, 1] are empty"}}};
}

}  // namespace

std::vector<OpInfo> elementwise_cases() {
  using namespace domains;
  std::vector<OpInfo> ops{
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc) \
  unary_info(#name, doc, domain, [](const std::vector<Tensor>& in) { return name(in[0]); }),
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc) \
  binary_info(#name, doc, domain_x, domain_z,                                         \
                [](const std::vector<Tensor>& in) { return name(in[0], in[1]); }),
#define TAPESTRY_COMPARE(name, value, doc)                                                        \
  binary_info(                                                                                  \
      #name, doc, reals, reals, [](const std::vector<Tensor>& in) { return name(in[0], in[1]); }, \
      false),
#define TAPESTRY_PREDICATE(name, value, doc) \
  unary_info(                              \
      #name, doc, reals, [](const std::vector<Tensor>& in) { return name(in[0]); }, false),
#include "ops/page/elementwise.def"
  };
  ops.push_back(where_info());
  ops.push_back(clamp_info());
  ops.push_back(nan_to_num_info());
  return ops;
}

}  // namespace tapestry::detail
