#include "tests/golden/case.h"

#include <fstream>
#include <limits>

namespace tapestry::golden {
using namespace detail;
namespace {

using nlohmann::json;

// JSON has no words for these.
double number(const json& j) {
  if (j.is_number()) return j.get<double>();
  const auto& word = j.get_ref<const std::string&>();
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (word == "inf") return std::numeric_limits<double>::infinity();
  if (word == "-inf") return -std::numeric_limits<double>::infinity();
  refuse("golden", "{} is not a number", word);
}

Numbers numbers(const json& j) {
  Numbers all;
  for (const json& one : j) all.push_back(number(one));
  return all;
}

std::vector<Numbers> lists(const json& j, const char* key) {
  std::vector<Numbers> all;
  if (j.contains(key))
    for (const json& one : j[key]) all.push_back(numbers(one));
  return all;
}

std::vector<Block> blocks(const json& j) {
  std::vector<Block> all;
  for (const json& one : j) {
    const std::string dtype = one.value("dtype", "f64");
    const auto extents = one.at("shape").get<std::vector<std::int64_t>>();
    all.push_back({dtype == "i64"       ? DType::i64
                   : dtype == "boolean" ? DType::boolean
                                        : DType::f64,
                   Shape(extents), numbers(one.at("numbers"))});
  }
  return all;
}

}  // namespace

std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) refuse("golden", "{} cannot be read", path);
  const auto announced = json::parse(line).at("cases").get<std::size_t>();
  std::vector<Case> cases;
  while (std::getline(file, line)) {
    const json j = json::parse(line);
    cases.push_back({j.at("name"), j.at("op"), j.at("by"), j.at("attributes"),
                     blocks(j.at("inputs")), blocks(j.at("values")), lists(j, "weights"),
                     lists(j, "gradients"), lists(j, "directions"), lists(j, "seconds")});
  }
  if (cases.size() != announced)
    refuse("golden", "{} has {} cases; it announces {}", path, cases.size(), announced);
  return cases;
}

}  // namespace tapestry::golden
