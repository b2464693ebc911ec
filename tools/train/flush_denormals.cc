#include "tools/train/flush_denormals.h"

#include "engine/base/thread_pool.h"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace tapestry::tools {
namespace {

#if defined(__SSE2__)
constexpr unsigned kFlush = 0x8040;  // flush to zero, denormals are zero

bool flushes() { return (_mm_getcsr() & kFlush) == kFlush; }
void set_flush(bool on) { _mm_setcsr(on ? _mm_getcsr() | kFlush : _mm_getcsr() & ~kFlush); }
#else
bool flushes() { return false; }
void set_flush(bool) {}
#endif

// Threads that are started later inherit it from the one that starts them.
void set_on_all_threads(bool on) {
  detail::on_every_thread([](void* flush) { set_flush(*static_cast<bool*>(flush)); }, &on);
}

}  // namespace

FlushDenormals::FlushDenormals() : before_(flushes()) { set_on_all_threads(true); }
FlushDenormals::~FlushDenormals() { set_on_all_threads(before_); }

}  // namespace tapestry::tools
