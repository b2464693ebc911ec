// Names in messages: those that were meant where one is not known, and lists of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry::detail {

// The name that differs least from `word`: by at most a third of its letters, counted as letters
// put in, left out, replaced or swapped with their neighbours, without regard to case and to dashes
// before it. Of equals the first. Else one that begins like it, by at least three letters. Empty
// when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> names);

// " (did you mean NAME?)", or nothing when none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> names);
std::string did_you_mean(std::string_view word, const std::vector<std::string>& names);

// The names with the separator between them.
std::string joined(std::span<const std::string> names, std::string_view separator);
std::string joined(std::span<const std::string_view> names, std::string_view separator);

}  // namespace tapestry::detail
