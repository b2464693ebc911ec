#!/usr/bin/env bash
# The program as users start it: exit statuses, standard output and standard error, with Graphviz and
# without.
set -uo pipefail

tapestry="$PWD/tools/tapestry"
cd "$(mktemp -d "${TEST_TMPDIR:-/tmp}/program.XXXXXX")" || exit 1
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# check STATUS ARGUMENTS...: the exit status, and one line on standard error exactly when it is not 0.
check() {
  local expected=$1 status lines
  shift
  "$tapestry" "$@" >out 2>err
  status=$?
  lines=$(wc -l <err)
  [[ $status == "$expected" ]] || fail "status $status instead of $expected: tapestry $*"
  [[ $lines == $((expected != 0)) ]] || fail "$lines lines on standard error: tapestry $*"
}

check 0 backprop
grep -q '0\.39464890625$' out || fail "the first loss is not printed"
grep -q '0\.2384542802724947' out || fail "the second loss is not printed"
check 0 backprop --json
check 0 --help
check 0 --version
grep -qxE 'tapestry [0-9]+\.[0-9]+\.[0-9]+' out || fail "the version is not printed"
check 0 summary --model mlp:784-128-10
check 0 train --data digits --model mlp:64-16-10 --epochs 1
check 2
check 2 nonsense
check 2 backprop --steps many
check 0 eval -x^2 --at x=3 --grad
check 0 graph 'x*x'
check 1 graph 'x*x' -o /none/graph.dot
check 1 graph --example backprop -o /none/graph.dot
check 1 train --data /none.csv --model mlp:2-2

"$tapestry" eval '2*sine(x)' >out 2>err
[[ $? == 2 ]] || fail "an unknown function is no bad usage"
[[ ! -s out && $(cat err) == $'tapestry eval: unknown function "sine" (did you mean sin?)\n  2*sine(x)\n    ^' ]] ||
  fail "an unknown function is not pointed at: $(cat err)"

"$tapestry" backprop >/dev/full 2>err
[[ $? == 1 ]] || fail "a full device is no failure"

if command -v dot >/dev/null; then
  check 0 graph --example backprop --format svg -o graph.svg
  grep -q '</svg>' graph.svg || fail "graph.svg is no picture"
  "$tapestry" graph --example backprop --backward --values | dot -Tsvg | grep -q '</svg>' ||
    fail "dot does not draw the graph"
  for format in png pdf; do
    check 0 graph 'x*y' -o "graph.$format"
    [[ $(head -c 4 "graph.$format" | tr -d '\211') == @(PNG|%PDF) ]] || fail "graph.$format is none"
  done
  # More than 400 nodes, forward and backward.
  check 0 graph --model mlp:3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3-3 --backward -o deep.svg
  (($(grep -c 'class="node"' deep.svg) > 400)) || fail "deep.svg has too few nodes"
fi

# A program named dot that never ends is stopped.
mkdir -p slow
printf '#!/bin/sh\nexec sleep 1000\n' >slow/dot
chmod +x slow/dot
PATH="$PWD/slow:$PATH" "$tapestry" graph 'x*y' -o slow.svg --time-limit 1 2>err
[[ $? == 1 ]] || fail "a dot that does not end is no failure"
[[ $(cat err) == 'tapestry: [graph] dot did not end within 1 s on a graph of 3 nodes; expected a smaller graph, a longer --time-limit, or --format dot, which does not draw it' ]] ||
  fail "a dot that does not end: $(cat err)"
[[ ! -e slow.svg ]] || fail "a dot that does not end leaves slow.svg"

# What has no end is refused.
for device in /dev/zero /dev/full; do
  check 1 train --data $device --model mlp:2-2
done

PATH=/none "$tapestry" graph --example backprop -o lone.svg 2>err || fail "without dot it is a failure"
[[ $(wc -l <err) == 1 ]] || fail "without dot there is not one line: $(cat err)"
grep -q '^digraph' lone.dot || fail "without dot there is no lone.dot"
[[ ! -e lone.svg ]] || fail "without dot there is a lone.svg"

[[ $failures == 0 ]]
