// Data by name, in two parts: one to learn from, one to be judged by.
#pragma once

#include <string>

#include "nn/data/data.h"

namespace tapestry::tools {

// digits: a fifth is held out. mnist: its own test part; files from `folder`, or where
// TAPESTRY_DATA says. Anything else is a CSV file whose last column is the class: a fifth is held
// out, and features are put on one scale. Which rows are held out never changes. UsageError for a
// name that is no file's.
nn::Split load_data(const std::string& name, const std::string& folder = {});

}  // namespace tapestry::tools
