"""A page whose C++ is compiled and run, and must print what the page says."""

def page_test(name, page, deps):
    for mode, suffix in [("program", "_program.cc"), ("expected", "_expected.txt")]:
        native.genrule(
            name = name + "_" + mode + "_text",
            srcs = [page],
            outs = [name + suffix],
            cmd = "awk -v mode=%s -f $(location snippets.awk) $(location %s) > $@" % (mode, page),
            tools = ["snippets.awk"],
            testonly = True,
        )
    native.cc_binary(
        name = name + "_program",
        testonly = True,
        srcs = [name + "_program.cc"],
        copts = ["-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Wno-shadow"],
        deps = deps,
    )
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["page_test.sh"],
        args = ["$(location :%s_program)" % name, "$(location :%s_expected.txt)" % name],
        data = [name + "_program", name + "_expected.txt"],
    )
