#!/bin/sh
# Writes the bytes of a file as the source of nn/data/digits_bytes.h.
echo '#include "nn/data/digits_bytes.h"'
echo 'static constexpr unsigned char kBytes[] = {'
od -An -v -tu1 "$1" | sed 's/[0-9][0-9]*/&,/g'
echo '};'
echo 'std::span<const unsigned char> tapestry::nn::digits_bytes() { return kBytes; }'
