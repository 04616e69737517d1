package dev.sandboxer.cli;

import dev.sandboxer.cli.command.Installation;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.Home;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** The whole command line as picocli's model, for generating manuals. */
public final class CommandModel {
    private CommandModel() {}

    /** Returns the model without opening an installation. */
    public static CommandLine load() {
        var console = new Console(
                new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), new ByteArrayOutputStream());
        return Main.commandLine(
                new Installation(new Home(Path.of("/nonexistent")), Map.of(), console), console, new String[0]);
    }
}
