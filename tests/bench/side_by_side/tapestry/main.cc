// Tapestry's program of the comparison.
#include "tests/bench/side_by_side/tapestry/rows.h"

int main() {
  side_by_side::Rows rows;
  side_by_side::add_small_rows(rows);
  side_by_side::add_elementwise_rows(rows);
  side_by_side::add_product_rows(rows);
  side_by_side::add_network_rows(rows);
  side_by_side::add_optimizer_rows(rows);
  return side_by_side::serve(rows);
}
