// Conversion between dtypes, differentiable between the floating ones.
#include "engine/grad/pullback.h"
#include "engine/tape/apply.h"
#include "engine/tensor/copy.h"

namespace tapestry {
using namespace detail;
namespace {

struct Cast {
  static constexpr std::string_view name = "to";
  static constexpr int arity = 1;
  static constexpr bool elementwise = true;
  static constexpr bool linear = true;
  struct Attributes {
    DType dtype;
  };
  static Tensor forward(Inputs in, const Attributes& a) {
    Tensor result = Tensor::uninitialized(in[0].shape(), a.dtype);
    visit(a.dtype,
          [&]<class T>(std::type_identity<T>) { copy_elements(in[0], result.mutable_data<T>()); });
    return result;
  }
  static void vjp(Pullback& p) { p.give(0, p.cotangent().to(p.input_dtype(0))); }
  static std::string describe(const Attributes& a) { return fmt::format("dtype={}", a.dtype); }
};

}  // namespace

Tensor Tensor::to(DType dtype, Site site) const {
  const CallSite call(site);
  if (dtype == this->dtype()) return *this;
  return apply<Cast>({this}, {dtype});
}

}  // namespace tapestry
