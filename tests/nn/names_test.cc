// A program's own names beside `using namespace tapestry`: what only the inside of the library
// needs is not in their way, as a type, a function, a variable or a namespace.
#include <boost/test/unit_test.hpp>

#define UNARY 6
#define BINARY_OF 6
#define COMPARE 6
#include "nn/nn.h"

// The program's names come after the directive, so that each is declared and then looked up beside
// the library's.
using namespace tapestry;

#define TYPES(of)                                                                                  \
  of(Active) of(AtNode) of(Arena) of(Attributes) of(Axes) of(AxisSet) of(Bands) of(Batch) of(      \
      Batching) of(Binary) of(BinaryExpression) of(BinaryRule) of(Birth) of(Body) of(CallSite)     \
      of(Chunk) of(Compared) of(Comparison) of(Complex) of(Constant) of(Context) of(Cotangent) of( \
          CustomPull) of(Cuts) of(Escapes) of(Dims) of(Domain) of(Draws) of(Edge) of(Epoch)        \
          of(Equation) of(Expression) of(ExpressionOf) of(Extents) of(Formula) of(Function) of(    \
              FunctionOfMany) of(Graph) of(InAxes) of(Index) of(Inputs) of(Kernel) of(KernelOf)    \
              of(Labelled) of(Layer) of(Leaf) of(OperandExpression) of(Lines) of(Literal) of(Mark) \
                  of(Matrix) of(Model) of(Module) of(NestedList) of(Node) of(Op) of(Operand)       \
                      of(Output) of(OutputType) of(PerAxis) of(Piece) of(Place) of(Plan) of(Point) \
                          of(Probe) of(Program) of(Pullback) of(Pushforward) of(Range) of(Record)  \
                              of(Refusal) of(Registers) of(Relation) of(Replacements) of(Result)   \
                                  of(Recorder) of(Role) of(Ambient) of(Row) of(Rows)               \
                                      of(Rule) of(Run) of(Running) of(RunOf) of(Runs) of(Sample)   \
                                          of(Side) of(Site) of(Solver) of(Sorted) of(Span) of(     \
                                              State) of(Statement) of(StatementKernel)             \
                                              of(Step) of(StepOperand) of(Stepwise) of(Storage)    \
                                                  of(Stream) of(Strides) of(Sweep) of(TensorNode)  \
                                                      of(Term) of(Unary) of(UnaryExpression)       \
                                                          of(UnaryRule) of(UserCode) of(Value)     \
                                                              of(Vector) of(Widths) of(Windows)
#define DECLARE_TYPE(name) \
  struct name {            \
    int own = 1;           \
  };
TYPES(DECLARE_TYPE)

#define FUNCTIONS(of)                                                                           \
  of(accumulate) of(add_to) of(allocate) of(apply) of(assign) of(broadcast_shapes) of(check)    \
      of(check_input) of(compare) of(count) of(current_scope) of(current_site) of(deallocate)   \
          of(describe) of(dtype_of) of(find_tape) of(fit_input) of(generate) of(holds)          \
              of(is_floating) of(is_zero) of(make_unary) of(merge_batch) of(name_of)            \
                  of(normalize_axis) of(number_text) of(op_of) of(philox) of(probe) of(promote) \
                      of(record) of(record_statement) of(refuse) of(row_major) of(save_input)   \
                          of(save_output) of(size_of) of(spatial) of(step_value) of(sum_axes)   \
                              of(sum_to) of(tape_of) of(times_slope) of(traverse)               \
                                  of(unit_interval) of(visit) of(traverse_down) of(traverse_up) \
                                      of(watch) of(zero)
#define DECLARE_FUNCTION(name) \
  int name() { return 2; }
FUNCTIONS(DECLARE_FUNCTION)

#define VARIABLES(of)                                                                  \
  of(context) of(has_lanes) of(is_paged) of(kMaxRank) of(kSaveAll) of(kX) of(kSpatial) \
      of(kVariadic) of(storage) of(tape_types)
#define DECLARE_VARIABLE(name) int name = 3;
VARIABLES(DECLARE_VARIABLE)

#define NAMESPACES(of)                                                                       \
  of(expressions) of(kernels) of(lapack) of(linalg) of(page) of(page_numbers) of(statements) \
      of(steps)
#define DECLARE_NAMESPACE(name) \
  namespace name {              \
  int own = 4;                  \
  }
NAMESPACES(DECLARE_NAMESPACE)

// As its functions of a tensor, a scalar, an expression or a shape they are preferred to none of
// the inside's that argument-dependent lookup might find.
template <class X>
int is_zero(const X&) {
  return 5;
}
template <class X>
int describe(const X&) {
  return 5;
}
template <class X, class Y>
int accumulate(const X&, const Y&) {
  return 5;
}

BOOST_AUTO_TEST_CASE(names_of_the_program_are_its_own) {
#define USE_TYPE(name) BOOST_TEST(name{}.own == 1);
  TYPES(USE_TYPE)
#define USE_FUNCTION(name) BOOST_TEST(name() == 2);
  FUNCTIONS(USE_FUNCTION)
#define USE_VARIABLE(name) BOOST_TEST(name == 3);
  VARIABLES(USE_VARIABLE)
#define USE_NAMESPACE(name) BOOST_TEST(name::own == 4);
  NAMESPACES(USE_NAMESPACE)
  BOOST_TEST(UNARY + BINARY_OF + COMPARE == 18);
}

BOOST_AUTO_TEST_CASE(functions_of_the_program_take_the_librarys_values) {
  Tape tape;
  const Scalar s = tape.variable(2.0);
  const Tensor x = tape.variable(ones({2}));
  BOOST_TEST(is_zero(s) == 5);
  BOOST_TEST(is_zero(s * s) == 5);
  BOOST_TEST(is_zero(x) == 5);
  BOOST_TEST(describe(x.shape()) == 5);
  BOOST_TEST(accumulate(x, x) == 5);
  BOOST_TEST(accumulate(s, s) == 5);
}
