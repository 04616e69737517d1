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
 * What may follow the name of a command, in picocli's model. It is told by calls, not by annotations: reading those takes longer
 * than most commands. Each call gives what is to be asked for the value once the command runs.
 */
public final class Syntax {
    private final CommandSpec spec;

    /** @param command what is called */
    public Syntax(Object command, String about) {
        spec = CommandSpec.wrapWithoutInspection(command);
        spec.usageMessage().description(about);
    }

    /** For picocli. */
    public CommandSpec spec() {
        return spec;
    }

    /** Said below the options. */
    public void footer(String text) {
        spec.usageMessage().footer("%n" + text);
    }

    /** It is not among the commands that the help lists. */
    public void hide() {
        spec.usageMessage().hidden(true);
    }

    /** What follows the first word is words too, however it looks. */
    public void stopAtFirstWord() {
        spec.parser().stopAtPositional(true);
    }

    /** It is nothing without one of these. */
    public void commands(Context context, CommandEntry... entries) {
        spec.usageMessage().synopsisSubcommandLabel("COMMAND");
        for (CommandEntry entry : entries) {
            entry.addTo(spec, context);
        }
    }

    /** What a command does that is nothing without one of others: says which there are. */
    public int usage() {
        var line = spec.commandLine();
        line.usage(line.getErr());
        return UsageErrorHandler.STATUS;
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

    /** @param names such as {@code -a, --all} */
    public Supplier<Boolean> flag(String names, String about) {
        return or(add(option(names, boolean.class, null, about)), false);
    }

    public Supplier<@Nullable String> option(String names, String label, String about) {
        return add(option(names, String.class, label, about));
    }

    /** @param parse throws when the text is no such value */
    public <T> Supplier<@Nullable T> option(String names, String label, String about, Function<String, T> parse) {
        return add(option(names, Object.class, label, about).converters(parse::apply));
    }

    public Supplier<@Nullable Path> file(String names, String label, String about) {
        return add(option(names, Path.class, label, about));
    }

    /** One that has a value always. */
    public Supplier<String> option(String names, String label, String about, String usual) {
        return option(names, label, about, usual, text -> text);
    }

    public <T> Supplier<T> option(String names, String label, String about, String usual, Function<String, T> parse) {
        return required(add(
                option(names, Object.class, label, about).defaultValue(usual).converters(parse::apply)));
    }

    /** One that has to be there. */
    public Supplier<Integer> number(String names, String label, String about) {
        return required(add(option(names, Integer.class, label, about).required(true)));
    }

    /** One that may be there several times. */
    public Supplier<List<String>> options(String names, String label, String about) {
        return or(add(option(names, List.class, label, about).auxiliaryTypes(String.class)), List.of());
    }

    /** The same, of KEY=VALUE. Asked for before anything is made, as that finds a missing key. */
    public Supplier<Map<String, String>> pairs(String names, String about) {
        var pairs = option(names, Map.class, "KEY=VALUE", about);
        var given = or(add(pairs.auxiliaryTypes(String.class, String.class)), Map.<String, String>of());
        return () -> {
            if (given.get().containsKey("")) {
                throw wrong("\"=" + given.get().get("") + "\" is not KEY=VALUE");
            }
            return given.get();
        };
    }

    /** The next of the words that are no options. */
    public Supplier<String> word(String label, String about) {
        return word(label, about, text -> text);
    }

    public <T> Supplier<T> word(String label, String about, Function<String, T> parse) {
        return required(add(words("1", Object.class, label, about).converters(parse::apply)));
    }

    public Supplier<@Nullable String> perhapsWord(String label, String about) {
        return add(words("0..1", String.class, label, about));
    }

    /** All words that are left; there need not be any. */
    public Supplier<List<String>> anyWords(String label, String about) {
        return or(add(words("0..*", List.class, label, about).auxiliaryTypes(String.class)), List.of());
    }

    /** All words that are left, one at least. */
    public Supplier<List<String>> words(String label, String about) {
        return required(add(words("1..*", List.class, label, about).auxiliaryTypes(String.class)));
    }

    /** Whether this option is on the command line, not only in effect. */
    public boolean given(String name) {
        return spec.commandLine().getParseResult().hasMatchedOption(name);
    }

    /** To be thrown: the values do not go together. */
    public ParameterException wrong(String text) {
        return new UsageErrorHandler.Contradiction(spec.commandLine(), text);
    }

    /** @param label of its value; null = it has none */
    private static OptionSpec.Builder option(String names, Class<?> type, @Nullable String label, String about) {
        var option = OptionSpec.builder(names.split(", ")).type(type).description(about);
        return label == null ? option : option.paramLabel(label);
    }

    private PositionalParamSpec.Builder words(String arity, Class<?> type, String label, String about) {
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

    private static <T> Supplier<T> or(Supplier<@Nullable T> value, T otherwise) {
        return () -> Objects.requireNonNullElse(value.get(), otherwise);
    }

    private static <T> Supplier<T> required(Supplier<@Nullable T> value) {
        return () -> Objects.requireNonNull(value.get());
    }
}
