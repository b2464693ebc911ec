#include "tools/train/loss_plot.h"

#include <algorithm>

#include "tools/train/ticks.h"

namespace tapestry::tools {
using namespace detail;
namespace {

constexpr double kWidth = 720, kHeight = 420;
constexpr double kLeft = 72, kRight = 648, kTop = 72, kBottom = 356;  // of the plane of the curves
constexpr std::string_view kLoss = "#3b78b5", kAccuracy = "#c77f2b", kQuiet = "#5f6b76";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '<') {
      result += "&lt;";
    } else if (c == '&') {
      result += "&amp;";
    } else {
      result += c;
    }
  }
  return result;
}

struct Point {
  double x, y;
};

class Picture {
 public:
  Picture() {
    text_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
        kWidth, kHeight);
  }

  void line(Point from, Point to, std::string_view colour) {
    text_ += fmt::format(
        "<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" stroke=\"{}\"/>\n", from.x,
        from.y, to.x, to.y, colour);
  }
  // anchor: start, middle or end.
  void label(Point at, std::string_view anchor, std::string_view colour, std::string_view words,
             std::string_view more = "") {
    text_ +=
        fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"{}\" fill=\"{}\"{}>{}</text>\n",
                    at.x, at.y, anchor, colour, more, escaped(words));
  }
  void curve(const std::vector<Point>& points, std::string_view colour) {
    text_ += fmt::format(
        "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\" "
        "points=\"",
        colour);
    for (const Point& p : points) text_ += fmt::format("{:.2f},{:.2f} ", p.x, p.y);
    text_ += "\"/>\n";
    if (points.size() > 60) return;
    for (const Point& p : points) {
      text_ += fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"3\" fill=\"{}\"/>\n", p.x, p.y,
                           colour);
    }
  }
  std::string finished() && { return std::move(text_) + "</svg>\n"; }

 private:
  std::string text_;
};

double height_of(const Ticks& axis, double value) {
  return kBottom - axis.position(value) * (kBottom - kTop);
}

// Epoch 1 stands at the left border, the last at the right one; a single one in the middle.
double place_of(std::size_t epoch, std::size_t count) {
  if (count == 1) return (kLeft + kRight) / 2;
  return kLeft + (kRight - kLeft) * static_cast<double>(epoch) / static_cast<double>(count - 1);
}

void draw_epochs(Picture& picture, std::size_t count) {
  const Ticks ticks = ticks_around(1, static_cast<double>(std::max<std::size_t>(count, 2)), 10, 1);
  for (int i = 0; i < ticks.count(); ++i) {
    const auto epoch = static_cast<std::size_t>(std::max(1.0, ticks.at(i)));
    if (epoch > count) continue;
    const double x = place_of(epoch - 1, count);
    picture.line({x, kBottom}, {x, kBottom + 5}, kQuiet);
    picture.label({x, kBottom + 20}, "middle", kQuiet, std::to_string(epoch));
  }
  picture.label({(kLeft + kRight) / 2, kBottom + 44}, "middle", kQuiet, "epoch");
}

void draw_axis(Picture& picture, const Ticks& axis, double x, bool left, std::string_view colour,
               std::string_view name, std::string_view unit = "") {
  for (int i = 0; i < axis.count(); ++i) {
    const double y = height_of(axis, axis.at(i));
    if (left) picture.line({kLeft, y}, {kRight, y}, i == 0 ? kQuiet : "#e4e8ec");
    picture.label({x + (left ? -10 : 10), y + 4}, left ? "end" : "start", colour,
                  axis.label(i) + std::string(unit));
  }
  picture.label({x, kTop - 18}, left ? "start" : "end", colour, name, " font-weight=\"bold\"");
}

std::vector<Point> points_of(const std::vector<EpochReport>& epochs, const Ticks& axis,
                             double (*value)(const EpochReport&)) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < epochs.size(); ++i)
    points.push_back({place_of(i, epochs.size()), height_of(axis, value(epochs[i]))});
  return points;
}

}  // namespace

std::string loss_plot(const std::vector<EpochReport>& epochs, std::string_view title) {
  if (epochs.empty()) refuse("plot", "there are no epochs to draw");
  const auto loss = [](const EpochReport& report) { return report.loss; };
  const auto percent = [](const EpochReport& report) { return 100 * report.test_accuracy; };
  double highest = 0, least = 100, most = 0;
  for (const EpochReport& report : epochs) {
    highest = std::max(highest, loss(report));
    least = std::min(least, percent(report));
    most = std::max(most, percent(report));
  }
  const Ticks losses = ticks_around(0, highest, 6);
  const Ticks percents = ticks_around(least, most, 6, 0.1);

  Picture picture;
  picture.label({kWidth / 2, 28}, "middle", "#22303c", title, " font-size=\"15\"");
  draw_axis(picture, losses, kLeft, true, kLoss, "training loss");
  draw_axis(picture, percents, kRight, false, kAccuracy, "test accuracy", " %");
  draw_epochs(picture, epochs.size());
  picture.curve(points_of(epochs, losses, loss), kLoss);
  picture.curve(points_of(epochs, percents, percent), kAccuracy);
  return std::move(picture).finished();
}

}  // namespace tapestry::tools
