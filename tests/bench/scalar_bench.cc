// The price of a gradient through scalars: each kernel's time in plain doubles, and with Scalar.
//
//   OMP_NUM_THREADS=1 scalar_bench [kernel ...] [-r repetitions]
#include "tests/bench/scalar_recorder.h"
#include "tests/bench/scalar_table.h"

using namespace tapestry::bench;

int main(int argc, char** argv) { print_table<ScalarRecorder>(table_options(argc, argv)); }
