// The engine's public face: numbers, the tape, the chain rule, the graph as text.
#pragma once

#include "engine/language.h"

// The order counts: a compiler's message lists the headers on the way to what it is about, so those
// of a beginner's messages come first and directly.
// clang-format off
#include "engine/tensor.h"
#include "engine/mistakes.h"
#include "engine/factory.h"
#include "engine/transform.h"
// clang-format on

#include "engine/ancestry.h"
#include "engine/anomaly.h"
#include "engine/basic_tape.h"
#include "engine/bridge.h"
#include "engine/broadcast.h"
#include "engine/explain.h"
#include "engine/format.h"
#include "engine/gradient.h"
#include "engine/memory.h"
#include "engine/memory_report.h"
#include "engine/replay.h"
#include "engine/scalar_jacobian.h"
#include "engine/scope.h"
#include "engine/slopes.h"
#include "engine/tape.h"
#include "engine/threads.h"
#include "engine/verify.h"
#include "engine/version.h"
#include "engine/write.h"
