#include "tests/golden/table.h"

namespace tapestry::golden {
using namespace detail;
namespace {

int axis(const Attributes& with, int otherwise = 0) { return with.value("axis", otherwise); }
std::int64_t k(const Attributes& with) { return with.value("k", std::int64_t{0}); }

Range range(const Attributes& with) {
  Range range{.step = with.value("step", std::int64_t{1})};
  if (with.contains("start")) range.start = with["start"].get<std::int64_t>();
  if (with.contains("stop")) range.stop = with["stop"].get<std::int64_t>();
  return range;
}

Results rolled(const Tensor& x, const Attributes& with) {
  if (with.contains("axes"))
    return roll(x, integers(with, "shifts"), with["axes"].get<std::vector<int>>());
  return roll(x, with.at("shifts").get<std::int64_t>());
}

Results padded(const Tensor& x, const Attributes& with) {
  std::vector<std::pair<std::int64_t, std::int64_t>> widths;
  for (const Attributes& j : with.at("widths")) widths.emplace_back(j.at(0), j.at(1));
  if (!with.contains("mode")) return pad(x, widths, with.value("value", 0.0));
  static const std::map<std::string, PadMode> modes{{"reflect", PadMode::reflect},
                                                    {"replicate", PadMode::replicate},
                                                    {"circular", PadMode::circular}};
  return pad(x, widths, modes.at(with["mode"]));
}

}  // namespace

Table arrange_table() {
  using X = const Tensors&;
  using With = const Attributes&;
  return {
      {"reshape", [](X x, With with) -> Results { return reshape(x[0], shape(with, "shape")); }},
      {"transpose",
       [](X x, With with) -> Results {
         return with.contains("first") ? transpose(x[0], with.at("first"), with.at("second"))
                                       : transpose(x[0]);
       }},
      {"permute", [](X x, With with) -> Results { return permute(x[0], dims(with, "axes")); }},
      {"movedim",
       [](X x, With with) -> Results {
         return movedim(x[0], dims(with, "source"), dims(with, "to"));
       }},
      {"squeeze", [](X x, With with) -> Results { return squeeze(x[0], axes(with)); }},
      {"unsqueeze", [](X x, With with) -> Results { return unsqueeze(x[0], axis(with)); }},
      {"broadcast_to",
       [](X x, With with) -> Results { return broadcast_to(x[0], shape(with, "shape")); }},
      {"slice", [](X x, With with) -> Results { return slice(x[0], axis(with), range(with)); }},
      {"flip", [](X x, With with) -> Results { return flip(x[0], axes(with)); }},
      {"roll", [](X x, With with) { return rolled(x[0], with); }},
      {"tile", [](X x, With with) -> Results { return tile(x[0], dims(with, "counts")); }},
      {"repeat", [](X x, With with) -> Results { return repeat(x[0], dims(with, "counts")); }},
      {"repeat_interleave",
       [](X x, With with) -> Results {
         const auto count = with.at("count").get<std::int64_t>();
         return with.contains("axis") ? repeat(x[0], count, axis(with)) : repeat(x[0], count);
       }},
      {"pad", [](X x, With with) { return padded(x[0], with); }},
      {"tril", [](X x, With with) -> Results { return tril(x[0], k(with)); }},
      {"triu", [](X x, With with) -> Results { return triu(x[0], k(with)); }},
      {"diagonal", [](X x, With with) -> Results { return diagonal(x[0], k(with)); }},
      {"diag_embed", [](X x, With with) -> Results { return diag_embed(x[0], k(with)); }},
      {"diag", [](X x, With with) -> Results { return diag(x[0], k(with)); }},
      {"trace", [](X x, With) -> Results { return trace(x[0]); }},
      {"unfold",
       [](X x, With with) -> Results {
         return unfold(x[0], axis(with), with.at("size"), with.at("step"));
       }},
      {"split",
       [](X x, With with) -> Results { return split(x[0], integers(with, "sizes"), axis(with)); }},
      {"split_evenly",
       [](X x, With with) -> Results {
         return split(x[0], with.at("parts").get<std::int64_t>(), axis(with));
       }},
      {"chunk",
       [](X x, With with) -> Results { return chunk(x[0], with.at("chunks"), axis(with)); }},
      {"meshgrid",
       [](X x, With with) -> Results {
         return meshgrid(x, with.at("indexing") == "xy" ? Indexing::xy : Indexing::ij);
       }},
      {"concat", [](X x, With with) -> Results { return concat(x, axis(with)); }},
      {"stack", [](X x, With with) -> Results { return stack(x, axis(with)); }},
  };
}

}  // namespace tapestry::golden
