#include "engine/base/thread_pool.h"

#include <linux/futex.h>
#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

#include "engine/base/context.h"

namespace tapestry::detail {

namespace {

// How long a thread looks out before it sleeps. Waking one takes up to as long, on a virtual
// machine.
constexpr std::int64_t kLookOut = 100'000;  // ns

constexpr int kMost = 256;  // threads

using Word = std::atomic<std::uint32_t>;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#endif
}

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// Until is() is true, for a while; false when it is not.
template <class Is>
bool look_out(const Is& is) {
  const std::int64_t end = now() + kLookOut;
  do {
    for (int i = 0; i < 32; ++i) {
      if (is()) return true;
      relax();
    }
  } while (now() < end);
  return is();
}

void sleep_while(Word& word, std::uint32_t value) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}
void wake(Word& word) { syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }

class Pool {
 public:
  // This one is number 0.
  void share(int threads, std::int64_t count, LoopBody piece, void* loop) {
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return alone(count, piece, loop);
    const int pieces = std::min({threads, kMost, start(threads)});
    if (pieces < 2) return alone(count, piece, loop);
    run(pieces, count, piece, loop);
  }

  void on_every_thread(void (*f)(void*), void* with) {
    const std::lock_guard lock(mutex_);
    struct Call {
      void (*f)(void*);
      void* with;
    } call{f, with};
    const int pieces = static_cast<int>(workers_.size()) + 1;
    own_only_ = true;
    run(
        pieces, pieces,
        [](void* loop, std::int64_t, std::int64_t) {
          const Call& each = *static_cast<Call*>(loop);
          each.f(each.with);
        },
        &call);
    own_only_ = false;
  }

  // Before and after fork().
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }
  // The child has this thread alone.
  void forget_workers() {
    for (std::unique_ptr<Worker>& worker : workers_) static_cast<void>(worker.release());
    workers_.clear();
    for (auto& word : open_) word = 0;
    mutex_.unlock();
  }

 private:
  struct alignas(64) Worker {
    Word asleep{0};
    int number = 0;
  };
  static constexpr int kBits = 64;

  static void alone(std::int64_t count, LoopBody piece, void* loop) { piece(loop, 0, count); }

  // Threads there are, this one included, once as many as asked for were started.
  int start(int threads) {
    const int wanted = std::min(threads, kMost) - 1;
    if (static_cast<int>(workers_.size()) >= wanted) return wanted + 1;
    // Signals are the program's business.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      while (static_cast<int>(workers_.size()) < wanted) {
        workers_.push_back(std::make_unique<Worker>());
        Worker& worker = *workers_.back();
        worker.number = static_cast<int>(workers_.size());
        std::thread([this, &worker] { work(worker); }).detach();
      }
    } catch (const std::system_error&) {
      workers_.pop_back();  // the system grants no more
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return static_cast<int>(workers_.size()) + 1;
  }

  void run(int pieces, std::int64_t count, LoopBody piece, void* loop) {
    piece_ = piece;
    loop_ = loop;
    count_ = count;
    pieces_ = pieces;
    thrown_ = nullptr;
    done_ = 0;
    // Who takes a bit sees what stands above.
    for (int first = 0; first < pieces; first += kBits) {
      const int bits = std::min(kBits, pieces - first);
      std::uint64_t mask = bits == kBits ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
      if (first == 0) mask &= ~std::uint64_t{1};
      open_[first / kBits] = mask;
    }
    wake_some();
    const Ambient<&Context::in_piece> sharing(true);
    const int libraries = omp_get_max_threads();
    if (libraries != 1) omp_set_num_threads(1);
    execute(0);
    if (!own_only_) take_others();
    if (libraries != 1) omp_set_num_threads(libraries);
    const auto all = static_cast<std::uint32_t>(pieces);
    if (!look_out([&] { return done_.load() == all; })) {
      caller_sleeps_ = true;
      for (std::uint32_t done; (done = done_.load()) != all;) sleep_while(done_, done);
      caller_sleeps_ = false;
    }
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

  // Wakes two of those whose pieces are open. They wake others: where it takes long to wake one,
  // not all of it falls on the thread that asked. Called while the loop cannot end.
  void wake_some() {
    int left = 2;
    for (int first = 0; first < pieces_; first += kBits)
      for (std::uint64_t open = open_[first / kBits].load(); open != 0; open &= open - 1) {
        Worker& worker = *workers_[static_cast<std::size_t>(first + std::countr_zero(open) - 1)];
        if (worker.asleep.load() != 1 || worker.asleep.exchange(0) != 1) continue;
        wake(worker.asleep);
        if (--left == 0) return;
      }
  }

  bool is_open(int number) const {
    return open_[number / kBits].load(std::memory_order_relaxed) >> (number % kBits) & 1;
  }
  bool take(int number) {
    const std::uint64_t bit = std::uint64_t{1} << (number % kBits);
    return open_[number / kBits].fetch_and(~bit) & bit;
  }

  void take_others() {
    for (int first = 0; first < kMost; first += kBits)
      for (std::uint64_t left; (left = open_[first / kBits].load()) != 0;)
        if (const int number = first + std::countr_zero(left); take(number)) execute(number);
  }

  // Piece `number` was taken: the loop stays as it is until it is done.
  void execute(int number) noexcept {
    const auto pieces = static_cast<std::uint32_t>(pieces_);
    if (number > 0) wake_some();
    try {
      piece_(loop_, count_ * number / pieces, count_ * (number + 1) / pieces);
    } catch (...) {
      const std::lock_guard lock(throwing_);
      if (!thrown_) thrown_ = std::current_exception();
    }
    if (done_.fetch_add(1) + 1 == pieces && caller_sleeps_) wake(done_);
  }

  void work(Worker& me) {
    const Ambient<&Context::in_piece> sharing(true);
    omp_set_num_threads(1);
    for (;;) {
      if (!look_out([&] { return is_open(me.number); })) {
        me.asleep = 1;
        if (!is_open_now(me.number)) {
          while (me.asleep.load() == 1) sleep_while(me.asleep, 1);
          continue;
        }
        me.asleep = 0;
      }
      if (take(me.number)) execute(me.number);
      if (!own_only_) take_others();
    }
  }
  // In one order with the store before.
  bool is_open_now(int number) const {
    return open_[number / kBits].load() >> (number % kBits) & 1;
  }

  std::mutex mutex_;  // of the thread that shares a loop
  std::vector<std::unique_ptr<Worker>> workers_;

  LoopBody piece_ = nullptr;
  void* loop_ = nullptr;
  std::int64_t count_ = 0;
  int pieces_ = 0;
  std::mutex throwing_;
  std::exception_ptr thrown_;

  alignas(
      64) std::atomic<std::uint64_t> open_[kMost / kBits] = {};  // pieces that no thread has begun
  alignas(64) Word done_{0};                                     // pieces
  std::atomic<bool> caller_sleeps_{false}, own_only_{false};
};

Pool& pool() {
  static Pool* const shared = [] {
    auto* const made = new Pool;  // its threads may outlive all else
    pthread_atfork([] { pool().lock(); }, [] { pool().unlock(); }, [] { pool().forget_workers(); });
    return made;
  }();
  return *shared;
}

}  // namespace

void share(int threads, std::int64_t count, LoopBody piece, void* loop) {
  if (!context.op_clock) return pool().share(threads, count, piece, loop);
  const std::int64_t start = now();
  pool().share(threads, count, piece, loop);
  context.shared_seconds += 1e-9 * static_cast<double>(now() - start);
}

void on_every_thread(void (*f)(void* with), void* with) { pool().on_every_thread(f, with); }

}  // namespace tapestry::detail
