// The threads that share loops, see engine/base/parallel.h.
//
// The basic idea: a loop is cut in one piece for each thread. Each has a piece of its own, the same
// from loop to loop, so that it finds its numbers in its caches; one that has finished takes pieces
// that no thread began. On a busy machine a thread that gets no processor is therefore not waited
// for. A thread without work looks out for the next loop for a tenth of a millisecond and then
// sleeps: OpenMP's threads wait for milliseconds, on processors that others need.
//
// One loop runs at a time. Loops that other threads ask for meanwhile, or within a piece
// (Context::in_piece), run on those threads alone.
// After fork() the child makes threads of its own.
#pragma once

#include <cstdint>

namespace tapestry::detail {

// One piece: indices [first, last) of the loop.
using LoopBody = void (*)(void* loop, std::int64_t first, std::int64_t last);

// Calls piece(loop, first, last) on stretches that together are [0, count), on up to `threads`
// threads, this one among them. Rethrows the first exception. `count` is at least `threads`.
void share(int threads, std::int64_t count, LoopBody piece, void* loop);

// Calls f(with) on this thread and on all that the pool has.
void on_every_thread(void (*f)(void* with), void* with);

}  // namespace tapestry::detail
