"""A repository put together from files of this folder and links into the system."""

def _assembled_repository(ctx):
    multiarch = ctx.execute(["gcc", "-print-multiarch"]).stdout.strip()
    here = {"%{multiarch}": multiarch}
    for source, target in ctx.attr.files.items():
        ctx.template(target, source, here, executable = False)
    for source, target in ctx.attr.links.items():
        ctx.symlink(source.replace("%{multiarch}", multiarch), target)

# %{multiarch} in a file or a link stands for the system's library folder, such as x86_64-linux-gnu.
assembled_repository = repository_rule(
    implementation = _assembled_repository,
    attrs = {
        "files": attr.label_keyed_string_dict(allow_files = True),
        "links": attr.string_dict(),
    },
    configure = True,
    local = True,
)
