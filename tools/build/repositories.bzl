"""The repositories that the project builds on: all are put together from what the system has installed."""

def _assembled_repository(ctx):
    multiarch = ctx.execute(["gcc", "-print-multiarch"]).stdout.strip()
    here = {"%{multiarch}": multiarch}
    for source, target in ctx.attr.files.items():
        ctx.template(target, source, here, executable = False)
    for source, target in ctx.attr.links.items():
        ctx.symlink(source.replace("%{multiarch}", multiarch), target)

# %{multiarch} in a file or a link stands for the system's library folder, such as x86_64-linux-gnu.
_assembled = repository_rule(
    implementation = _assembled_repository,
    attrs = {
        "files": attr.label_keyed_string_dict(allow_files = True),
        "links": attr.string_dict(),
    },
    configure = True,
    local = True,
)

def _file(name):
    return Label("//tools/build:" + name)

def _is_missing(name):
    return native.existing_rule(name) == None

def tapestry_dependencies():
    """What a WORKSPACE needs that builds the project, or depends on it. Nothing is downloaded.

    Repositories that the workspace has declared already stay as they are.
    """
    # The libraries, as small targets: @tapestry_system//:fmt, @tapestry_system//:openblas, ...
    if _is_missing("tapestry_system"):
        _assembled(
            name = "tapestry_system",
            files = {_file("system.BUILD"): "BUILD"},
            links = {"/usr/include/%{multiarch}/openblas-openmp": "openblas"},
        )

    # Bazel looks for these even where nothing uses them, and would download them.
    if _is_missing("rules_cc"):
        _assembled(
            name = "rules_cc",
            files = {
                _file("empty.BUILD"): "cc/BUILD",
                _file("rules_cc.bzl"): "cc/defs.bzl",
            },
        )
    if _is_missing("remote_coverage_tools"):
        _assembled(
            name = "remote_coverage_tools",
            files = {_file("coverage.BUILD"): "BUILD"},
        )
    for rules in ["java", "proto"]:
        if _is_missing("rules_" + rules):
            native.local_repository(
                name = "rules_" + rules,
                path = "/usr/share/bazel/rules/" + rules,
            )
