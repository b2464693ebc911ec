#include "tools/train/data_source.h"

#include <filesystem>
#include <utility>

#include "tools/usage.h"

namespace tapestry::tools {
using namespace detail;
namespace {

constexpr double kHeldOut = 0.2;
constexpr std::uint64_t kSeed = 0;  // one for all trainings, so that their accuracies compare

bool may_be_file(const std::string& name) {
  return name.find_first_of("./") != std::string::npos || std::filesystem::exists(name);
}

nn::Split read_data(const std::string& name, const std::string& folder) {
  if (name == "digits") return nn::split(nn::load_digits(), kHeldOut, kSeed);
  if (name == "mnist") return nn::load_mnist(folder);
  if (!may_be_file(name))
    throw UsageError(fmt::format("--data is '{}'; expected digits, mnist or a CSV file", name));
  return nn::standardized(nn::split(nn::load_csv(name), kHeldOut, kSeed));
}

}  // namespace

nn::Split load_data(const std::string& name, const std::string& folder) {
  nn::Split data = read_data(name, folder);
  for (const auto& [part, set] :
       {std::pair("training", &data.train), std::pair("test", &data.test)})
    if (set->size() == 0) refuse("train", "the {} part of {} has no rows", part, name);
  return data;
}

}  // namespace tapestry::tools
