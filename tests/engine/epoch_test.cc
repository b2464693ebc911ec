// Recordings past 2^31, when epochs come round again: no stale handle is taken for a living one.
#include "engine/tape/epoch.h"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>

#include "ops/ops.h"
#include "tests/support/refusal.h"

using namespace tapestry;
using namespace tapestry::detail;

namespace {

// The next recording of this thread has the epoch of the first that was made after the last call.
std::uint64_t rounds = 0;
constexpr std::uint64_t kStart = 1 << 20;
void begin_round() { detail::advance_recordings({++rounds * detail::kEpochsOfRound + kStart, 0}); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_stale_scalar_stays_stale_when_its_epoch_comes_again) {
  begin_round();
  Tape tape;
  const Scalar old = tape.variable(2.0), result = old * old;
  const Epoch epoch = tape.epoch();
  begin_round();
  {
    const Tape other;  // the epoch still lives: it is not given out again
    BOOST_TEST(other.epoch() != epoch);
    BOOST_TEST(gradient(result, old) == 4);
  }
  tape.clear();
  begin_round();
  tape.clear();
  BOOST_TEST_REQUIRE(tape.epoch() == epoch);
  BOOST_TEST(!tape.owns(old));
  const std::string reason = " was recorded on a tape that no longer lives";
  BOOST_TEST(refusal([&] { (void)Scalar(old * 2.0); }).starts_with("[mul] operand 0" + reason));
  const Scalar x = tape.variable(3.0), y = x * x;
  BOOST_TEST(refusal([&] { (void)Scalar(x * old); }).starts_with("[mul] operand 1" + reason));
  BOOST_TEST(refusal([&] { gradient(result, x); }).starts_with("[gradient] y" + reason));
  BOOST_TEST(!refusal([&] { gradient(y, old); }).empty());
  BOOST_TEST(!refusal([&] { gradient(y, std::vector<Scalar>{x, old}); }).empty());
  BOOST_TEST(!refusal([&] { jacobian(std::vector<Scalar>{y}, {x, old}); }).empty());
  BOOST_TEST(!refusal([&] { hessian(y, {old}); }).empty());
  BOOST_TEST(!refusal([&] { replay(y, {old}, {1.0}); }).empty());
  BOOST_TEST(!refusal([&] { tape.set_name(old, "old"); }).empty());
  BOOST_TEST(!refusal([&] { (void)stack({x, old}); }).empty());
  BOOST_TEST(gradient(y, x) == 6);
  BOOST_TEST(gradient(gradient(y, x, {.create_graph = true}), x) == 2);
  BOOST_TEST(replay(y, {x}, {4.0}) == 16);
  verify(tape);
}

BOOST_AUTO_TEST_CASE(so_does_a_stale_tensor) {
  begin_round();
  Tape tape;
  const Tensor old = tape.variable(tensor({1.0, 2.0})), result = sum(old * old);
  const Epoch epoch = tape.epoch();
  begin_round();
  tape.clear();
  begin_round();
  tape.clear();
  BOOST_TEST_REQUIRE(tape.epoch() == epoch);
  const Tensor x = tape.variable(tensor({3.0, 4.0})), y = sum(x * x);
  const std::string reason = " was recorded on a tape that no longer lives";
  BOOST_TEST(refusal([&] { old * 2.0; }).starts_with("[mul] "));
  BOOST_TEST(!refusal([&] { x + old; }).empty());
  BOOST_TEST(!refusal([&] { (void)at(old, {0}); }).empty());
  BOOST_TEST(refusal([&] { gradient(result, x); }).starts_with("[gradient] y" + reason));
  BOOST_TEST(!refusal([&] { gradient(y, old); }).empty());
  BOOST_TEST(!refusal([&] { explain_gradient(y, old); }).empty());
  {
    Tape inner;  // around which the epoch lives
    const Tensor v = inner.variable(x);
    BOOST_TEST(!refusal([&] { v + old; }).empty());
    BOOST_TEST(gradient(sum(v * x), v).to_vector() == (std::vector<double>{3, 4}));
  }
  BOOST_TEST(gradient(y, x).to_vector() == (std::vector<double>{6, 8}));
  verify(tape);
}

BOOST_AUTO_TEST_CASE(and_those_of_other_numbers_and_marks) {
  begin_round();
  BasicTape<float> tape;
  const BasicScalar<float> old = tape.variable(2), result = old * old;
  const BasicTape<float>::Mark mark = tape.mark();
  const Epoch epoch = tape.epoch();
  begin_round();
  tape.clear();
  begin_round();
  tape.clear();
  BOOST_TEST_REQUIRE(tape.epoch() == epoch);
  const BasicScalar<float> x = tape.variable(3), y = x * x;
  BOOST_TEST(!refusal([&] { (void)BasicScalar<float>(x * old); }).empty());
  BOOST_TEST(!refusal([&] { (void)gradient(result, x); }).empty());
  BOOST_TEST(!refusal([&] { (void)gradient(y, old); }).empty());
  BOOST_TEST(refusal([&] { tape.rewind(mark); }) == "[rewind] the mark is of another recording");
  BOOST_TEST(gradient(y, x) == 6);
  const BasicTape<float>::Mark now = tape.mark();
  (void)BasicScalar<float>(y * x);
  tape.rewind(now);
  BOOST_TEST(gradient(y, x) == 6);
}

BOOST_AUTO_TEST_CASE(handles_that_a_rewind_forgot_are_retired_too) {
  begin_round();
  Tape tape;
  const Tape::Mark mark = tape.mark();
  Scalar last = tape.variable(1.0);
  for (int i = 0; i < 1000; ++i) last = last * 1.5;
  tape.rewind(mark);
  const Epoch epoch = tape.epoch();
  begin_round();
  tape.clear();
  begin_round();
  tape.clear();
  BOOST_TEST_REQUIRE(tape.epoch() == epoch);
  Scalar x = tape.variable(1.0);
  for (int i = 0; i < 2000; ++i) x = x * 1.0001;
  BOOST_TEST(!tape.owns(last));
  BOOST_TEST(!refusal([&] { (void)Scalar(x + last); }).empty());
}

BOOST_AUTO_TEST_CASE(a_recording_that_outlives_its_round_is_counted_when_it_ends) {
  begin_round();
  auto tape = std::make_unique<Tape>();
  const Epoch epoch = tape->epoch();
  begin_round();
  { const Tape other; }
  Scalar last = tape->variable(1.0);
  for (int i = 0; i < 5000; ++i) last = last * 1.5;
  tape.reset();
  begin_round();
  Tape next;
  BOOST_TEST_REQUIRE(next.epoch() == epoch);
  Scalar x = next.variable(1.0);
  for (int i = 0; i < 10000; ++i) x = x * 1.0001;
  BOOST_TEST(!next.owns(last));
}

BOOST_AUTO_TEST_CASE(whoever_has_used_up_all_names_is_told_so) {
  std::thread([] {
    detail::advance_recordings({++rounds * detail::kEpochsOfRound + kStart, UINT32_MAX - 1});
    BOOST_TEST(refusal([] { const Tape tape; }).find("there are no names left") !=
               std::string::npos);
  }).join();
}
