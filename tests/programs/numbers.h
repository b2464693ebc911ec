// Numbers at which programs start, and how two derivatives are compared.
#pragma once

#include <random>
#include <vector>

namespace tapestry::test {

// Ordinary: about as large as 1. Otherwise kinks, ties, extremes and what is no number, too.
double random_number(std::mt19937_64& random, bool ordinary);

// Nearer to 0 or 1, and shorter to write; empty where there is none.
std::vector<double> simpler_numbers(double x);

// Equal up to rounding: both NaN, the same infinity, or |a - b| <= tolerance (|a| + |b| + scale).
bool agree(double a, double b, double tolerance, double scale);

bool all_finite(const std::vector<double>& numbers);

// The largest size of those that are finite; 0 where there are none.
double largest(const std::vector<double>& numbers);

}  // namespace tapestry::test
