// What tapes leave of the process's memory to others.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>

#include "ops/ops.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

constexpr double kMegabyte = 1 << 20;

double resident() {
  double pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMegabyte;
}

// Some 24 MB on a tape and as much for each million of statements, with adjoints.
template <class T, class TapeOf>
void record_and_sweep(TapeOf& tape) {
  const BasicScalar<T> x = tape.variable(T(1));
  BasicScalar<T> y = x;
  for (int i = 0; i < 1'000'000; ++i) y = y * T(1.0000001) + T(1e-9);
  BOOST_TEST(gradient(y, x) > T(1));
}

// Megabytes that come with what f() leaves behind, and those that stay when they are released.
template <class F>
std::pair<double, double> left_and_kept(F&& f) {
  release_cached_memory();
  const double before = resident();
  f();
  const double after = resident();
  release_cached_memory();
  return {after - before, resident() - before};
}

constexpr double kLeast = 15;  // of one recording
#ifdef __SANITIZE_ADDRESS__
constexpr double kMost = 500;  // the sanitizer keeps what was freed
#else
constexpr double kMost = 8;  // of none
#endif

}  // namespace

BOOST_AUTO_TEST_CASE(released_memory_is_that_of_dead_tapes_of_every_number) {
  const auto [left, kept] = left_and_kept([] {
    Tape tape;
    record_and_sweep<double>(tape);
  });
  BOOST_TEST(left > kLeast);
  BOOST_TEST(kept < kMost);
  const auto [left_of_floats, kept_of_floats] = left_and_kept([] {
    BasicTape<float> tape;
    record_and_sweep<float>(tape);
  });
  BOOST_TEST(left_of_floats > kLeast);
  BOOST_TEST(kept_of_floats < kMost);
}

BOOST_AUTO_TEST_CASE(it_is_that_of_a_living_tape_beyond_what_it_holds) {
  Tape tape;
  const auto [left, kept] = left_and_kept([&] {
    record_and_sweep<double>(tape);
    tape.clear();
  });
  BOOST_TEST(left > kLeast);
  BOOST_TEST(kept < kMost);

  const Scalar x = tape.variable(3.0), y = x * x;
  const Tape::Mark mark = tape.mark();
  const auto [left_by_rewind, kept_by_rewind] = left_and_kept([&] {
    record_and_sweep<double>(tape);
    tape.rewind(mark);
  });
  BOOST_TEST(left_by_rewind > kLeast);
  BOOST_TEST(kept_by_rewind < kMost);
  BOOST_TEST(gradient(y, x) == 6);
  const Scalar z = y * x;
  BOOST_TEST(gradient(z, x) == 27);
  verify(tape);
}

BOOST_AUTO_TEST_CASE(it_is_that_of_tensor_nodes_too) {
  const auto [left, kept] = left_and_kept([] {
    Tape tape;
    const Tensor x = tape.variable(ones({}));
    Tensor y = x;
    for (int i = 0; i < 200'000; ++i) y = y + x;
    BOOST_TEST(gradient(y, x).item() == 200'001);
  });
  BOOST_TEST(left > kLeast);
  BOOST_TEST(kept < kMost);
}

BOOST_AUTO_TEST_CASE(a_thread_that_ends_keeps_nothing_and_another_releases_with_its_next_tape) {
  const double before = resident();
  std::thread([] {
    Tape tape;
    record_and_sweep<double>(tape);
  }).join();
  release_cached_memory();
  BOOST_TEST(resident() - before < kMost);

  std::mutex mutex;
  std::condition_variable turned;
  int turn = 0;
  const auto wait_for = [&](int mine) {
    std::unique_lock lock(mutex);
    turned.wait(lock, [&] { return turn >= mine; });
  };
  const auto give = [&](int next) {
    const std::lock_guard lock(mutex);
    turn = next;
    turned.notify_all();
  };
  std::thread other([&] {
    {
      Tape tape;
      record_and_sweep<double>(tape);
    }
    give(1);
    wait_for(2);
    {
      Tape tape;
      tape.variable(1.0);
    }
    give(3);
    wait_for(4);
  });
  wait_for(1);
  BOOST_TEST(resident() - before > kLeast);
  release_cached_memory();
  give(2);
  wait_for(3);
  BOOST_TEST(resident() - before < kMost);
  give(4);
  other.join();
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
BOOST_AUTO_TEST_CASE(where_the_address_space_is_limited_half_of_it_is_left_to_others) {
  for (std::size_t gigabytes : {2, 6, 8, 16, 64}) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      const std::size_t bytes = gigabytes << 30;
      const rlimit limit{bytes, bytes};
      if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(2);
      release_cached_memory();  // tapes of before
      std::vector<std::unique_ptr<Tape>> tapes;
      std::vector<Scalar> xs;
      for (int i = 0; i < 10; ++i) {
        tapes.push_back(std::make_unique<Tape>());
        xs.push_back(tapes.back()->variable(3.0));
      }
      std::thread([] { const BasicTape<float> of_another_thread; }).join();
      bool right = gradient(xs.back() * xs.back(), xs.back()) == 6;
      const std::size_t share = bytes / 4;
      void* const others = std::malloc(share);
      right &= others != nullptr;
      std::free(others);
      Rng rng{1};
      const Tensor a = randn({200, 200}, rng);
      right &= matmul(a, a).size() == 40000;
      _exit(right ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    BOOST_TEST_CONTEXT(gigabytes << " GB") {
      BOOST_TEST(WIFEXITED(status));
      BOOST_TEST(WEXITSTATUS(status) == 0);
    }
  }
}
#endif
