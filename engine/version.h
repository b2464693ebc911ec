// The one place of the project's version. CMakeLists.txt reads it here, and with it the package
// files of CMake and pkg-config.
#pragma once

namespace tapestry {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace tapestry
