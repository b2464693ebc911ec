// A recurrent network of diagonal LSTM layers that predicts the next character of a text, ADBench's
// LSTM (source: see gmm.h; the network was added to its programs later). A layer keeps (hidden h,
// cell c), one of each for a bit; with its input v,
//
//   c <- c s(v wf + bf) + s(h wi + bi) tanh(h wc + bc),   h <- s(v wo + bo) tanh(c),   s = sigmoid
//
// all elementwise, bit by bit. Between a scaling of the input and an affine output p the loss of a
// character y is -y (p - log(2 + sum exp p)), summed and divided by the number of bits; the 2 is
// the published programs'. Inputs: (wf, wi, wo, wc, bf, bi, bo, bc) of each layer, then input
// scale, output scale and output bias.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "engine/tensor/random.h"

namespace tapestry::bench {
using namespace detail;

struct Lstm {
  int layers, characters, bits;
  std::vector<double> text;   // characters x bits of 0 and 1
  std::vector<double> start;  // hidden, then cell, of each layer

  Lstm(int layer_count, int character_count, int bit_count)
      : layers(layer_count), characters(character_count), bits(bit_count) {
    Rng rng(15);
    for (int i = 0; i < characters * bits; ++i)
      text.push_back(static_cast<double>(rng.next_below(2)));
    start = uniform({layers * 2 * bits}, -0.5, 0.5, rng, DType::f64).to_vector();
  }

  std::string name() const { return "lstm"; }
  std::vector<double> point() const {
    Rng rng(16);
    return uniform({layers * 8 * bits + 3 * bits}, -1, 1, rng, DType::f64).to_vector();
  }

  template <class T>
  static T sigmoid(const T& x) {
    using std::exp;
    return 1.0 / (1.0 + exp(-x));
  }

  // One layer's new state from its input, which it replaces by its output.
  template <class T>
  void advance(const T* w, T* hidden, T* cell, T* signal) const {
    using std::tanh;
    const T* b = w + 4 * bits;
    for (int i = 0; i < bits; ++i) {
      const T forget = sigmoid<T>(signal[i] * w[i] + b[i]);
      const T enter = sigmoid<T>(hidden[i] * w[bits + i] + b[bits + i]);
      const T leave = sigmoid<T>(signal[i] * w[2 * bits + i] + b[2 * bits + i]);
      const T change = tanh(hidden[i] * w[3 * bits + i] + b[3 * bits + i]);
      cell[i] = cell[i] * forget + enter * change;
      hidden[i] = leave * tanh(cell[i]);
      signal[i] = hidden[i];
    }
  }

  template <class T>
  T operator()(const std::vector<T>& x) const {
    using std::exp, std::log;
    const T* in_scale = x.data() + layers * 8 * bits;
    const T* out_scale = in_scale + bits;
    const T* out_bias = out_scale + bits;
    std::vector<T> state(start.begin(), start.end()), signal(bits);
    T total = 0;
    for (int t = 0; t + 1 < characters; ++t) {
      const double *input = text.data() + t * bits, *expected = input + bits;
      for (int i = 0; i < bits; ++i) signal[i] = input[i] * in_scale[i];
      for (int layer = 0; layer < layers; ++layer) {
        T* hidden = state.data() + layer * 2 * bits;
        advance(x.data() + layer * 8 * bits, hidden, hidden + bits, signal.data());
      }
      T sum = 2;
      for (int i = 0; i < bits; ++i) {
        signal[i] = signal[i] * out_scale[i] + out_bias[i];
        sum += exp(signal[i]);
      }
      const T normalizer = log(sum);
      for (int i = 0; i < bits; ++i) total += expected[i] * (signal[i] - normalizer);
    }
    return total / -(static_cast<double>(characters - 1) * bits);
  }
};

}  // namespace tapestry::bench
