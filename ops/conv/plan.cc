#include "ops/conv/plan.h"

#include <mutex>
#include <unordered_map>

namespace tapestry::detail {
namespace {

using dnnl::memory;

constexpr std::size_t kMostPlans = 1024;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}
const dnnl::stream& stream() {
  thread_local const dnnl::stream own(engine());
  return own;
}

constexpr std::size_t at(Role role) { return static_cast<std::size_t>(role); }

// What oneDNN calls the operands, by role, in the product that makes `result`.
std::array<int, 3> arguments(Role result) {
  return {result == Role::input ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC,
          result == Role::weight ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS,
          result == Role::output ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST};
}

memory::dims last(const Windows::Extents& extents, int axes) {
  return {extents.end() - axes, extents.end()};
}

// Row-major in the spatial axes; the strides of the leading ones are given.
memory::desc layout(memory::dims extents, memory::dims strides, const memory::dims& inner) {
  memory::dims steps(inner.size(), 1);
  for (std::size_t i = inner.size() - 1; i > 0; --i) steps[i - 1] = steps[i] * inner[i];
  extents.insert(extents.end(), inner.begin(), inner.end());
  strides.insert(strides.end(), steps.begin(), steps.end());
  return {extents, memory::data_type::f32, strides};
}

std::array<memory::desc, 3> our_layouts(const Piece& piece) {
  const ConvGeometry& g = piece.geometry;
  const std::int64_t taps = g.windows.taps(), in = g.input_size(), out = g.output_size();
  memory::dims extents{g.outputs, g.inputs}, strides{piece.inputs * taps, taps};
  if (g.groups > 1) {
    extents.insert(extents.begin(), g.groups);
    strides.insert(strides.begin(), piece.outputs * piece.inputs * taps);
  }
  return {layout({g.batch, g.groups * g.inputs}, {g.groups * piece.inputs * in, in},
                 last(g.windows.input, g.axes)),
          layout(extents, strides, last(g.windows.kernel, g.axes)),
          layout({g.batch, g.groups * g.outputs}, {g.groups * piece.outputs * out, out},
                 last(g.windows.output, g.axes))};
}

memory::desc any_layout(const memory::desc& desc) {
  return {desc.dims(), memory::data_type::f32, memory::format_tag::any};
}

dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

std::int64_t floats(const memory::desc& desc) {
  return static_cast<std::int64_t>((desc.get_size() + sizeof(float) - 1) / sizeof(float));
}

memory place(const memory::desc& desc, const float* data) {
  return {desc, engine(), const_cast<float*>(data)};  // NOLINT: oneDNN knows no constant memory
}

void execute(const PlanStep& step, std::unordered_map<int, memory> operands) {
  Tensor room;
  if (const std::int64_t size = floats(step.scratch)) {
    room = Tensor::uninitialized({size}, DType::f32);
    operands.emplace(DNNL_ARG_SCRATCHPAD, place(step.scratch, room.data<float>()));
  }
  step.primitive.execute(stream(), operands);
}

PlanStep reordering(const memory::desc& from, const memory::desc& to) {
  const dnnl::reorder::primitive_desc described(engine(), from, engine(), to, attributes());
  return {dnnl::reorder(described), described.scratchpad_desc()};
}

struct PieceHash {
  std::size_t operator()(const Piece& piece) const {
    std::size_t hash = at(piece.role);
    const auto mix = [&](std::int64_t value) {
      hash = (hash ^ static_cast<std::size_t>(value)) * 0x9E3779B97F4A7C15;
      hash ^= hash >> 29;
    };
    const ConvGeometry& g = piece.geometry;
    for (std::int64_t value : {std::int64_t{g.axes}, g.batch, g.groups, g.inputs, g.outputs,
                               piece.inputs, piece.outputs})
      mix(value);
    const Windows& w = g.windows;
    for (const auto* extents : {&w.input, &w.kernel, &w.output, &w.stride, &w.padding, &w.dilation})
      for (std::int64_t value : *extents) mix(value);
    return hash;
  }
};

}  // namespace

template <class Primitive>
void ConvPlan::adopt(const typename Primitive::primitive_desc& described) {
  fast_ = !std::string_view(described.impl_info_str()).starts_with("ref");
  if (!fast_) return;
  product_ = {Primitive(described), described.scratchpad_desc()};
  const auto names = arguments(role_);
  for (std::size_t role = 0; role < 3; ++role) {
    own_[role] = described.query_md(dnnl::query::exec_arg_md, names[role]);
    if (own_[role] == ours_[role]) continue;
    reorders_[role] = role == at(role_) ? reordering(own_[role], ours_[role])
                                        : reordering(ours_[role], own_[role]);
  }
}

ConvPlan::ConvPlan(const Piece& piece) : role_(piece.role), ours_(our_layouts(piece)) {
  const ConvGeometry& g = piece.geometry;
  const Windows& w = g.windows;
  memory::dims dilation = last(w.dilation, g.axes);
  for (auto& step : dilation) --step;  // oneDNN counts what is left out
  const memory::dims stride = last(w.stride, g.axes), padding = last(w.padding, g.axes);
  const auto input = any_layout(ours_[0]), weight = any_layout(ours_[1]),
             output = any_layout(ours_[2]);
  const auto direct = dnnl::algorithm::convolution_direct;
  const dnnl::convolution_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training, direct, input, weight, output, stride, dilation, padding,
       padding},
      attributes(), engine());
  const auto backward = [&]<class Primitive>(std::type_identity<Primitive>) {
    adopt<Primitive>({{direct, input, weight, output, stride, dilation, padding, padding},
                      attributes(),
                      engine(),
                      forward});
  };
  if (role_ == Role::output)
    adopt<dnnl::convolution_forward>(forward);
  else if (role_ == Role::input)
    backward(std::type_identity<dnnl::convolution_backward_data>());
  else
    backward(std::type_identity<dnnl::convolution_backward_weights>());
}

std::shared_ptr<const ConvPlan> ConvPlan::of(const Piece& piece) {
  static std::mutex mutex;
  static std::unordered_map<Piece, std::shared_ptr<const ConvPlan>, PieceHash> kept;
  const std::lock_guard lock(mutex);
  if (const auto found = kept.find(piece); found != kept.end()) return found->second;
  if (kept.size() >= kMostPlans) kept.clear();
  std::shared_ptr<const ConvPlan> plan;
  try {
    plan = std::make_shared<const ConvPlan>(piece);
    if (!plan->fast_) plan = nullptr;
  } catch (const dnnl::error&) {
    plan = nullptr;
  }
  kept.emplace(piece, plan);
  return plan;
}

std::int64_t ConvPlan::prepared_size() const {
  return role_ != Role::weight && reorders_[at(Role::weight)] ? floats(own_[at(Role::weight)]) : 0;
}

void ConvPlan::prepare(const float* weight, float* prepared) const {
  constexpr std::size_t kWeight = at(Role::weight);
  execute(*reorders_[kWeight], {{DNNL_ARG_FROM, place(ours_[kWeight], weight)},
                                {DNNL_ARG_TO, place(own_[kWeight], prepared)}});
}

void ConvPlan::run(const ConvPlaces<float>& places) const {
  const float* given[] = {places.input, places.weight, places.output};
  given[at(role_)] = places.result;
  const auto names = arguments(role_);
  std::array<Tensor, 3> rooms;
  std::unordered_map<int, memory> operands;
  for (std::size_t role = 0; role < 3; ++role) {
    const bool prepared = role == at(Role::weight) && role_ != Role::weight;
    const float* data = given[role];
    if (reorders_[role] && !prepared) {
      rooms[role] = Tensor::uninitialized({floats(own_[role])}, DType::f32);
      data = rooms[role].data<float>();
      if (role != at(role_))
        execute(*reorders_[role], {{DNNL_ARG_FROM, place(ours_[role], given[role])},
                                   {DNNL_ARG_TO, place(own_[role], data)}});
    }
    operands.emplace(names[role], place(own_[role], data));
  }
  const memory made = operands.at(names[at(role_)]);
  execute(product_, std::move(operands));
  if (reorders_[at(role_)])
    execute(*reorders_[at(role_)],
            {{DNNL_ARG_FROM, made}, {DNNL_ARG_TO, place(ours_[at(role_)], places.result)}});
}

}  // namespace tapestry::detail
