// What a record says of its op: documentation, whether it is differentiable, what it refuses.
#include "engine/engine.h"
#include "tests/ops/properties/outcome.h"
#include "tests/support/refusal.h"

namespace tapestry::test {
using namespace detail;
namespace {

void documentation(const OpInfo& record, Findings& findings) {
  const std::string_view text = record.documentation;
  findings.check(!record.name.empty(), "it has no name");
  findings.check(!text.empty(), "it has no documentation");
  findings.check(text.find('\n') == text.npos && text.size() <= 120,
                 "its documentation is more than one line: {}", text);
  std::size_t namesakes = 0;
  for (const OpInfo& other : catalogue()) namesakes += other.name == record.name;
  findings.check(namesakes == 1, "{} records have this name", namesakes);
  findings.check(!record.samples.empty(), "it has no sample");
}

// The record tells the truth about gradients.
void differentiable(const OpInfo& record, Findings& findings) {
  for_samples(record, findings, [&](const Sample& sample) {
    const Recording recording(sample, sample.inputs);
    if (record.differentiable) {
      findings.check(recording.has_gradient(),
                     "the record says it is differentiable; its result takes no gradient");
      findings.check(recording.gradients().size() == recording.variables().size(),
                     "an input has no gradient");
      return;
    }
    findings.check(!recording.has_gradient(),
                   "the record says it is not differentiable; its result takes a gradient");
    for (const Tensor& x : recording.variables()) {
      findings.check(refusal([&] { gradient(recording.y(), x); }).starts_with("[gradient] "),
                     "a gradient is not refused");
    }
  });
}

void refusals(const OpInfo& record, Findings& findings) {
  if (record.refusals.empty())
    findings.not_applicable("it takes every tensor, and its record states no refusal");
  for (const Refusal& refused : record.refusals) {
    findings.at(refused.label, [&] {
      const std::string opening = fmt::format("[{}] ", record.name);
      findings.check(refused.message.starts_with(opening), "\"{}\" does not start with {}",
                     refused.message, opening);
      const Tape tape;
      const std::string message = refusal(refused.call);
      findings.check(message == refused.message, "the message is \"{}\", not \"{}\"", message,
                     refused.message);
      findings.check(tape.size() == 0, "the refused call left {} nodes on the tape", tape.size());
    });
  }
}

}  // namespace

std::vector<Property> record_properties() {
  return {
      {"documentation", documentation}, {"differentiable", differentiable}, {"refusals", refusals}};
}

}  // namespace tapestry::test
