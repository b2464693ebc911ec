#!/usr/bin/env bash
# docs/ops.md is what the catalogue says.
set -uo pipefail
diff -u docs/ops.md <(tests/docs/ops_page) && exit
echo "docs/ops.md is behind: bazel run //tests/docs:ops_page > docs/ops.md"
exit 1
