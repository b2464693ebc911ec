// Files that appear whole or not at all, see tools/temporary_file.h.
#pragma once

#include <filesystem>
#include <string_view>

namespace tapestry::tools {

// Error that says why, when the file could not be written. Nothing is changed.
void check_writable(const std::filesystem::path& file);

// Replaces what is there. Devices and pipes are written to directly. Error when that fails.
void write_file(const std::filesystem::path& file, std::string_view text);

}  // namespace tapestry::tools
