// The command without a process: what it prints, and its exit status.
#include "tools/command_line.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "engine/engine.h"
#include "ops/ops.h"
#include "tests/nn/temp_folder.h"
#include "tests/support/ranking.h"

namespace tapestry::tools {
namespace {

using Json = nlohmann::json;
using Edge = std::pair<std::string, std::string>;

struct Outcome {
  int status;
  std::string out, notes;
};

Outcome run(const std::string& words) {
  std::istringstream split(words);
  const std::vector<std::string> arguments{std::istream_iterator<std::string>(split), {}};
  std::ostringstream out, notes;
  const int status = run_command_line(arguments, {out, notes});
  return {status, out.str(), notes.str()};
}

void check_refusal(const std::string& words, int status, const std::string& line) {
  const Outcome outcome = run(words);
  BOOST_TEST(outcome.status == status, words);
  BOOST_TEST(outcome.notes == "tapestry: " + line + "\n");
  BOOST_TEST(outcome.out == "");
}

// ---- backprop ----

void check_close(const Json& list, const std::vector<double>& expected) {
  const auto flat = list.flatten();
  BOOST_REQUIRE(flat.size() == expected.size());
  std::size_t i = 0;
  for (const auto& number : flat)
    BOOST_TEST(std::abs(number.get<double>() - expected[i++]) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(backprop_as_json_holds_every_golden_value) {
  const Outcome outcome = run("backprop --json");
  BOOST_TEST(outcome.status == 0);
  const Json json = Json::parse(outcome.out);
  check_close(json["losses"], {0.39464890625, 0.2384542802724947});
  check_close(json["prediction"], {.8265, .88325});
  check_close(json["gradients"]["y"], {-.1635, .87325});
  check_close(json["gradients"]["h"], {.3985375, .4695125});
  check_close(json["parameters"]["W1"], {.1900365625, .2382621875, .2740950625, .3194816875});
  check_close(json["parameters"]["b1"], {.26014625, .25304875});
  check_close(json["parameters"]["W2"], {.50891075, .502407875, .6096465, .59847825});
  check_close(json["parameters"]["b2"], {.21635, .112675});
}

BOOST_AUTO_TEST_CASE(backprop_prints_both_losses_to_the_last_digit) {
  const std::string text = run("backprop").out;
  BOOST_TEST(text.find("= 0.39464890625\n") != std::string::npos);
  BOOST_TEST(text.find("l = 0.2384542802724947,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(backprop_of_n_steps_has_n_and_one_losses_that_fall) {
  const Json json = Json::parse(run("backprop --steps 100 --json").out);
  const auto losses = json["losses"].get<std::vector<double>>();
  BOOST_REQUIRE(losses.size() == 101U);
  BOOST_TEST(std::is_sorted(losses.rbegin(), losses.rend()));
  BOOST_TEST(json["gradients"] == Json::parse(run("backprop --json").out)["gradients"]);
}

BOOST_AUTO_TEST_CASE(numbers_are_decimal_whatever_zeros_they_begin_with) {
  for (const char* steps : {"10", "010", "0010"})
    BOOST_TEST(
        Json::parse(run(fmt::format("backprop --json --steps {}", steps)).out)["losses"].size() ==
        11U);
  BOOST_TEST(run("backprop --steps 08").status == 0);
}

BOOST_AUTO_TEST_CASE(each_level_of_verbosity_tells_more) {
  const auto has = [](const std::string& words, const std::string& text) {
    return run(words).out.find(text) != std::string::npos;
  };
  BOOST_TEST(!has("backprop", "step 1  loss"));
  BOOST_TEST(has("backprop -v", "step 1  loss 0.39464890625\n"));
  BOOST_TEST(!has("backprop -v", "  backward\n"));
  BOOST_TEST(has("backprop -vv", "    d loss / d W2 "));
  BOOST_TEST(!has("backprop -vv", "\n    W2 "));
  BOOST_TEST(has("backprop -vvv", "\n    W2 "));
}

// ---- graph ----

std::set<Edge> edges_of_json(const Json& json) {
  std::set<Edge> edges;
  for (const Json& edge : json["edges"])
    edges.emplace("n" + edge["from"].dump(), "n" + edge["to"].dump());
  return edges;
}

std::set<Edge> edges_of_dot(const std::string& dot) {
  std::set<Edge> edges;
  const std::regex edge("  (n[0-9]+) -> (n[0-9]+)");
  for (std::sregex_iterator it(dot.begin(), dot.end(), edge), end; it != end; ++it)
    edges.emplace((*it)[1], (*it)[2]);
  return edges;
}

BOOST_AUTO_TEST_CASE(dot_and_json_hold_the_same_nodes_and_edges) {
  const std::string dot = run("graph --example backprop --format dot").out;
  const Json json = Json::parse(run("graph --example backprop --format json").out);
  BOOST_TEST((edges_of_dot(dot) == edges_of_json(json)));
  const std::regex node("\n  n[0-9]+ \\[label");
  BOOST_TEST(static_cast<std::size_t>(std::distance(
                 std::sregex_iterator(dot.begin(), dot.end(), node), std::sregex_iterator())) ==
             json["nodes"].size());
}

BOOST_AUTO_TEST_CASE(the_graph_names_what_the_tutorial_names) {
  const Json json = Json::parse(run("graph --example backprop --format json").out);
  std::set<std::string> names;
  for (const Json& node : json["nodes"]) names.insert(node["name"].get<std::string>());
  for (const char* name : {"x", "t", "W1", "b1", "h", "W2", "b2", "y", "loss"})
    BOOST_TEST(names.contains(name), name);
}

BOOST_AUTO_TEST_CASE(backward_adds_an_adjoint_for_each_parameter) {
  const Json json = Json::parse(run("graph --example backprop --backward --format json").out);
  std::set<int> linked, parameters;
  for (const Json& node : json["nodes"]) {
    if (node.contains("adjoint_of"))
      for (const Json& of : node["adjoint_of"]) linked.insert(of.get<int>());
    if (node["op"] == "variable") parameters.insert(node["id"].get<int>());
  }
  BOOST_TEST(parameters.size() == 4U);
  BOOST_TEST(std::includes(linked.begin(), linked.end(), parameters.begin(), parameters.end()));
}

BOOST_AUTO_TEST_CASE(values_and_gradients_are_there_when_asked_for) {
  const Json json =
      Json::parse(run("graph --example backprop --values --gradients --format json").out);
  for (const Json& node : json["nodes"])
    if (node["name"] == "y") {
      check_close(node["value"], {.8265, .88325});
      check_close(node["gradient"], {-.1635, .87325});
    }
}

BOOST_AUTO_TEST_CASE(a_model_has_a_graph_in_every_format) {
  for (const char* format : {"dot", "json", "text"})
    for (const char* more : {"", " --backward --values"}) {
      const Outcome outcome = run(std::string("graph --model mlp:4-3-2 --format ") + format + more);
      BOOST_TEST(outcome.status == 0);
      BOOST_TEST(outcome.out.find("2.weight") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_ending_of_the_file_chooses_the_format) {
  const TempFolder folder;
  const std::string file = folder.path() + "/graph.json";
  BOOST_TEST(run("graph --example backprop -o " + file).status == 0);
  std::ifstream in(file);
  BOOST_TEST(Json::parse(in).contains("nodes"));
}

BOOST_AUTO_TEST_CASE(an_ending_that_no_format_has_is_refused) {
  const TempFolder folder;
  const std::string graph = "graph --example backprop -o " + folder.path();
  for (const char* ending : {".jpg", ".html", ".Dot2", ".svgz"})
    check_refusal(graph + "/g" + ending, 2,
                  "-o: '" + folder.path() + "/g" + ending + "' ends in " + ending +
                      "; expected .dot, .svg, .png, .pdf, .json or .txt, or a --format; see "
                      "tapestry graph --help");
  check_refusal(
      graph + "/g.png --format svg", 2,
      "--format svg and -o " + folder.path() +
          "/g.png contradict each other; expected one of them; see tapestry graph --help");
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
  const auto first_of = [&](const std::string& words, const std::string& name) {
    BOOST_TEST(run(graph + "/" + name + words).status == 0, words);
    std::ifstream in(folder.path() + "/" + name);
    return static_cast<char>(in.get());
  };
  BOOST_TEST(first_of("", "g.TXT") == '%');
  BOOST_TEST(first_of("", "g.gv") == 'd');
  BOOST_TEST(first_of("", "g") == 'd');
  BOOST_TEST(first_of(" --format dot", "dot.txt") == 'd');
  BOOST_TEST(first_of(" --format json", "g.net") == '{');
}

BOOST_AUTO_TEST_CASE(one_graph_is_drawn_at_a_time) {
  check_refusal("graph x*y --model mlp:2-2", 2,
                "EXPR (x*y) and --model mlp:2-2 are given; expected one graph at a time; see "
                "tapestry graph --help");
  check_refusal("graph --example backprop --model mlp:2-2", 2,
                "--model mlp:2-2 and --example backprop are given; expected one graph at a time; "
                "see tapestry graph --help");
}

BOOST_AUTO_TEST_CASE(a_terminal_is_sent_no_png) {
  std::ostringstream out, notes;
  BOOST_TEST(run_command_line({"graph", "x*y", "--format", "png"}, {out, notes, true, true}) == 2);
  BOOST_TEST(
      notes.str() ==
      "tapestry: a terminal shows no png; expected -o FILE.png; see tapestry graph --help\n");
}

// Whatever is drawn with its backward part, dot finds no cycle in it.
BOOST_AUTO_TEST_CASE(pictures_with_a_backward_part_have_no_cycle) {
  for (const char* of :
       {"--example backprop", "--model mlp:4-3-2", "--model mlp:3-3-3-3-3-3-3-3-3", "x*y+sin(x)",
        "x*x*x", "exp(x*y)/(x+y)", "norm([x,y,x*y])+x", "x", "where(x<y,x*y,-x)",
        "max(x,y)*sum([x,x,y])", "softplus(x)-softplus(x)", "dot([x,y],[y,x])*prod([x,y,x])"})
    for (const char* more : {"", " --values --gradients"})
      BOOST_TEST(ranks_without_cycle(run(fmt::format("graph {} --backward{}", of, more)).out), of);
}

BOOST_AUTO_TEST_CASE(x_times_x_has_two_edges) {
  Tape tape;
  const Tensor x = tape.variable(tensor({3.0}, DType::f64), "x");
  std::ostringstream text;
  write_json(text, x * x);
  const Json edges = Json::parse(text.str())["edges"];
  BOOST_TEST(edges.size() == 2U);
  BOOST_TEST(edges[0]["from"] == edges[1]["from"]);
  BOOST_TEST(edges[0]["slot"] != edges[1]["slot"]);
}

// ---- summary, train ----

BOOST_AUTO_TEST_CASE(summary_counts_the_parameters) {
  BOOST_TEST(run("summary --model mlp:784-128-10").out.find("total 101,770 parameters\n") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(train_prints_a_line_for_each_epoch) {
  const Outcome outcome = run("train --data digits --model mlp:64-16-10 --epochs 2");
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.out.starts_with("epoch 1/2  loss "));
  BOOST_TEST(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 2);
  BOOST_TEST(outcome.notes == "");
}

BOOST_AUTO_TEST_CASE(train_as_json_is_one_object) {
  const Json json =
      Json::parse(run("train --data digits --model mlp:64-16-10 --epochs 3 --seed 4 --json").out);
  BOOST_REQUIRE(json["epochs"].size() == 3U);
  const Json& last = json["epochs"][2];
  BOOST_TEST(last["loss"].get<double>() > 0);
  BOOST_TEST(last["test_accuracy"].get<double>() > 0.5);
  BOOST_TEST(last["test_accuracy"].get<double>() <= 1);
  BOOST_TEST(last["seconds"].get<double>() > 0);
}

BOOST_AUTO_TEST_CASE(train_reads_a_table_and_plots_its_course) {
  const TempFolder folder;
  std::string rows = "width,height,class\n";
  for (int i = 0; i < 50; ++i) rows += fmt::format("{},{},{}\n", i, 1000 - i, i < 25 ? 0 : 1);
  const std::string table = folder.write("table.csv", rows), plot = folder.path() + "/plot.svg";
  const Outcome outcome = run("train --data " + table +
                              " --model mlp:2-8-2 --epochs 20 --batch 8 --json --plot " + plot);
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(Json::parse(outcome.out)["epochs"][19]["test_accuracy"].get<double>() >= 0.9);
  BOOST_TEST(std::filesystem::file_size(plot) > 1000U);
}

// Columns of names, missing values and classes by name, each told of on standard error.
BOOST_AUTO_TEST_CASE(train_reads_tables_as_people_have_them) {
  const TempFolder folder;
  std::string rows = "species;width;height\n";
  for (int i = 0; i < 60; ++i)
    rows += fmt::format("{};{};{}\n", i % 2 ? "setosa" : "virginica", i % 2 ? i : 1000 + i,
                        i == 7 ? "NA" : "1.5");
  const std::string table = folder.write("iris.csv", rows);
  const std::string train = "train --model mlp:2-2 --epochs 30 --batch 8 --json --data " + table;
  const Outcome dropped = run(train + " --target species --missing drop");
  BOOST_TEST(dropped.status == 0);
  BOOST_TEST(dropped.notes ==
             "tapestry: iris.csv: 1 of 60 rows are left out: a value is missing\n"
             "tapestry: iris.csv: classes 0 to 1 are setosa, virginica\n");
  BOOST_TEST(Json::parse(dropped.out)["epochs"][29]["test_accuracy"].get<double>() == 1);
  BOOST_TEST(run(train + " --target 0 --missing mean --delimiter semicolon --header yes").notes ==
             "tapestry: iris.csv: 1 missing value became the mean of its column: 1 in column 3 "
             "(height)\n"
             "tapestry: iris.csv: classes 0 to 1 are setosa, virginica\n");
  check_refusal(train + " --target species", 1,
                "[csv] " + table +
                    ": line 9, column 3: \"NA\" stands for a missing number; expected a number, or "
                    "the option missing (mean or drop)");
  check_refusal(train + " --target specis --missing drop", 1,
                "[csv] " + table +
                    ": has no column specis (did you mean species?); expected one of species, "
                    "width, height");
  const Outcome unfit = run("train --model mlp:2-3 --target 0 --missing drop --data " + table);
  BOOST_TEST(unfit.status == 1);
  BOOST_TEST(
      unfit.notes.ends_with("tapestry: [train] the model has 3 outputs, but iris.csv has 2 classes "
                            "(setosa, virginica)\n"));
}

// Labels from 1 are as many classes as there are.
BOOST_AUTO_TEST_CASE(train_counts_the_labels_that_occur) {
  const TempFolder folder;
  std::string rows;
  for (int i = 0; i < 30; ++i) rows += fmt::format("{},{},{}\n", i, i * i, i % 3 + 1);
  const std::string table = folder.write("t.csv", rows);
  const Outcome outcome = run("train --model mlp:2-3 --epochs 1 --json --data " + table);
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.notes == "tapestry: t.csv: classes 0 to 2 are the labels 1, 2, 3\n");
}

// 1700000000 and the seconds after it are one number in f32.
BOOST_AUTO_TEST_CASE(train_tells_time_stamps_apart) {
  const TempFolder folder;
  std::string rows;
  for (int i = 0; i < 64; ++i) rows += fmt::format("{},{}\n", 1'700'000'000 + i, i / 32);
  const std::string table = folder.write("times.csv", rows);
  const Outcome outcome = run("train --model mlp:1-2 --epochs 20 --batch 8 --json --data " + table);
  BOOST_TEST(Json::parse(outcome.out)["epochs"][19]["test_accuracy"].get<double>() >= 0.9);
}

BOOST_AUTO_TEST_CASE(train_takes_finite_numbers_of_any_size) {
  const TempFolder folder;
  for (const std::string rows :
       {"1e-45,2,0\n2e-45,3,1\n3e-45,4,0\n", "3e38,-3e38,0\n-3e38,3e38,1\n3e38,3e38,0\n",
        "5e-324,1e308,0\n1e-323,-1e308,1\n0,1e300,0\n"}) {
    const std::string table = folder.write("t.csv", rows + rows + rows + rows);
    const Outcome outcome = run("train --model mlp:2-2 --epochs 2 --data " + table);
    BOOST_TEST(outcome.status == 0, outcome.notes);
  }
}

BOOST_AUTO_TEST_CASE(a_terminal_sees_a_bar_that_is_erased_again) {
  std::ostringstream out, notes;
  run_command_line({"train", "--data", "digits", "--model", "mlp:64-16-10", "--epochs", "1"},
                   {out, notes, true});
  BOOST_TEST(notes.str().find("loss") != std::string::npos);
  BOOST_TEST(notes.str().ends_with("\r\x1b[K"));
}

// ---- refusals ----

BOOST_AUTO_TEST_CASE(help_is_a_success) {
  BOOST_TEST(run("--help").status == 0);
  for (const char* command : {"backprop", "eval", "graph", "summary", "train"})
    BOOST_TEST(run(std::string(command) + " --help").out.find("Usage: tapestry") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_version_is_one_line) {
  const Outcome outcome = run("--version");
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(std::regex_match(outcome.out, std::regex("tapestry [0-9]+\\.[0-9]+\\.[0-9]+\n")));
}

BOOST_AUTO_TEST_CASE(bad_usage_is_one_line_and_status_2) {
  check_refusal("", 2,
                "a command is needed; expected one of backprop, eval, graph, summary, train; see "
                "tapestry --help");
  check_refusal("train --data", 2, "--data needs a value; see tapestry train --help");
  check_refusal(
      "backprop --steps 0", 2,
      "--steps: '0' is not a whole number from 1 to 1000000; see tapestry backprop --help");
  check_refusal("backprop more", 2, "unexpected argument more; see tapestry backprop --help");
  check_refusal(
      "graph", 2,
      "graph needs one of EXPR such as x*y, --example backprop, --model mlp:784-128-10; see "
      "tapestry graph --help");
  check_refusal(
      "graph --example backprop --format html", 2,
      "--format: 'html' is none of dot, json, text, svg, png, pdf; see tapestry graph --help");
  check_refusal("summary --model mlp:3", 2,
                "the model 'mlp:3' has one width; expected something like mlp:784-128-10; see "
                "tapestry summary --help");
  check_refusal("train --data digit --model mlp:64-10", 2,
                "--data is 'digit' (did you mean digits?); expected digits, mnist, qmnist, "
                "emnist-balanced, emnist-byclass, emnist-bymerge, emnist-digits, emnist-letters, "
                "emnist-mnist or a CSV file; see tapestry train --help");
  check_refusal("train --data digits --model mlp:64-10 --lr nan", 2,
                "--lr: 'nan' is not a finite number from 0 on; see tapestry train --help");
  check_refusal("train --data digits --model mlp:64-10 --momentum 1", 2,
                "--momentum: '1' is not a number in [0, 1); see tapestry train --help");
  check_refusal("train --data digits --model mlp:64-10 --plot loss.png", 2,
                "--plot: 'loss.png' does not end in .svg; see tapestry train --help");
  for (const std::string command : {"backprop", "train --data digits --model mlp:64-10"})
    check_refusal(command + " --json -v", 2,
                  "--json excludes --verbose; see tapestry " +
                      command.substr(0, command.find(' ')) + " --help");
  check_refusal("train --data digits --model mlp:64-10 --momentum 0 --nesterov", 2,
                "--nesterov needs a --momentum above 0; see tapestry train --help");
}

BOOST_AUTO_TEST_CASE(a_misspelt_word_is_named_with_what_was_meant) {
  check_refusal("evaal x", 2,
                "unknown command 'evaal' (did you mean eval?); expected one of backprop, eval, "
                "graph, summary, train; see tapestry --help");
  check_refusal("banana", 2,
                "unknown command 'banana'; expected one of backprop, eval, graph, summary, train; "
                "see tapestry --help");
  check_refusal("help", 2,
                "unknown command 'help' (did you mean --help?); expected one of backprop, eval, "
                "graph, summary, train; see tapestry --help");
  check_refusal("summary mlp:2-2", 2,
                "unexpected argument mlp:2-2 (did you mean --model mlp:2-2?); see tapestry summary "
                "--help");
  check_refusal("--verson", 2,
                "unknown option --verson (did you mean --version?); see tapestry --help");
  check_refusal("train --dta digits --model mlp:64-10", 2,
                "unknown option --dta (did you mean --data?); see tapestry train --help");
  check_refusal("train --epoch=3 --data digits --model mlp:64-10", 2,
                "unknown option --epoch (did you mean --epochs?); see tapestry train --help");
  check_refusal("graph --example backprp", 2,
                "--example: 'backprp' is none of backprop (did you mean backprop?); see tapestry "
                "graph --help");
  check_refusal("train --data digits --model mlp:64-10 --schedule linaer", 2,
                "--schedule: 'linaer' is none of linear, constant (did you mean linear?); see "
                "tapestry train --help");
  check_refusal("eval 2 + 3", 2,
                "unexpected arguments + 3 (an expression with blanks stands in quotes); see "
                "tapestry eval --help");
}

BOOST_AUTO_TEST_CASE(options_of_other_data_are_refused) {
  unsetenv("TAPESTRY_DATA");
  check_refusal("train --data mnist --model mlp:784-10", 2,
                "--data mnist needs --data-dir DIR, or the variable TAPESTRY_DATA, to name the "
                "folder of its files; see tapestry train --help");
  check_refusal("train --data digits --target class --model mlp:64-10", 2,
                "--target is for CSV files, and --data is digits; see tapestry train --help");
  check_refusal("train --data digits --data-dir . --model mlp:64-10", 2,
                "--data-dir is for sets of images such as mnist, and --data is digits; see "
                "tapestry train --help");
  check_refusal("train --data t.csv --missing mode --model mlp:64-10", 2,
                "--missing: 'mode' is none of mean, drop; see tapestry train --help");
  check_refusal("train --data t.csv --delimiter ;; --model mlp:64-10", 2,
                "--delimiter: ';;'; expected one sign, or comma, semicolon, tab, pipe or space; "
                "see tapestry train --help");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_one_line_and_status_1) {
  check_refusal("graph --example backprop -o /none/graph.dot", 1,
                "[write] /none/graph.dot: cannot be written (No such file or directory)");
  check_refusal("train --data none.csv --model mlp:2-2", 1,
                "[csv] none.csv: cannot be opened (No such file or directory); expected a file");
  check_refusal(
      "train --data mnist --data-dir /none --model mlp:784-10", 1,
      "[idx] /none/train-images-idx3-ubyte: not found; expected it there, as .gz, or in the "
      "folder mnist beside it");
  check_refusal("train --data digits --model mlp:3-10", 1,
                "[train] the model has 3 inputs, but digits has 64 features");
  check_refusal("train --data digits --model mlp:64-9-10 --lr 1e30", 1,
                "[train] the loss is nan at step 2, in epoch 1; a smaller learning rate may help");
  check_refusal("train --data digits --model mlp:64-10 --plot /none/plot.svg", 1,
                "[write] /none/plot.svg: cannot be written (No such file or directory)");
}

BOOST_AUTO_TEST_CASE(results_that_cannot_be_written_are_a_failure) {
  std::ostringstream out, notes;
  out.setstate(std::ios::badbit);
  BOOST_TEST(run_command_line({"backprop"}, {out, notes}) == 1);
  BOOST_TEST(notes.str() == "tapestry: the results cannot be written\n");
}

}  // namespace
}  // namespace tapestry::tools
