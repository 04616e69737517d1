package dev.sandboxer.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that is nothing without one of its subcommands. */
abstract class CommandGroup extends SandboxerCommand {
    @Spec
    @Nullable CommandSpec spec;

    /** Which there are. */
    @Override
    public final Integer call() {
        var line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getErr());
        return UsageErrors.STATUS;
    }
}
