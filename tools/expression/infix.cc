#include "tools/expression/infix.h"

#include <boost/spirit/home/x3.hpp>

#include "tools/expression/builder.h"
#include "tools/expression/expression_error.h"

namespace tapestry::tools {
namespace {

namespace x3 = boost::spirit::x3;

constexpr const char* kOperand = "a number, a name, \"(\" or \"[\"";
constexpr char kBlanks[] = " \t\n\v\f\r";

// ---- what the grammar tells the builder ----

struct BuilderTag;

template <class Context>
Builder& builder(const Context& context) {
  return x3::get<BuilderTag>(context).get();
}

template <class Context>
std::string_view matched(const Context& context) {
  const auto& range = x3::_attr(context);
  return {range.begin(), range.end()};
}

const auto number_seen = [](auto& context) { builder(context).number(matched(context)); };
const auto variable_seen = [](auto& context) { builder(context).variable(matched(context)); };
const auto call_opens = [](auto& context) { builder(context).open_call(matched(context)); };
const auto vector_opens = [](auto& context) { builder(context).open_vector(matched(context)); };
const auto operand_seen = [](auto& context) { builder(context).operand(); };
const auto closes = [](auto& context) { builder(context).close(); };
const auto enters = [](auto& context) {
  builder(context).enter(builder(context).offset_of({x3::_where(context).begin(), 0}));
};
const auto leaves = [](auto& context) { builder(context).leave(); };

// An operator, read as a call of that function.
template <class Symbol>
auto opens(const Symbol& symbol, std::string_view function) {
  return x3::raw[symbol][(
      [function](auto& context) { builder(context).open_operator(matched(context), function); })];
}

// ---- the grammar. Each alternative is known by its first token, so that nothing is ever taken
// back, and what must follow stands behind >. ----

const x3::rule<struct ExpressionRule> expression = kOperand;
const x3::rule<struct SumRule> sum = kOperand;
const x3::rule<struct TermRule> term = kOperand;
const x3::rule<struct FactorRule> factor = kOperand;
const x3::rule<struct PowerRule> power = kOperand;
const x3::rule<struct AtomRule> atom = kOperand;
const x3::rule<struct ElementRule> element = kOperand;
const x3::rule<struct ArgumentsRule> arguments = kOperand;

const auto digit = x3::char_('0', '9');
const auto letter = x3::char_('a', 'z') | x3::char_('A', 'Z') | x3::char_('_');
const auto exponent = x3::char_("eE") >> -x3::char_("+-") >> +digit;
const auto number =
    x3::raw[x3::lexeme[((+digit >> -('.' >> *digit)) | ('.' >> +digit)) >> -exponent]];
const auto name = x3::raw[x3::lexeme[letter >> *(letter | digit)]];
const auto function_name = name >> &x3::lit('(');

// What may follow, by the name under which a message asks for it.
template <class Id, class Token>
auto expected(const char* text, const Token& token) {
  return x3::rule<Id>{text} = token;
}
const auto end = expected<struct EndRule>("an operator or the end", x3::eoi);
const auto parenthesis = expected<struct ParenthesisRule>("an operator or \")\"", x3::lit(')'));
const auto last_argument =
    expected<struct LastArgumentRule>("an operator, \",\" or \")\"", x3::lit(')'));
const auto last_element =
    expected<struct LastElementRule>("an operator, \",\" or \"]\"", x3::lit(']'));

const auto times = x3::lexeme['*' >> !x3::lit('*')];

const auto comparison = opens(x3::lit("<="), "less_equal") | opens(x3::lit("<"), "less") |
                        opens(x3::lit(">="), "greater_equal") | opens(x3::lit(">"), "greater") |
                        opens(x3::lit("=="), "equal") | opens(x3::lit("!="), "not_equal");

const auto expression_def = sum >> -(comparison > sum > x3::eps[closes]);
const auto sum_def = term >> *((opens(x3::lit('+'), "add") | opens(x3::lit('-'), "sub")) > term >
                               x3::eps[closes]);
const auto term_def = factor >> *((opens(times, "mul") | opens(x3::lit('/'), "div")) > factor >
                                  x3::eps[closes]);
const auto factor_def = x3::eps[enters] >>
                        ((opens(x3::lit('-'), "neg") > factor > x3::eps[closes]) |
                         (x3::lit('+') > factor) | power) >>
                        x3::eps[leaves];
const auto power_def = atom >>
                       -(opens(x3::lit('^') | x3::lit("**"), "pow") > factor > x3::eps[closes]);
const auto atom_def = number[number_seen] |
                      (function_name[call_opens] > '(' > arguments > x3::eps[closes]) |
                      name[variable_seen] | ('(' > expression > parenthesis) |
                      (x3::raw[x3::lit('[')][vector_opens] > element > *(',' > element) >
                       last_element > x3::eps[closes]);
const auto element_def = expression[operand_seen];
const auto arguments_def = ')' | (element > *(',' > element) > last_argument);

BOOST_SPIRIT_DEFINE(expression, sum, term, factor, power, atom, element, arguments)

}  // namespace

bool is_name(std::string_view text) {
  const char* next = text.data();
  const char* const last = next + text.size();
  return x3::parse(next, last, name) && next == last;
}

Expression parse_expression(std::string_view text) {
  const auto first_token = [&](std::size_t from) {
    return std::min(text.find_first_not_of(kBlanks, from), text.size());
  };
  if (first_token(0) == text.size())
    throw ExpressionError("the expression is empty", text, text.size());
  Builder result(text);
  const char* next = text.data();
  const char* const last = next + text.size();
  try {
    x3::phrase_parse(next, last, x3::with<BuilderTag>(std::ref(result))[x3::eps > expression > end],
                     x3::char_(kBlanks));
  } catch (const x3::expectation_failure<const char*>& failure) {
    const std::size_t offset = first_token(static_cast<std::size_t>(failure.where() - text.data()));
    throw ExpressionError(
        fmt::format("expected {}, found {}", failure.which(), character_at(text, offset)), text,
        offset);
  }
  return result.take();
}

}  // namespace tapestry::tools
