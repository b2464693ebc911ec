#!/usr/bin/env bash
# How files lie: folders are small, a declaration has a header, floors share no name of a header, every test runs.
set -uo pipefail
cd "$(dirname "$(realpath README.md)")" || exit
found=0
complain() { echo "$*"; found=1; }

folders=$(find engine ops nn tools tests docs -type d)
for folder in $folders; do
  count=$(find "$folder" -maxdepth 1 -type f | wc -l)
  ((count <= 45)) || complain "$folder holds $count files; 45 at most, so make a room of what belongs together"
done

# A source has the header of its name, or is a part of what such a header declares: X_part.cc of X.h, part_X.cc of X.h.
while read -r source; do
  folder=${source%/*} stem=$(basename "$source" .cc)
  header=
  rest=$stem
  while [[ $rest ]]; do
    [[ -e $folder/$rest.h || -n $(find "${folder%%/*}" -name "$rest.h" -print -quit) ]] && header=$rest
    [[ $rest == *_* && ! $header ]] && rest=${rest%_*} || break
  done
  rest=$stem
  while [[ ! $header && $rest == *_* ]]; do
    rest=${rest#*_}
    [[ -e $folder/$rest.h || -e $folder/${rest%s}.h ]] && header=$rest
  done
  [[ $header ]] || complain "$source: no header declares it; it needs $stem.h"
done < <(find engine ops nn -name '*.cc')

while read -r name; do
  floors=$(find engine ops nn tools -name "$name" | cut -d/ -f1 | sort -u)
  (($(wc -l <<<"$floors") == 1)) || complain "$name: headers on several floors:" $floors
done < <(find engine ops nn tools -name '*.h' -printf '%f\n' | sort | uniq -d)

# Samples that the catalogue does not list would never be tried.
for cases in $(find ops/catalogue -name '*_cases.cc'); do
  name=$(basename "$cases" .cc)
  grep -qrw "$name" ops/catalogue --include=catalogue.cc --include=linalg_cases.cc ||
    complain "$cases: no list of the catalogue names $name"
done

# A test that no BUILD file names would never run.
for test in $(find tests -name '*_test.cc' -o -name '*_test.sh'); do
  folder=${test%/*} name=$(basename "$test")
  while [[ ! -e $folder/BUILD ]]; do folder=${folder%/*}; done
  grep -qE "\"(${name%_test.*}|${name%.*}|$name)\"" "$folder/BUILD" || complain "$test: $folder/BUILD does not name it"
done

for header in engine/engine.h engine/extend.h engine/graph.h engine/version.h ops/ops.h ops/eigen.h ops/complex.h \
  ops/std_scalar.h nn/nn.h; do
  [[ -e $header ]] || complain "$header is gone; programs include it"
done
exit $found
