// Prints docs/ops.md: every op of the catalogue, and of the page what the page says.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "ops/catalogue/catalogue.h"
#include "ops/catalogue/domain.h"
#include "ops/ops.h"

namespace tapestry::detail {
namespace {

// A place where a function of the page is smooth.
double inside(const Domain& domain) {
  for (double x : {0.5, 1.5, 2.5, -0.5})
    if (x > domain.low && x < domain.high) return x;
  return (domain.low + domain.high) / 2;
}

// Within a table of Markdown a bar ends a column.
std::string cell(std::string_view text) {
  std::string result;
  for (char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

using Call = std::function<Tensor(const std::vector<Tensor>&)>;

std::string example(std::string_view name, const Call& call, const std::vector<double>& at) {
  std::vector<Tensor> in;
  for (double x : at) in.push_back(full({}, x, DType::f64));
  return fmt::format("{}({:g}) = {:.6g}", name, fmt::join(at, ", "), call(in).item());
}

void print_page(std::set<std::string_view>& listed) {
  using namespace domains;
  fmt::print("## Elementwise functions of one operand\n\n");
  fmt::print(
      "y is the value and g the adjoint of y. A function is smooth on its domain. Errors are in\n"
      "units in the last place: of the value, then of the derivative.\n\n");
  fmt::print("| function | what | value | vjp | domain | errors | example |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
#define TAPESTRY_UNARY(name, value, vjp, kind, domain, ulps, doc)                              \
  listed.insert(#name);                                                                        \
  fmt::print("| `{}` | {} | `{}` | `{}` | {} | {} | `{}` |\n", #name, cell(doc), cell(#value), \
             cell(#vjp), #domain, #ulps,                                                       \
             example(#name, [](const auto& in) { return name(in[0]); }, {inside(domain)}));
#include "ops/page/elementwise.def"

  fmt::print("\n## Elementwise functions of two operands\n\n");
  fmt::print("| function | what | value | vjp of x | vjp of z | domain | errors | example |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
#define TAPESTRY_BINARY(name, value, vjp_x, vjp_z, kind, domain_x, domain_z, ulps, doc)     \
  listed.insert(#name);                                                                     \
  fmt::print("| `{}` | {} | `{}` | `{}` | `{}` | {}, {} | {} | `{}` |\n", #name, cell(doc), \
             cell(#value), cell(#vjp_x), cell(#vjp_z), #domain_x, #domain_z, #ulps,         \
             example(#name, [](const auto& in) { return name(in[0], in[1]); },              \
                     {inside(domain_x), inside(domain_z) + 1}));
#include "ops/page/elementwise.def"

  fmt::print(
      "\n## Comparisons and predicates\n\nThey give boolean tensors, without a gradient.\n\n");
  fmt::print("| function | holds where |\n|---|---|\n");
#define TAPESTRY_COMPARE(name, value, doc) \
  listed.insert(#name);                    \
  fmt::print("| `{}(x, z)` | {} |\n", #name, cell(doc));
#define TAPESTRY_PREDICATE(name, value, doc) \
  listed.insert(#name);                      \
  fmt::print("| `{}(x)` | {} |\n", #name, cell(doc));
#include "ops/page/elementwise.def"
}

std::string shapes_of(const Sample& sample) {
  std::string text;
  for (const Tensor& x : sample.inputs)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", x.shape());
  return fmt::format("{}: {} to {}", sample.label, text.empty() ? "nothing" : text,
                     sample.call(sample.inputs).shape());
}

void print_others(const std::set<std::string_view>& listed) {
  fmt::print("\n## All other ops\n\n");
  fmt::print("| op | what | gradient | example, by shapes |\n|---|---|---|---|\n");
  std::map<std::string_view, const OpInfo*> others;
  for (const OpInfo& op : catalogue())
    if (!listed.count(op.name)) others.emplace(op.name, &op);
  for (const auto& [name, op] : others)
    fmt::print("| `{}` | {} | {} | {} |\n", name, cell(op->documentation),
               op->differentiable ? "yes" : "no",
               op->samples.empty() ? "" : shapes_of(op->samples.front()));
}

}  // namespace
}  // namespace tapestry::detail

int main() {
  using namespace tapestry::detail;
  fmt::print(
      "# Every op\n\n"
      "Made by `bazel run //tests/docs:ops_page`, and held true by a test. The page of "
      "elementwise\n"
      "functions is [ops/page/elementwise.def](../ops/page/elementwise.def); options and errors "
      "stand\nwith the declarations, which `ops/ops.h` lists.\n\n");
  std::set<std::string_view> listed;
  print_page(listed);
  print_others(listed);
}
