// Where the time of a computation goes, operation by operation.
//
//   {
//     Profile profile;
//     Tensor loss = nn::cross_entropy(net(x), labels);
//     std::vector<Tensor> g = gradient(loss, net.parameters());
//     fmt::print("{}", profile.table());
//     profile.write_chrome_trace("trace.json");  // for chrome://tracing or ui.perfetto.dev
//   }
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/tape/op_clock.h"
#include "engine/tape/tape.h"

namespace tapestry {

// The calls of one operation, or of its vjp.
struct ProfileRow {
  std::string op;
  bool backward = false;  // its vjp
  std::int64_t calls = 0;
  double seconds = 0;  // without the operations that it executed itself
  double bytes = 0;    // of operands and results; of a vjp 0
  double flops = 0;    // arithmetic operations; of a vjp 0
  double alone = 0;    // the share of the seconds outside of loops that several threads share
};

// Times the tensor operations of this thread until the end of its life. Of several the innermost
// does. Scalars are not timed.
class Profile {
 public:
  Profile() = default;
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  std::vector<ProfileRow> rows() const;  // the longest first
  std::string table() const;
  // Chrome's trace format, JSON. Error when the file cannot be written.
  void write_chrome_trace(std::ostream& out) const;
  void write_chrome_trace(const std::string& file, detail::Site site = {}) const;
  // Of the operations of that tape, with their vjps, by the first node of their results.
  std::unordered_map<NodeId, double> seconds_by_node(const Tape& tape) const;

 private:
  detail::OpClock clock_;
  detail::Ambient<&detail::Context::op_clock> running_{&clock_};
};

}  // namespace tapestry
