#include "tools/train/data_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "engine/base/spelling.h"
#include "tools/usage.h"

namespace tapestry::tools {
using namespace detail;
namespace {

namespace fs = std::filesystem;

constexpr double kHeldOut = 0.2;
constexpr std::uint64_t kSeed = 0;  // one for all trainings, so that their accuracies compare

bool may_be_file(const std::string& name) {
  return name.find_first_of("./") != std::string::npos || fs::exists(name);
}

bool is_image_set(std::string_view name) {
  return std::ranges::find(nn::image_set_names(), name) != nn::image_set_names().end();
}

[[noreturn]] void refuse_name(const std::string& name) {
  std::vector<std::string_view> names{"digits"};
  names.insert(names.end(), nn::image_set_names().begin(), nn::image_set_names().end());
  throw UsageError(fmt::format("--data is '{}'{}; expected {} or a CSV file", name,
                               detail::did_you_mean(name, names), joined(names, ", ")));
}

// ---- options ----

void refuse_option(std::string_view option, const std::string& value, std::string_view expected) {
  throw UsageError(fmt::format("{}: '{}'; expected {}", option, value, expected));
}

// Those of tables say nothing of other data, and the folder nothing of a table.
void check_options(const std::string& name, const DataOptions& options, bool table, bool images) {
  const std::array<std::pair<std::string_view, bool>, 4> of_tables{{
      {"--delimiter", !options.delimiter.empty()},
      {"--header", !options.header.empty()},
      {"--target", !options.target.empty()},
      {"--missing", !options.missing.empty()},
  }};
  for (const auto& [option, given] : of_tables)
    if (given && !table)
      throw UsageError(fmt::format("{} is for CSV files, and --data is {}", option, name));
  if (!options.folder.empty() && !images)
    throw UsageError(
        fmt::format("--data-dir is for sets of images such as mnist, and --data is {}", name));
}

char delimiter_of(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, char>, 6> kNames{{{"comma", ','},
                                                                     {"semicolon", ';'},
                                                                     {"tab", '\t'},
                                                                     {"\\t", '\t'},
                                                                     {"pipe", '|'},
                                                                     {"space", ' '}}};
  if (text.empty()) return 0;
  for (const auto& [name, sign] : kNames)
    if (text == name) return sign;
  if (text.size() != 1)
    refuse_option("--delimiter", text, "one sign, or comma, semicolon, tab, pipe or space");
  return text[0];
}

// A name comes before a number, as a column may be called 1.
nn::Dataset read_table(const std::string& file, const DataOptions& options) {
  nn::CsvOptions csv{.delimiter = delimiter_of(options.delimiter),
                     .labels = nn::CsvLabels::distinct,
                     .dtype = DType::f64};
  if (!options.header.empty())
    csv.header = options.header == "yes" ? nn::CsvHeader::present : nn::CsvHeader::absent;
  if (!options.missing.empty())
    csv.missing = options.missing == "mean" ? nn::CsvMissing::mean : nn::CsvMissing::drop;
  if (options.target.empty()) return nn::load_csv(file, csv);

  std::int64_t column = 0;
  const char* const end = options.target.data() + options.target.size();
  const auto [after, error] = std::from_chars(options.target.data(), end, column);
  const bool is_number = error == std::errc() && after == end;
  is_number ? void(csv.label_column = column) : void(csv.label_name = options.target);
  return nn::load_csv(file, csv);
}

// ---- sources ----

nn::Split read_images(const std::string& name, const std::string& folder) {
  const char* variable = std::getenv("TAPESTRY_DATA");  // NOLINT: no other thread sets it
  if (folder.empty() && (!variable || !*variable))
    throw UsageError(
        fmt::format("--data {} needs --data-dir DIR, or the variable TAPESTRY_DATA, to "
                    "name the folder of its files",
                    name));
  return nn::load_image_set(name, folder);
}

nn::Split read_data(const std::string& name, const DataOptions& options) {
  const std::string set_of_file(nn::image_set_of(name));
  const bool images = is_image_set(name), file_of_set = !images && !set_of_file.empty();
  const bool digits = name == "digits";
  if (!digits && !images && !file_of_set && !may_be_file(name)) refuse_name(name);
  check_options(name, options, !digits && !images && !file_of_set, images);

  if (digits) return nn::split(nn::load_digits(), kHeldOut, kSeed);
  if (images) return read_images(name, options.folder);
  if (file_of_set) {
    const fs::path folder = fs::path(name).parent_path();
    return nn::load_image_set(set_of_file, folder.empty() ? "." : folder);
  }
  return nn::standardized(nn::split(read_table(name, options), kHeldOut, kSeed));
}

}  // namespace

nn::Split load_data(const std::string& name, const DataOptions& options) {
  nn::Split data = read_data(name, options);
  for (const auto& [part, set] :
       {std::pair("training", &data.train), std::pair("test", &data.test)})
    if (set->size() == 0) refuse("train", "the {} part of {} has no rows", part, name);
  return data;
}

}  // namespace tapestry::tools
