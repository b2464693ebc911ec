// Read first by the public headers: says in one line what a compiler of an older C++ would say in
// thousands.
#pragma once

#if __cplusplus < 202002L
#error \
    "[tapestry] this file is compiled as C++17 or older; expected C++20 or newer: -std=c++20 (Bazel: --cxxopt=-std=c++20)"
#include "engine/ends_here_without_std_cxx20"  // a missing file ends the compilation at once
#endif
