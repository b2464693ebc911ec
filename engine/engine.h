// The engine's public face: numbers, the tape, the chain rule, the graph as text.
#pragma once

#include "engine/language.h"
//
#include "engine/ancestry.h"
#include "engine/anomaly.h"
#include "engine/basic_tape.h"
#include "engine/bridge.h"
#include "engine/broadcast.h"
#include "engine/explain.h"
#include "engine/factory.h"
#include "engine/format.h"
#include "engine/gradient.h"
#include "engine/memory.h"
#include "engine/memory_report.h"
#include "engine/replay.h"
#include "engine/scalar_jacobian.h"
#include "engine/scope.h"
#include "engine/slopes.h"
#include "engine/tape.h"
#include "engine/transform.h"
#include "engine/verify.h"
#include "engine/write.h"
