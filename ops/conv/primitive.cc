#include "ops/conv/primitive.h"

#include <vector>

#include "engine/base/parallel.h"
#include "ops/conv/pieces.h"
#include "ops/conv/plan.h"
#include "ops/product/gemm.h"

namespace tapestry::detail {
namespace {

constexpr std::int64_t kMostPieces = 32, kMostParts = 8;
constexpr std::int64_t kPartElements = 1 << 21;  // of all partial weights
constexpr std::int64_t kBlock = 16;  // channels that stay together: a register of floats

// Whether oneDNN finds the output's extents as we do; a transposed convolution may have more input
// than its output asks for.
bool agrees(const Windows& w) {
  for (int i = 0; i < kSpatial; ++i) {
    const std::int64_t room = w.input[i] + 2 * w.padding[i] - w.reach(i);
    if (room < 0 || room / w.stride[i] + 1 != w.output[i]) return false;
  }
  return true;
}

// A convolution of one group is cut along the batch and along those channels that are not summed
// over; one of several groups along the batch.
class Division {
 public:
  Division(Role role, const ConvGeometry& g) : role_(role), whole_(g) {
    std::int64_t most = kMostPieces;
    if (role == Role::weight)
      most = std::clamp<std::int64_t>(kPartElements / g.shape(Role::weight).size(), 1, kMostParts);
    const std::int64_t wanted = piece_count(g, kMostPieces);
    images_ = std::min({g.batch, most, wanted});
    if (g.groups == 1)
      channels_ = std::clamp<std::int64_t>(channels() / (2 * kBlock), 1,
                                           std::max<std::int64_t>(1, wanted / images_ / 2));
  }

  std::int64_t images() const { return images_; }
  std::int64_t count() const { return images_ * channels_; }
  std::int64_t channel_cuts() const { return channels_; }

  Piece piece(std::int64_t unit) const {
    Piece piece{role_, whole_, whole_.inputs, whole_.outputs};
    ConvGeometry& g = piece.geometry;
    const std::int64_t image = unit / channels_, part = unit % channels_;
    g.batch = image_edge(image + 1) - image_edge(image);
    (role_ == Role::input ? g.inputs : g.outputs) = channel_edge(part + 1) - channel_edge(part);
    return piece;
  }

  // Where that piece finds its operands. Partial weights lie one behind the other.
  ConvPlaces<float> places(std::int64_t unit, ConvPlaces<float> at) const {
    const std::int64_t image = image_edge(unit / channels_), first = channel_edge(unit % channels_);
    const std::int64_t input_channel = role_ == Role::input ? first : 0,
                       output_channel = role_ == Role::input ? 0 : first;
    const ConvGeometry& g = whole_;
    const std::int64_t input = (image * g.groups * g.inputs + input_channel) * g.input_size(),
                       weight = (output_channel * g.inputs + input_channel) * g.windows.taps(),
                       output = (image * g.groups * g.outputs + output_channel) * g.output_size();
    const std::int64_t results[] = {input, weight + unit / channels_ * g.shape(Role::weight).size(),
                                    output};
    if (at.input) at.input += input;
    if (at.weight) at.weight += weight;
    if (at.output) at.output += output;
    at.result += results[static_cast<int>(role_)];
    return at;
  }

 private:
  std::int64_t channels() const { return role_ == Role::input ? whole_.inputs : whole_.outputs; }
  std::int64_t image_edge(std::int64_t i) const { return whole_.batch * i / images_; }
  std::int64_t channel_edge(std::int64_t i) const {
    return i == channels_ ? channels() : channels() * i / channels_ / kBlock * kBlock;
  }

  Role role_;
  ConvGeometry whole_;
  std::int64_t images_ = 1, channels_ = 1;
};

struct Unit {
  std::shared_ptr<const ConvPlan> plan;
  ConvPlaces<float> places;
};

// Gives the units of one plan and one place of the weight a prepared one in common.
std::vector<Tensor> prepare_weights(std::vector<Unit>& units) {
  std::vector<Tensor> prepared;
  for (std::size_t first = 0; first < units.size(); ++first) {
    const auto [plan, places] = units[first];
    const std::int64_t size = plan->prepared_size();
    bool done = size == 0;
    for (const Tensor& other : prepared) done |= other.data<float>() == places.weight;
    if (done) continue;
    prepared.push_back(Tensor::uninitialized({size}, DType::f32));
    plan->prepare(places.weight, prepared.back().mutable_data<float>());
    for (std::size_t i = first; i < units.size(); ++i)
      if (units[i].plan == plan && units[i].places.weight == places.weight)
        units[i].places.weight = prepared.back().data<float>();
  }
  return prepared;
}

}  // namespace

bool primitive_product(Role role, const ConvGeometry& g, const ConvPlaces<float>& places) {
  if (!agrees(g.windows)) return false;
  const Division division(role, g);
  const std::int64_t parts = role == Role::weight ? division.images() : 1;
  const std::int64_t size = g.shape(role).size();
  Tensor sums;
  ConvPlaces<float> into = places;
  if (parts > 1) {
    sums = Tensor::uninitialized({parts * size}, DType::f32);
    into.result = sums.mutable_data<float>();
  }
  std::vector<Unit> units;
  std::vector<Tensor> prepared;
  {
    const OneThread guard;
    for (std::int64_t i = 0; i < division.count(); ++i) {
      units.push_back({ConvPlan::of(division.piece(i)), division.places(i, into)});
      if (!units.back().plan) return false;
    }
    prepared = prepare_weights(units);
  }
  const std::int64_t work = g.batch * g.work() / division.count() / 16 + 1;
  parallel_for(division.count(), work, [&](std::int64_t first, std::int64_t last) {
    const OneThread guard;
    for (std::int64_t i = first; i < last; ++i) {
      const Unit& unit = units[static_cast<std::size_t>(i)];
      unit.plan->run(unit.places);
    }
  });
  if (parts > 1) add_parts<float>(into.result, parts, size, places.result);
  return true;
}

}  // namespace tapestry::detail
