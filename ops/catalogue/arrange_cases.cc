#include "engine/tensor/factory.h"
#include "ops/catalogue/cases.h"
#include "ops/layout/arrange.h"
#include "ops/layout/join.h"
#include "ops/layout/pad.h"
#include "ops/layout/unfold.h"
#include "ops/layout/view.h"

namespace tapestry::detail {

std::vector<OpInfo> arrange_cases() {
  const Tensor x = sample_numbers({3, 4}), v = sample_numbers({3}, 2), w = sample_numbers({2}, 3);
  return {
      {"movedim",
       "Moves axes to other places; a view.",
       true,
       {{"one", {sample_numbers({2, 3, 4})}, [](const auto& in) { return movedim(in[0], 0, -1); }},
        {"two",
         {sample_numbers({2, 3, 4})},
         [](const auto& in) {
           return movedim(in[0], {0, 1}, {2, 0});
         }}},
       {{"twice",
         [] {
           movedim(zeros({2, 3}), {0, 0}, {0, 1});
         },
         "[movedim] axis 0 is named twice in (0, 0); name each axis once"},
        {"counts",
         [] {
           movedim(zeros({2, 3}), {0}, {0, 1});
         },
         "[movedim] (0,) names 1 axes, (0, 1) names 2; there must be as many"}}},
      {"roll",
       "Shifts an axis; what leaves it at one end enters at the other.",
       true,
       {{"axis", {x}, [](const auto& in) { return roll(in[0], 1, 1); }},
        {"two axes",
         {x},
         [](const auto& in) {
           return roll(in[0], {-1, 2}, {0, 1});
         }},
        {"as one row", {x}, [](const auto& in) { return roll(in[0], 5); }}},
       {{"range", [] { roll(zeros({2}), 1, 1); },
         "[roll] axis 1 is out of range for rank 1; it must lie in [-1, 0]"},
        {"counts",
         [] {
           roll(zeros({2}), {1, 2}, {0});
         },
         "[roll] 2 shifts for 1 axes; there must be one for each"}}},
      {"tile",
       "The whole tensor, so many times along each axis.",
       true,
       {{"both axes",
         {x},
         [](const auto& in) {
           return tile(in[0], {2, 3});
         }},
        {"a new axis",
         {v},
         [](const auto& in) {
           return tile(in[0], {2, 2});
         }},
        {"the last", {x}, [](const auto& in) { return tile(in[0], {2}); }}},
       {{"negative", [] { tile(zeros({2}), {-1}); },
         "[tile] the count is -1; it must not be negative"}}},
      {"repeat",
       "Each element so many times in a row, or, with a count for each axis, the whole tensor.",
       true,
       {{"rows", {x}, [](const auto& in) { return repeat(in[0], 2, 0); }},
        {"flat", {x}, [](const auto& in) { return repeat(in[0], 2); }},
        {"counts",
         {x},
         [](const auto& in) {
           return repeat(in[0], {2, 1, 3});
         }}},
       {{"negative", [] { repeat(zeros({2}), -1, 0); },
         "[repeat] the count is -1; it must not be negative"},
        {"counts",
         [] {
           repeat(zeros({2, 3}), {2});
         },
         "[repeat] 1 counts for shape (2, 3); there must be one for each axis"}}},
      {"chunk",
       "Takes an axis apart into equal parts, of which the last may be shorter; views.",
       true,
       {{"the first", {x}, [](const auto& in) { return chunk(in[0], 2)[0]; }},
        {"the shorter", {x}, [](const auto& in) { return chunk(in[0], 2)[1]; }}},
       {{"none", [] { chunk(zeros({2}), 0); }, "[chunk] 0 chunks; there must be at least one"}}},
      {"meshgrid",
       "Vectors stretched to the grid of all their combinations; views.",
       true,
       {{"ij", {v, w}, [](const auto& in) { return stack(meshgrid(in)); }},
        {"xy", {v, w}, [](const auto& in) { return stack(meshgrid(in, Indexing::xy)); }}},
       {{"rank",
         [] {
           meshgrid({zeros({2}), zeros({2, 2})});
         },
         "[meshgrid] operand 1 has shape (2, 2); it must be a vector or a number"}}},
      {"unfold",
       "Windows of neighbours along an axis, as a new last axis; a view.",
       true,
       {{"overlapping", {x}, [](const auto& in) { return unfold(in[0], 1, 2, 1); }},
        {"apart", {sample_numbers({7, 2})}, [](const auto& in) { return unfold(in[0], 0, 2, 3); }}},
       {{"fit",
         [] {
           unfold(zeros({2, 3}), 0, 3, 1);
         },
         "[unfold] windows of 3 do not fit axis 0 of shape (2, 3)"},
        {"step", [] { unfold(zeros({3}), 0, 2, 0); },
         "[unfold] size 2 and step 0; both must be at least 1"}}},
      {"pad",
       "Surrounds x with a constant, or with its own elements: reflect, replicate, circular.",
       true,
       {{"zeros",
         {x},
         [](const auto& in) {
           return pad(in[0], {{1, 0}, {2, 1}});
         }},
        {"value",
         {x},
         [](const auto& in) {
           return pad(in[0], {{0, 1}, {0, 0}}, 2.5);
         }},
        {"reflect",
         {x},
         [](const auto& in) {
           return pad(in[0], {{2, 1}, {0, 3}}, PadMode::reflect);
         }},
        {"replicate",
         {x},
         [](const auto& in) {
           return pad(in[0], {{1, 2}, {0, 5}}, PadMode::replicate);
         }},
        {"circular",
         {x},
         [](const auto& in) {
           return pad(in[0], {{3, 1}, {4, 0}}, PadMode::circular);
         }}},
       {{"negative",
         [] {
           pad(zeros({3}), {{-1, 0}});
         },
         "[pad] the widths of axis 0 are -1 and 0; they must not be negative"},
        {"value",
         [] {
           pad(zeros({3}, DType::i64), {{1, 1}}, 0.5);
         },
         "[pad] the value 0.5 is not i64 as x is; convert x with .to()"},
        {"mirror",
         [] {
           pad(zeros({3}), {{1, 3}}, PadMode::reflect);
         },
         "[pad] axis 0 of shape (3,) is too short for widths 1 and 3; it needs 4 elements"}}},
  };
}

}  // namespace tapestry::detail
