# Turns the C++ blocks of a Markdown page into one program (mode=program), or gives what that program must print
# (mode=expected): the text blocks that directly follow a C++ block. Every block is the body of a function, and names its
# lines in messages as example.cc:1 and so on.
/^```/ {
  if (language != "") {
    before = language;
    language = "";
  } else {
    language = substr($0, 4);
    if (language == "") language = "plain";
    if (language == "cpp") ++count;
    shown = language == "text" && before == "cpp";
  }
  next;
}
language == "cpp" && /^#include/ { if (!($0 in known)) { known[$0] = 1; includes[++included] = $0 } body[count] = body[count] "\n"; next; }
language == "cpp" { body[count] = body[count] "  " $0 "\n"; next; }
language == "text" && shown { expected = expected $0 "\n"; next; }
language == "" && !/^$/ { before = ""; }
END {
  if (mode == "expected") {
    printf "%s", expected;
    exit;
  }
  print "#include <cstdio>\n#include <iostream>";
  for (i = 1; i <= included; ++i) print includes[i];
  print "using namespace tapestry;";
  for (i = 1; i <= count; ++i) printf "void block_%d() {\n#line 1 \"example.cc\"\n%s}\n", i, body[i];
  print "int main() {";
  for (i = 1; i <= count; ++i) printf "  block_%d();\n  std::cout << std::flush;\n  std::fflush(stdout);\n", i;
  print "}";
}
