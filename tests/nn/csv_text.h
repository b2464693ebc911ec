// Tables as texts.
#pragma once

#include <string>
#include <vector>

#include "nn/data/csv.h"
#include "tests/nn/temp_folder.h"
#include "tests/support/refusal.h"

namespace tapestry::nn {

using Numbers = std::vector<double>;

inline Dataset read(const std::string& text, const CsvOptions& options = {}) {
  const TempFolder folder;
  return load_csv(folder.write("t.csv", text), options);
}

// What the Error says after the name of the file.
inline std::string refused(const std::string& text, const CsvOptions& options = {}) {
  const TempFolder folder;
  const std::string file = folder.write("t.csv", text), who = "[csv] " + file + ": ";
  const std::string message = refusal([&] { load_csv(file, options); });
  return message.starts_with(who) ? message.substr(who.size()) : message;
}

}  // namespace tapestry::nn
