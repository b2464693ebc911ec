// Data by name, in two parts: one to learn from, one to be judged by.
#pragma once

#include <string>

#include "nn/data/data.h"

namespace tapestry::tools {

// As the command line gives them.
struct DataOptions {
  std::string folder{};  // of image sets; else the variable TAPESTRY_DATA names it
  // Of a CSV file: a sign, or comma, semicolon, tab, pipe, space; else found.
  std::string delimiter{};
  std::string header{};  // yes, no; else found
  std::string target{};  // the class's column, by name or by number from 0; else the last
  std::string missing{};  // mean, drop; else refused
};

// digits: a fifth is held out. mnist, qmnist, emnist-letters and others: their own test part. Their
// files are in the folder, or one of them is named itself. Anything else is a CSV file: a fifth is
// held out, and features are put on one scale. Which rows are held out never changes. UsageError
// for a name that is no file's, and for options that do not belong to the data.
nn::Split load_data(const std::string& name, const DataOptions& options = {});

}  // namespace tapestry::tools
