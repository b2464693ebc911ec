"""How libraries and tests are declared."""

# What the code needs of the compiler. The project's own .bazelrc says so for all of it, with warnings; another
# workspace that depends on the project does not read that file, and its warnings are its own.
_ELSEWHERE = ["-std=c++20", "-O3", "-fopenmp", "-ffp-contract=off", "-fno-math-errno", "-w"]

def cc_library(copts = [], **kwargs):
    """The rule of that name, for code that other workspaces build, too."""
    native.cc_library(
        copts = copts if native.repository_name() == "@" else copts + _ELSEWHERE,
        **kwargs
    )

def tapestry_library(name, only = None, exclude = [], textual_hdrs = [], generated = [], **kwargs):
    """A room: the sources and headers of a folder as one library, all of them or `only` some."""
    cc_library(
        name = name,
        srcs = native.glob(only or ["*.cc"], exclude = exclude + ["**/*.h"], allow_empty = True) + generated,
        hdrs = native.glob(only or ["*.h"], exclude = exclude + ["**/*.cc", "*-inl.h"], allow_empty = True),
        textual_hdrs = textual_hdrs + native.glob(["*-inl.h", "*.def"], allow_empty = True),
        **kwargs
    )

def tapestry_test(name, deps, srcs = None, size = "small", **kwargs):
    """A Boost.Test program: one source, NAME.cc, that includes <boost/test/unit_test.hpp>."""
    native.cc_test(
        name = name,
        srcs = srcs or [name + ".cc"],
        local_defines = ["BOOST_TEST_MODULE=" + name],
        size = size,
        deps = deps + ["@tapestry_system//:boost_test"],
        **kwargs
    )
