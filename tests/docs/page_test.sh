#!/bin/bash
# Runs the program made of a page's code and compares what it prints with what the page shows.
set -u
if ! [ -s "$2" ]; then
  echo "the page shows no output"
  exit 1
fi
diff --unified=0 "$2" <("$1") && echo "the page's code prints what the page shows"
