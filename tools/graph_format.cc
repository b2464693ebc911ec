#include "tools/graph_format.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "tools/usage.h"

namespace tapestry::tools {
namespace {

struct Ending {
  std::string_view text;
  GraphFormat format;
};

constexpr std::array<Ending, 7> kEndings{{{".dot", GraphFormat::dot},
                                          {".gv", GraphFormat::dot},
                                          {".svg", GraphFormat::svg},
                                          {".png", GraphFormat::png},
                                          {".pdf", GraphFormat::pdf},
                                          {".json", GraphFormat::json},
                                          {".txt", GraphFormat::text}}};

constexpr std::array<std::string_view, 6> kNames{"dot", "json", "text", "svg", "png", "pdf"};

std::optional<GraphFormat> format_of(std::string ending) {
  std::ranges::transform(ending, ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const Ending& known : kEndings)
    if (ending == known.text) return known.format;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(GraphFormat format) { return kNames[static_cast<std::size_t>(format)]; }

bool is_picture(GraphFormat format) {
  return format == GraphFormat::svg || format == GraphFormat::png || format == GraphFormat::pdf;
}

GraphFormat graph_format(const std::string& asked, const std::string& file) {
  const std::string ending = std::filesystem::path(file).extension().string();
  const std::optional<GraphFormat> of_file = format_of(ending);
  if (asked.empty()) {
    if (ending.empty()) return GraphFormat::dot;
    if (of_file) return *of_file;
    throw UsageError(
        fmt::format("-o: '{}' ends in {}; expected .dot, .svg, .png, .pdf, .json or "
                    ".txt, or a --format",
                    file, ending));
  }
  const auto* const name = std::ranges::find(kNames, asked);
  if (name == kNames.end())
    throw UsageError(
        fmt::format("--format: '{}' is no format; expected dot, json, text, svg, png "
                    "or pdf",
                    asked));
  const auto format = static_cast<GraphFormat>(name - kNames.begin());
  const bool any_text = of_file == GraphFormat::text && !is_picture(format);
  if (of_file && *of_file != format && !any_text)
    throw UsageError(fmt::format(
        "--format {} and -o {} contradict each other; expected one of them", asked, file));
  return format;
}

}  // namespace tapestry::tools
