// The threads that share loops: how many, what they do with errors, and what is left after fork().
#include "engine/base/threads.h"

#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "engine/base/parallel.h"
#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

constexpr std::int64_t kEnough = std::int64_t{1} << 30;  // work of one index that pays for a thread

// Which threads worked, and how often each index was handled.
struct Work {
  std::set<std::thread::id> threads;
  std::vector<int> times;
};
Work work_on(std::int64_t count) {
  Work work{{}, std::vector<int>(static_cast<std::size_t>(count))};
  std::mutex mutex;
  // Each waits for the others, so that no thread does the pieces of two.
  std::atomic<int> arrived{0};
  const int expected = static_cast<int>(std::min<std::int64_t>(count, threads()));
  parallel_for(count, kEnough, [&](std::int64_t first, std::int64_t last) {
    ++arrived;
    while (arrived < expected) std::this_thread::yield();
    for (std::int64_t i = first; i < last; ++i) ++work.times[static_cast<std::size_t>(i)];
    const std::lock_guard lock(mutex);
    work.threads.insert(std::this_thread::get_id());
  });
  return work;
}

// What the child makes of f(): true or false, or that it never came back.
std::string in_a_child(const std::function<bool()>& f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(f() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "true" : "false";
}

}  // namespace

BOOST_AUTO_TEST_CASE(as_many_threads_work_as_were_set) {
  for (int n : {1, 2, 5, 3}) {
    set_threads(n);
    BOOST_TEST(threads() == n);
    const Work work = work_on(1000);
    BOOST_TEST(work.threads.size() == static_cast<std::size_t>(n));
    BOOST_TEST(work.times == std::vector<int>(1000, 1));
    std::thread([n] { BOOST_TEST(threads() == n); }).join();
  }
  BOOST_TEST(work_on(2).threads.size() == 2u);  // of three
  BOOST_TEST(work_on(1).threads.size() == 1u);
  BOOST_TEST(refusal([] { set_threads(0); }) ==
             "[set_threads] 0 threads are asked for; at least one computes");
  BOOST_TEST(threads() == 3);
}

BOOST_AUTO_TEST_CASE(libraries_run_on_one_thread_within_a_piece) {
  set_threads(3);
  std::atomic<int> most{0};
  const int before = omp_get_max_threads();
  parallel_for(3, kEnough, [&](std::int64_t, std::int64_t) {
    if (omp_get_max_threads() > most) most = omp_get_max_threads();
  });
  BOOST_TEST(most == 1);
  BOOST_TEST(omp_get_max_threads() == before);
}

BOOST_AUTO_TEST_CASE(loops_within_loops_and_of_several_threads_are_done) {
  set_threads(3);
  std::atomic<int> sum{0};
  const auto loops = [&] {
    for (int i = 0; i < 100; ++i)
      parallel_for(8, kEnough, [&](std::int64_t first, std::int64_t last) {
        parallel_for(last - first, kEnough, [&](std::int64_t from, std::int64_t to) {
          sum += static_cast<int>(to - from);
        });
      });
  };
  std::thread other(loops);
  loops();
  other.join();
  BOOST_TEST(sum == 1600);
}

BOOST_AUTO_TEST_CASE(an_error_of_any_thread_reaches_the_caller_and_the_next_loop_works) {
  set_threads(4);
  for (std::int64_t bad = 0; bad < 4; ++bad)
    BOOST_TEST(refusal([&] {
                 parallel_for(4, kEnough, [&](std::int64_t first, std::int64_t) {
                   if (first == bad) refuse("loop", "index {} is bad", first);
                 });
               }) == "[loop] index " + std::to_string(bad) + " is bad");
  BOOST_TEST(work_on(8).times == std::vector<int>(8, 1));
}

BOOST_AUTO_TEST_CASE(a_child_process_shares_loops_among_threads_of_its_own) {
  set_threads(3);
  const Tensor big = full({1 << 21}, 0.5, DType::f64);
  const double expected = sum(exp(big)).item();
  BOOST_TEST(in_a_child([&] { return sum(exp(big)).item() == expected; }) == "true");
  BOOST_TEST(in_a_child([] { return work_on(6).threads.size() == 3; }) == "true");
  BOOST_TEST(in_a_child([&] {  // and its child
               return in_a_child([&] { return sum(exp(big)).item() == expected; }) == "true";
             }) == "true");
  BOOST_TEST(work_on(6).threads.size() == 3u);  // here as before
}

BOOST_AUTO_TEST_CASE(a_child_process_multiplies_convolves_and_cases) {
  set_threads(2);
  Rng rng{1};
  const Tensor a = randn({300, 300}, rng), d = randn({200, 200}, rng, DType::f64),
               image = randn({8, 3, 40, 40}, rng), kernel = randn({4, 3, 3, 3}, rng);
  const auto all = [&] {
    Tape tape;
    const Tensor x = tape.variable(a), z = tape.variable(d), v = tape.variable(image);
    const Tensor y =
        sum(matmul(x, x)) + sum(inverse(matmul(z, z))).to(DType::f32) + sum(conv2d(v, kernel));
    const auto [dx, dz, dv] = gradient(y, x, z, v);
    return std::vector{y.item(), sum(dx).item(), sum(dz).item(), sum(dv).item()};
  };
  const std::vector<double> expected = all();
  Tape tape;  // is the child's, too
  const Scalar x = tape.variable(3.0), y = x * x;
  BOOST_TEST(in_a_child([&] { return all() == expected; }) == "true");
  BOOST_TEST(in_a_child([&] { return gradient(y, x) == 6; }) == "true");
  BOOST_TEST(gradient(y, x) == 6);
}

BOOST_AUTO_TEST_CASE(a_child_of_a_busy_process_finds_no_lock_taken) {
  set_threads(2);
  std::atomic<bool> ends{false};
  std::atomic<std::int64_t> rows{0};
  std::vector<std::thread> busy;
  for (int k = 0; k < 2; ++k)
    busy.emplace_back([&] {
      while (!ends) {
        Tape tape;
        const Tensor x = tape.variable(ones({1 << 20}));
        gradient(sum(x * x), x);
        ones({1, 1 + rows++ % 3000});  // a layout that is looked for behind a lock
        release_cached_memory();
      }
    });
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(in_a_child([] {
                 Tape tape;
                 const Tensor x = tape.variable(ones({1 << 20}));
                 return sum(gradient(sum(x * x), x)).item() == 2 << 20;
               }) == "true");
  ends = true;
  for (std::thread& thread : busy) thread.join();
}
