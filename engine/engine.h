// The engine's public face: numbers, the tape, the chain rule, the graph as text.
#pragma once

#include "engine/base/language.h"

// The order counts: a compiler's message lists the headers on the way to what it is about, so those
// of a beginner's messages come first and directly.
// clang-format off
#include "engine/tensor/tensor.h"
#include "engine/mistakes.h"
#include "engine/tensor/factory.h"
#include "engine/grad/transform.h"
#include "engine/grad/checkpoint.h"
#include "engine/grad/custom_rule.h"
#include "engine/grad/stop_gradient.h"
// clang-format on

#include "engine/base/memory.h"
#include "engine/base/scope.h"
#include "engine/base/threads.h"
#include "engine/grad/bridge.h"
#include "engine/grad/broadcast.h"
#include "engine/grad/explain.h"
#include "engine/grad/gradient.h"
#include "engine/graph/ancestry.h"
#include "engine/inspect/memory_report.h"
#include "engine/inspect/profile.h"
#include "engine/inspect/verify.h"
#include "engine/inspect/write_dot.h"
#include "engine/inspect/write_json.h"
#include "engine/inspect/write_text.h"
#include "engine/scalar/basic_tape.h"
#include "engine/scalar/given_partials.h"
#include "engine/scalar/replay.h"
#include "engine/scalar/scalar_jacobian.h"
#include "engine/tape/anomaly.h"
#include "engine/tape/tape.h"
#include "engine/tensor/format.h"
#include "engine/version.h"
