#!/usr/bin/env bash
# Without -std=c++20 a compiler says what is missing, in a few lines, and stops.
set -uo pipefail

include() { g++ "$1" -I. -fsyntax-only -x c++ - <<<'#include "engine/base/language.h"' 2>&1; }

said=$(include -std=c++17) && { echo "C++17 is accepted"; exit 1; }
[[ $said == *"expected C++20 or newer: -std=c++20"* ]] || { echo "it does not say what is missing: $said"; exit 1; }
(($(wc -l <<<"$said") <= 10)) || { echo "too much is said: $said"; exit 1; }
for standard in c++20 c++23; do
  said=$(include -std=$standard) && [[ -z $said ]] || { echo "$standard: $said"; exit 1; }
done
