// The program of PyTorch's C++ front end.
#include <cstdlib>

#include "tests/bench/side_by_side/torch/rows.h"

int main() {
  const int threads = std::atoi(std::getenv("OMP_NUM_THREADS"));
  at::set_num_threads(threads);
  at::set_num_interop_threads(1);
  side_by_side::Rows rows;
  side_by_side::add_small_rows(rows);
  side_by_side::add_elementwise_rows(rows);
  side_by_side::add_product_rows(rows);
  side_by_side::add_network_rows(rows);
  side_by_side::add_optimizer_rows(rows);
  return side_by_side::serve(rows);
}
