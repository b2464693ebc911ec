#!/bin/bash
# Each program's first line is `// says: PHRASE`. The compiler's output for it has that phrase in it
# and at most eight lines.
set -u
failed=0
for program in "$1"/*.cc; do
  output="${program%.cc}.txt"
  phrase=$(sed -n '1s|^// says: ||p' "$program")
  lines=$(wc -l < "$output")
  if [ -z "$phrase" ] || ! grep -qF -- "$phrase" "$output" || [ "$lines" -gt 8 ]; then
    echo "$program: $lines lines, which must be at most 8 and say: $phrase"
    cat "$output"
    failed=1
  fi
done
exit $failed
