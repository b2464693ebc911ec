// The course of a training as a picture: loss on the left axis, test accuracy on the right, by
// epoch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/train/training.h"

namespace tapestry::tools {

// An SVG document. Error when there are no epochs.
std::string loss_plot(const std::vector<EpochReport>& epochs, std::string_view title);

}  // namespace tapestry::tools
