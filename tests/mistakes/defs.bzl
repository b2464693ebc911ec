"""What the compiler says of a program that it must refuse."""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _compiler_output_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    outputs = []
    for source in ctx.files.srcs:
        output = ctx.actions.declare_file(source.basename[:-3] + ".txt")
        ctx.actions.run_shell(
            inputs = depset(
                [source],
                transitive = [dep[CcInfo].compilation_context.headers for dep in ctx.attr.deps] + [toolchain.all_files],
            ),
            outputs = [output],
            command = "LC_ALL=C %s -std=c++20 -fopenmp -fsyntax-only -iquote . %s 2> %s || true" %
                      (toolchain.compiler_executable, source.path, output.path),
            mnemonic = "Refused",
        )
        outputs.append(output)
    return [DefaultInfo(files = depset(outputs), runfiles = ctx.runfiles(outputs))]

compiler_output = rule(
    implementation = _compiler_output_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".cc"]),
        "deps": attr.label_list(providers = [CcInfo]),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
