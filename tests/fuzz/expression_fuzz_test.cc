// The seeds of the fuzzer, and strings grown from them: a short, repeatable part of what it does.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/expression_trial.h"

namespace tapestry::test {
using namespace detail;
namespace {

std::vector<std::string> seeds() {
  std::ifstream file("tests/fuzz/expressions.txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// Cuts a piece out, or puts one in its place: a token, bytes, or a piece of another seed.
class Mutator {
 public:
  explicit Mutator(std::vector<std::string> from) : from_(std::move(from)) {}

  std::string next() {
    std::string text = any(from_);
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t place = below(text.size() + 1);
      text.replace(place, below(4), piece());
    }
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  const std::string& any(const std::vector<std::string>& strings) {
    return strings[below(strings.size())];
  }
  std::string piece() {
    static const std::vector<std::string> tokens{
        "",   "+", "-", "*", "/",   "^",    "**",       "(",        ")",        "[",     "]", ",",
        ".",  "0", "9", "e", "1e9", "sin(", "dot([",    "x",        "y",        "_",     " ", "\t",
        "\n", "w", "#", "=", "!",   "\xff", "\xce\xb8", "((((((((", "--------", "^x^y^z"};
    if (below(4) > 0) return any(tokens);
    const std::string& seed = any(from_);
    return seed.substr(below(seed.size() + 1), 1 + below(8));
  }

  std::vector<std::string> from_;
  std::minstd_rand random_{1};
};

void check(const std::string& text) {
  try {
    try_expression(text);
  } catch (const std::exception& error) {
    BOOST_ERROR("\"" << text << "\": " << error.what());
  }
}

BOOST_AUTO_TEST_CASE(every_seed_is_worth_something_or_refused) {
  BOOST_REQUIRE(seeds().size() > 30U);
  for (const std::string& seed : seeds()) check(seed);
}

BOOST_AUTO_TEST_CASE(so_is_what_grows_from_the_seeds) {
  Mutator mutator(seeds());
  for (int i = 0; i < 1000; ++i) check(mutator.next());
}

}  // namespace
}  // namespace tapestry::test
