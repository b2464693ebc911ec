// Numbers as JSON: doubles that read back as the same bits; nested lists as deep as the tensor.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/tensor/tensor.h"

namespace tapestry::tools {

using Json = nlohmann::ordered_json;

// JSON has no nan and inf: they become the strings "nan", "inf", "-inf".
Json json_of(double number);
Json json_of(const Tensor& x);

}  // namespace tapestry::tools
