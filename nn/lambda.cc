#include "nn/lambda.h"

namespace tapestry::nn {
using namespace detail;

Lambda::Lambda(std::function<Tensor(const Tensor&)> function, std::string type, Site site)
    : function_(std::move(function)), type_(std::move(type)) {
  const CallSite call(site);
  if (!function_) refuse("Lambda", "the function is empty; it must take a tensor and return one");
}

}  // namespace tapestry::nn
