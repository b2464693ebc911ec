// The recorded statements at other inputs: values without recording again. Only scalars are
// executed; what the program decided by comparing them is checked, not decided anew.
#pragma once

#include <vector>

#include "engine/tape/tape.h"

namespace tapestry {

// Gives the variables xs of one tape those numbers, executes all of its statements, and returns
// the values of ys. The tape then stands where it would had it been recorded there: gradient(y, xs)
// is the gradient there, and replayed(y) the value, while a Scalar keeps the number that it was
// made with: to record more with one whose number has moved is an Error. Costs about as much as the
// statements in plain numbers. A y that is a plain number stays what it is. Error, the tape as it
// was: an x that is no variable of the tape, a number of xs that does not fit, an operation on
// tensors or one that has values of its user's, and a comparison that turns out otherwise than
// recorded, with its line. Comparisons of value()s and of plain numbers are not seen.
std::vector<double> replay(const std::vector<Scalar>& ys, const std::vector<Scalar>& xs,
                           const std::vector<double>& numbers, detail::Site site = {});
double replay(Scalar y, const std::vector<Scalar>& xs, const std::vector<double>& numbers,
              detail::Site site = {});

// The number that x has on its tape now. Error when it is not recorded on a living tape.
double replayed(Scalar x, detail::Site site = {});

namespace detail {
// Refuses, in the name of `who`, what no replay can execute.
void check_replay(std::string_view who, const Tape& tape, const std::vector<Scalar>& xs,
                  std::size_t numbers);
// The comparison that came out otherwise than recorded, as an Error. The sides as they are now.
[[noreturn]] void refuse_comparison(std::string_view who, const Comparison& comparison, double x,
                                    double z);
}  // namespace detail

}  // namespace tapestry
