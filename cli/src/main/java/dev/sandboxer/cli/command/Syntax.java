package dev.sandboxer.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/**
 * The options and arguments of a command in picocli's model. They are declared by calls, not by annotations: picocli reads
 * annotations by reflection, which takes longer than most commands. Each declaration returns a supplier of the value, to be called
 * once the command line is parsed.
 */
public final class Syntax {
    private final CommandSpec spec;

    /**
     * Creates a command without options.
     *
     * @param command the object that picocli calls
     * @param about one sentence for the help
     */
    public Syntax(Object command, String about) {
        spec = CommandSpec.wrapWithoutInspection(command);
        spec.usageMessage().description(about);
    }

    /** Returns picocli's model of the command. */
    public CommandSpec spec() {
        return spec;
    }

    /** Adds a text below the options in the help. */
    public void footer(String text) {
        spec.usageMessage().footer("%n" + text);
    }

    /** Leaves the command out of the list of commands in the help. */
    public void hide() {
        spec.usageMessage().hidden(true);
    }

    /** Takes everything after the first argument as arguments, even what looks like an option. */
    public void stopAtFirstArgument() {
        spec.parser().stopAtPositional(true);
    }

    /** Adds subcommands, one of which must be given. */
    public void commands(Context context, CommandEntry... entries) {
        spec.usageMessage().synopsisSubcommandLabel("COMMAND");
        for (CommandEntry entry : entries) {
            entry.addTo(spec, context);
        }
    }

    /** Prints the help as an error, for a command that needs a subcommand, and returns the exit status. */
    public int usage() {
        var line = spec.commandLine();
        line.usage(line.getErr());
        return ExitStatus.USAGE;
    }

    public void help() {
        var help = option("-h, --help", boolean.class, null, "Show this help.");
        spec.addOption(help.usageHelp(true).build());
    }

    public void version() {
        var version = option("-V, --version", boolean.class, null, "Print the version.");
        spec.versionProvider(new Version());
        spec.addOption(version.versionHelp(true).build());
    }

    /**
     * Declares an option without a value.
     *
     * @param names such as {@code -a, --all}
     */
    public Supplier<Boolean> flag(String names, String about) {
        return orElse(add(option(names, boolean.class, null, about)), false);
    }

    public Supplier<@Nullable String> option(String names, String label, String about) {
        return add(option(names, String.class, label, about));
    }

    /**
     * Declares an option.
     *
     * @param parse throws when the text is not a valid value
     */
    public <T> Supplier<@Nullable T> option(String names, String label, String about, Function<String, T> parse) {
        return add(option(names, Object.class, label, about).converters(parse::apply));
    }

    public Supplier<@Nullable Path> file(String names, String label, String about) {
        return add(option(names, Path.class, label, about));
    }

    /** Declares an option with a default value. */
    public Supplier<String> option(String names, String label, String about, String defaultValue) {
        return option(names, label, about, defaultValue, text -> text);
    }

    /** Declares an option with a default value, which is parsed like a given one. */
    public <T> Supplier<T> option(
            String names, String label, String about, String defaultValue, Function<String, T> parse) {
        return required(add(option(names, Object.class, label, about)
                .defaultValue(defaultValue)
                .converters(parse::apply)));
    }

    public Supplier<String> required(String names, String label, String about) {
        return required(add(option(names, String.class, label, about).required(true)));
    }

    public Supplier<Integer> requiredNumber(String names, String label, String about) {
        return required(add(option(names, Integer.class, label, about).required(true)));
    }

    /** Declares an option that may be repeated. */
    public Supplier<List<String>> options(String names, String label, String about) {
        return orElse(add(option(names, List.class, label, about).auxiliaryTypes(String.class)), List.of());
    }

    /**
     * Declares an option {@code KEY=VALUE} that may be repeated. The supplier throws when a key is empty, so call it before the
     * command changes anything.
     */
    public Supplier<Map<String, String>> keyValues(String names, String about) {
        var pairs = option(names, Map.class, "KEY=VALUE", about);
        var given = orElse(add(pairs.auxiliaryTypes(String.class, String.class)), Map.<String, String>of());
        return () -> {
            if (given.get().containsKey("")) {
                throw usageError("\"=" + given.get().get("") + "\" is not KEY=VALUE");
            }
            return given.get();
        };
    }

    /** Declares the next positional argument. */
    public Supplier<String> argument(String label, String about) {
        return argument(label, about, text -> text);
    }

    public <T> Supplier<T> argument(String label, String about, Function<String, T> parse) {
        return required(add(positional("1", Object.class, label, about).converters(parse::apply)));
    }

    public Supplier<@Nullable String> optionalArgument(String label, String about) {
        return add(positional("0..1", String.class, label, about));
    }

    /** Takes unknown options as arguments, such as a negative amount. */
    public void takeNegativeArguments() {
        spec.parser().unmatchedOptionsArePositionalParams(true);
    }

    /** Declares all remaining arguments; there may be none. */
    public Supplier<List<String>> anyArguments(String label, String about) {
        return orElse(add(positional("0..*", List.class, label, about).auxiliaryTypes(String.class)), List.of());
    }

    /** Declares all remaining arguments, at least one. */
    public Supplier<List<String>> arguments(String label, String about) {
        return required(add(positional("1..*", List.class, label, about).auxiliaryTypes(String.class)));
    }

    /** Returns true if the option is on the command line; its default value does not count. */
    public boolean isGiven(String name) {
        return spec.commandLine().getParseResult().hasMatchedOption(name);
    }

    /** Returns the exception to throw when valid values do not go together. */
    public ParameterException usageError(String text) {
        return new UsageErrorHandler.Contradiction(spec.commandLine(), text);
    }

    /**
     * Begins an option.
     *
     * @param label of its value; null = a flag, which has none
     */
    private static OptionSpec.Builder option(String names, Class<?> type, @Nullable String label, String about) {
        var option = OptionSpec.builder(names.split(", ")).type(type).description(about);
        return label == null ? option : option.paramLabel(label);
    }

    private PositionalParamSpec.Builder positional(String arity, Class<?> type, String label, String about) {
        var next = spec.positionalParameters().size();
        return PositionalParamSpec.builder()
                .index(arity.endsWith("*") ? next + "..*" : Integer.toString(next))
                .arity(arity)
                .required(arity.startsWith("1"))
                .type(type)
                .paramLabel(label)
                .description(about);
    }

    private <T> Supplier<@Nullable T> add(OptionSpec.Builder builder) {
        var option = builder.build();
        spec.addOption(option);
        return option::getValue;
    }

    private <T> Supplier<@Nullable T> add(PositionalParamSpec.Builder builder) {
        var parameter = builder.build();
        spec.addPositional(parameter);
        return parameter::getValue;
    }

    private static <T> Supplier<T> orElse(Supplier<@Nullable T> value, T otherwise) {
        return () -> Objects.requireNonNullElse(value.get(), otherwise);
    }

    private static <T> Supplier<T> required(Supplier<@Nullable T> value) {
        return () -> Objects.requireNonNull(value.get());
    }
}
