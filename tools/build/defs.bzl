"""How a test is declared."""

def tapestry_test(name, deps, srcs = None, size = "small", **kwargs):
    """A Boost.Test program: one source, NAME.cc, that includes <boost/test/unit_test.hpp>."""
    native.cc_test(
        name = name,
        srcs = srcs or [name + ".cc"],
        local_defines = ["BOOST_TEST_MODULE=" + name],
        size = size,
        deps = deps + ["@system//:boost_test"],
        **kwargs
    )
