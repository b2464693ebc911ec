// A Tape as a graph of Boost.Graph: boost::topological_sort(tape, out) and the like work on it.
#pragma once

#include "engine/graph/boost_graph.h"
