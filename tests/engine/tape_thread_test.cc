// Tapes that are differentiated, changed or destroyed on another thread than the one that made
// them.
#include <boost/test/unit_test.hpp>
#include <future>
#include <memory>
#include <sstream>
#include <thread>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

template <class F>
auto on_another_thread(F&& f) {
  return std::async(std::launch::async, std::forward<F>(f)).get();
}

// A thread that goes on living between what it is asked to do.
class Worker {
 public:
  ~Worker() {
    run([this] { ends_ = true; });
    thread_.join();
  }
  void run(std::function<void()> task) {
    std::packaged_task<void()> packaged(std::move(task));
    std::future<void> done = packaged.get_future();
    next_.set_value(std::move(packaged));
    done.get();
  }

 private:
  std::promise<std::packaged_task<void()>> next_;
  bool ends_ = false;
  std::thread thread_{[this] {
    while (!ends_) {
      std::packaged_task<void()> task = next_.get_future().get();
      next_ = {};
      task();
    }
  }};
};

template <class TapeOf, class T>
struct Recording {
  std::unique_ptr<TapeOf> tape;
  BasicScalar<T> x, y;
};
template <class TapeOf, class T>
Recording<TapeOf, T> record_square() {
  auto tape = std::make_unique<TapeOf>();
  const BasicScalar<T> x = tape->variable(T(3));
  return {std::move(tape), x, x * x + 1};
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_thread_recorded_before_it_ended_is_differentiated_by_another) {
  auto [tape, x, y] = on_another_thread(&record_square<Tape, double>);
  BOOST_TEST(gradient(y, x) == 6);
  BOOST_TEST(tape->size() == 2u);
  BOOST_TEST(recording_tape() == nullptr);  // of another thread, it does not record here
  tape.reset();
  BOOST_TEST(refusal([&, y = y, x = x] { gradient(y, x); }) ==
             "[gradient] y was recorded on a tape that no longer lives or was cleared");
}

BOOST_AUTO_TEST_CASE(so_are_tapes_of_other_numbers) {
  auto [floats, x, y] = on_another_thread(&record_square<BasicTape<float>, float>);
  BOOST_TEST(gradient(y, x) == 6);
  floats.reset();
  BOOST_TEST(!refusal([y = y, x = x] { (void)gradient(y, x); }).empty());

  auto [doubles, u, v] = on_another_thread(&record_square<BasicTape<double>, double>);
  BOOST_TEST(gradient(v, u) == 6);

  // Active numbers: the outer tape records what the inner one's gradient computes.
  auto [outer, inner, s, slope] = on_another_thread([] {
    auto around = std::make_unique<Tape>();
    auto within = std::make_unique<BasicTape<Scalar>>();
    const Scalar p = around->variable(2.0);
    const BasicScalar<Scalar> q = within->variable(p);
    const Scalar first = gradient(q * q * q, q);
    return std::tuple(std::move(around), std::move(within), p, first);
  });
  inner.reset();
  BOOST_TEST(gradient(slope, s) == 12);
}

BOOST_AUTO_TEST_CASE(tensors_of_such_a_tape_have_every_kind_of_gradient) {
  auto [tape, x, y] = on_another_thread([] {
    auto made = std::make_unique<Tape>();
    const Tensor v = made->variable(tensor({1.0, 2.0}, DType::f64), "v");
    return std::tuple(std::move(made), v, sum(v * v * v));
  });
  BOOST_TEST(gradient(y, x).to_vector() == (std::vector<double>{3, 12}));
  BOOST_TEST(adjoints(y).size() == tape->size());
  BOOST_TEST(memory_report(*tape).bytes > 0u);
  std::ostringstream text;
  write_text(text, y);
  BOOST_TEST(text.str().find("v = variable") != std::string::npos);
  BOOST_TEST(explain_gradient(y, x).connected);
  verify(*tape);

  // Nothing records here, and then it does.
  BOOST_TEST(!gradient(y, x, {.create_graph = true}).is_tracked());
  const Tape::Resume resume(tape.get());
  const Tensor slope = gradient(y, x, {.create_graph = true});
  BOOST_TEST(tape->owns(slope));
  BOOST_TEST(gradient(sum(slope), x).to_vector() == (std::vector<double>{6, 12}));
  BOOST_TEST((x * 2.0).is_tracked());
}

BOOST_AUTO_TEST_CASE(jacobians_hessians_and_replays_of_such_a_tape) {
  auto [tape, x, z, y] = on_another_thread([] {
    auto made = std::make_unique<Tape>();
    const Scalar a = made->variable(2.0), b = made->variable(3.0);
    const Scalar result = a * a * b;
    return std::tuple(std::move(made), a, b, result);
  });
  const std::vector<Scalar> xs{x, z};
  BOOST_TEST(gradient(y, xs) == (std::vector<double>{12, 4}));
  BOOST_TEST(jacobian(std::vector<Scalar>{y}, xs).to_vector() == (std::vector<double>{12, 4}));
  BOOST_TEST(hessian(y, xs).to_vector() == (std::vector<double>{6, 4, 4, 0}));
  BOOST_TEST(replay(y, xs, {1.0, 5.0}) == 5);
  tape->clear();
  BOOST_TEST(refusal([&, y = y] { gradient(y, xs); }) ==
             "[gradient] y was recorded on a tape that no longer lives or was cleared");
}

BOOST_AUTO_TEST_CASE(a_thread_that_goes_on_stops_a_tape_and_hands_it_over) {
  Worker worker;
  std::unique_ptr<Tape> tape;
  Scalar x, y;
  worker.run([&] {
    tape = std::make_unique<Tape>();
    x = tape->variable(2.0);
    y = x * x;
    tape->stop();
  });
  std::future<double> other = std::async(std::launch::async, [&] {
    double sum = 0;
    for (int i = 0; i < 100; ++i) sum += gradient(y, x);
    tape.reset();
    return sum;
  });
  worker.run([] {
    for (int i = 0; i < 100; ++i) {
      Tape own;
      const Scalar z = own.variable(3.0);
      BOOST_TEST_REQUIRE(gradient(z * z, z) == 6);
    }
    BOOST_TEST(recording_tape() == nullptr);
  });
  BOOST_TEST(other.get() == 400);
}

BOOST_AUTO_TEST_CASE(a_tape_that_dies_elsewhere_while_it_records_leaves_its_thread_the_one_around) {
  Worker worker;
  std::unique_ptr<Tape> outer, middle, inner;
  worker.run([&] {
    outer = std::make_unique<Tape>();
    middle = std::make_unique<Tape>();
    inner = std::make_unique<Tape>();
  });
  middle.reset();
  worker.run([&] {
    BOOST_TEST(recording_tape() == inner.get());
    BOOST_TEST(inner->outer() == outer.get());
    BOOST_TEST(inner->enclosing() == outer.get());
  });
  inner.reset();
  worker.run([&] {
    BOOST_TEST(recording_tape() == outer.get());
    const Scalar x = outer->variable(2.0);
    BOOST_TEST(gradient(x * x, x) == 4);
    const Tape next;
    BOOST_TEST(next.outer() == outer.get());
  });
  outer.reset();
  worker.run([] {
    BOOST_TEST(recording_tape() == nullptr);
    BOOST_TEST(!Scalar(Scalar(1) * 2.0).is_tracked());
    Tape next;
    BOOST_TEST(next.outer() == nullptr);
    BOOST_TEST(next.enclosing() == nullptr);
    const Scalar x = next.variable(2.0);
    BOOST_TEST(gradient(x * x, x) == 4);
  });
}

BOOST_AUTO_TEST_CASE(tapes_of_a_thread_that_ended_die_in_any_order) {
  for (bool forwards : {true, false}) {
    auto tapes = on_another_thread([] {
      std::vector<std::unique_ptr<Tape>> made;
      for (int i = 0; i < 3; ++i) made.push_back(std::make_unique<Tape>());
      made[1]->stop();
      return made;
    });
    Tape here;
    if (forwards)
      for (auto& tape : tapes) tape.reset();
    else
      while (!tapes.empty()) tapes.pop_back();
    const Scalar x = here.variable(2.0);
    BOOST_TEST(gradient(x * x, x) == 4);
    BOOST_TEST(recording_tape() == &here);
    BOOST_TEST(here.enclosing() == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(marks_and_clearing_work_on_another_thread) {
  auto [tape, x, y] = on_another_thread(&record_square<Tape, double>);
  const Tape::Mark mark = tape->mark();
  {
    const Tape::Resume resume(tape.get());
    const Scalar more = y * x;
    BOOST_TEST(gradient(more, x) == 28);
    tape->rewind(mark);
    BOOST_TEST(!refusal([&, more, x = x] { gradient(more, x); }).empty());
  }
  BOOST_TEST(gradient(y, x) == 6);
  tape->clear();
  BOOST_TEST(refusal([&, tape = tape.get()] { tape->rewind(mark); }) ==
             "[rewind] the mark is of another recording");
  BOOST_TEST(recording_tape() == nullptr);
  const Scalar fresh = tape->variable(5.0);
  BOOST_TEST(gradient(fresh, fresh) == 1);
}

BOOST_AUTO_TEST_CASE(a_handle_of_another_threads_tape_is_no_operand_on_a_tape_of_this_one) {
  auto [other, x, y] = on_another_thread(&record_square<Tape, double>);
  const Tensor v = other->variable(tensor({1.0, 2.0}));
  Tape tape;
  const Scalar z = tape.variable(2.0);
  const Tensor w = tape.variable(ones({2}));
  const std::string reason =
      " was recorded on a tape that belongs to another thread; a Tape::Resume of that tape lets "
      "this thread record on it, and detach() gives the numbers alone";
  BOOST_TEST(refusal([&, x = x] { (void)Scalar(z * x); }) == "[mul] operand 1" + reason);
  BOOST_TEST(refusal([&] { w + v; }) == "[add] operand 1" + reason);
  BOOST_TEST(refusal([&] { exp(v); }) == "[exp] operand 0" + reason);
  BOOST_TEST(refusal([&] { (void)at(v, {0}); }) == "[at] a handle" + reason);
  BOOST_TEST(refusal([&, x = x] { gradient(Scalar(z * z), x); }) ==
             "[gradient] x[0] and y are recorded on different tapes");
  BOOST_TEST((w + detach(v)).to_vector() == (std::vector<double>{2, 3}));

  auto [floats, a, b] = on_another_thread(&record_square<BasicTape<float>, float>);
  BasicTape<float> mine;
  const BasicScalar<float> c = mine.variable(1);
  BOOST_TEST(refusal([&, a = a] { (void)BasicScalar<float>(c * a); }) ==
             "[mul] operand 1 was recorded on a tape that belongs to another thread");
}

BOOST_AUTO_TEST_CASE(tapes_go_round_among_threads) {
  constexpr int kThreads = 4, kRounds = 200;
  std::vector<std::unique_ptr<Tape>> tapes(kThreads);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < tapes.size(); ++k)
      threads.emplace_back([&tape = tapes[k]] {
        tape.reset();  // of a thread that ended
        tape = std::make_unique<Tape>();
        const Scalar x = tape->variable(2.0);
        BOOST_TEST_REQUIRE(gradient(x * x * x, x) == 12);
      });
    for (std::thread& thread : threads) thread.join();
    std::rotate(tapes.begin(), tapes.begin() + 1, tapes.end());
  }
}

BOOST_AUTO_TEST_CASE(one_of_many_living_tapes_is_found_whatever_died_before) {
  std::vector<std::unique_ptr<Tape>> tapes;
  std::vector<Scalar> xs, ys;
  for (int i = 0; i < 2000; ++i) {
    tapes.push_back(std::make_unique<Tape>());
    xs.push_back(tapes.back()->variable(static_cast<double>(i)));
    ys.push_back(xs.back() * xs.back());
  }
  for (std::size_t i = 0; i < tapes.size(); i += 3) tapes[i].reset();
  for (std::size_t i = 1; i < tapes.size(); i += 3) {
    tapes[i]->clear();
    xs[i] = tapes[i]->variable(static_cast<double>(i));
  }
  for (std::size_t i = 0; i < tapes.size(); ++i) {
    if (i % 3 == 0) BOOST_TEST(!refusal([&] { gradient(ys[i], xs[i]); }).empty());
    if (i % 3 == 1) BOOST_TEST(gradient(xs[i], xs[i]) == 1);
    if (i % 3 == 2) BOOST_TEST(gradient(ys[i], xs[i]) == 2.0 * static_cast<double>(i));
  }
  for (std::unique_ptr<Tape>& tape : tapes) tape.reset();  // the oldest first
  BOOST_TEST(recording_tape() == nullptr);
}

BOOST_AUTO_TEST_CASE(many_tapes_in_one_another_all_follow_what_is_theirs) {
  const Tensor value = tensor({2.0, 3.0}, DType::f64);
  const int key = 0;
  std::vector<std::unique_ptr<Tape>> tapes;
  std::vector<Tensor> xs;
  for (int i = 0; i < 20'000; ++i) {
    tapes.push_back(std::make_unique<Tape>());
    xs.push_back(tapes.back()->variable(i == 0 ? value : xs.back()));
  }
  const Tensor w = tapes.back()->variable_for(&key, value, [] { return std::string("w"); });
  const Tensor y = sum(xs.back() * w * w);
  const std::vector<double> square = (value * value).to_vector();
  BOOST_TEST(gradient(y, xs.back()).to_vector() == square);
  Tensor outside = y;
  for (std::size_t i = tapes.size(); i-- > 1;) outside = tapes[i]->outer_value(outside);
  const Tensor first = tapes[0]->variable_for(&key, value, [] { return std::string(); });
  const auto [by_x, by_w] = gradient(outside, xs[0], first);
  BOOST_TEST(by_x.to_vector() == square);
  BOOST_TEST(by_w.to_vector() == (2.0 * value * value).to_vector());
  while (!tapes.empty()) tapes.pop_back();
}
