package dev.sandboxer.cli.templates;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.launch.ReadyCheck;
import dev.sandboxer.templates.Recipe;
import dev.sandboxer.templates.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Dockerfile: {@code FROM}, {@code RUN}, {@code COPY}, {@code ENV}, {@code WORKDIR}, {@code USER}, {@code ENTRYPOINT} and
 * {@code CMD}. Everything else is refused with its line number. Not thread-safe.
 */
final class DockerfileReader {
    private static final String ROOT = "root";
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern FLAG = Pattern.compile("--([a-z-]+)(?:=(\\S*))?");
    private static final Pattern MODE = Pattern.compile("[0-7]{3,4}");

    private final List<Step> steps = new ArrayList<>();
    private @Nullable String from;
    private boolean hasUser;
    private boolean hasWorkdir;
    private @Nullable DockerfileLine entrypoint;
    private @Nullable DockerfileLine cmd;

    private DockerfileReader() {}

    /**
     * Reads a Dockerfile.
     *
     * @param file name of the Dockerfile, for messages
     * @param ready when sandboxes are ready; null = at once
     * @throws SandboxException {@code INVALID_ARGUMENT} with the line number
     */
    static Recipe read(String file, String content, @Nullable ReadyCheck ready) {
        var reader = new DockerfileReader();
        for (var line : DockerfileLine.of(file, content)) {
            reader.instruction(line);
        }
        if (reader.from == null) {
            throw new DockerfileLine(file, 1, "FROM", "").refused("there is no FROM");
        }
        return reader.recipe(ready);
    }

    /**
     * Returns the recipe. Steps run as root in {@code /}, as with Docker. Sandboxes use their usual user and directory, unless the file
     * sets them.
     */
    private Recipe recipe(@Nullable ReadyCheck ready) {
        if (!hasUser) {
            steps.add(new Step.User(null));
        }
        if (!hasWorkdir) {
            steps.add(new Step.Workdir(null));
        }
        return new Recipe(from, false, steps, start(), ready);
    }

    private @Nullable String start() {
        if (entrypoint == null) {
            return cmd == null ? null : cmd.command();
        }
        // as with Docker, CMD holds the arguments of an ENTRYPOINT in exec form, and is ignored for one in shell form
        return cmd == null || !entrypoint.isWords() ? entrypoint.command() : entrypoint.command() + " " + cmd.command();
    }

    private void instruction(DockerfileLine line) {
        if (from == null && !line.name().equals("FROM")) {
            throw line.refused(line.name() + " before FROM is not supported");
        }
        switch (line.name()) {
            case "FROM" -> from(line);
            case "RUN" -> run(line);
            case "COPY" -> copy(line);
            case "ENV" -> steps.add(new Step.Env(env(line)));
            case "WORKDIR" -> {
                steps.add(new Step.Workdir(oneWord(line)));
                hasWorkdir = true;
            }
            case "USER" -> {
                steps.add(new Step.User(oneWord(line)));
                hasUser = true;
            }
            case "ENTRYPOINT" -> entrypoint = line;
            case "CMD" -> cmd = line;
            default ->
                throw line.refused(line.name()
                        + " is not supported (there are FROM, RUN, COPY, ENV, WORKDIR, USER, ENTRYPOINT and CMD)");
        }
    }

    private void from(DockerfileLine line) {
        if (from != null) {
            throw line.refused("a second FROM is not supported");
        }
        if (line.rest().isEmpty() || line.rest().startsWith("--") || line.rest().contains(" ")) {
            throw line.refused("FROM needs the name of a template, a profile or an image, and nothing else");
        }
        from = line.rest();
        steps.add(new Step.User(ROOT));
        steps.add(new Step.Workdir("/"));
    }

    private void run(DockerfileLine line) {
        if (line.rest().startsWith("--") || line.rest().startsWith("<<")) {
            throw line.refused("RUN with options or here-documents is not supported");
        }
        steps.add(new Step.Run(line.command(), null));
    }

    private void copy(DockerfileLine line) {
        String owner = null;
        String mode = null;
        var rest = line.rest();
        for (var flag = FLAG.matcher(rest); flag.lookingAt(); flag = FLAG.matcher(rest)) {
            switch (flag.group(1)) {
                case "chown" -> owner = flag.group(2);
                case "chmod" -> mode = flag.group(2);
                default -> throw line.refused("COPY --" + flag.group(1) + " is not supported");
            }
            rest = rest.substring(flag.end()).strip();
        }
        if (mode != null && !MODE.matcher(mode).matches()) {
            throw line.refused("COPY --chmod needs a number such as 755");
        }
        var bare = new DockerfileLine(line.file(), line.number(), line.name(), rest);
        var words = bare.isWords() ? bare.words() : List.of(rest.split("\\s+"));
        if (words.size() < 2 || rest.startsWith("<<")) {
            throw line.refused("COPY needs a source and a destination");
        }
        var to = words.getLast();
        if (words.size() > 2 && !to.endsWith("/")) {
            throw line.refused("COPY of several files needs a directory, whose name ends with /");
        }
        for (String source : words.subList(0, words.size() - 1)) {
            steps.add(new Step.Copy(source, to, owner, mode, source));
        }
    }

    /** {@code ENV A=b C="d e"}, or the older {@code ENV A b}. */
    private static Map<String, String> env(DockerfileLine line) {
        var all = new LinkedHashMap<String, String>();
        var first = line.rest().split("\\s+", 2);
        if (!first[0].contains("=")) {
            if (first.length < 2) {
                throw line.refused("ENV needs NAME=VALUE");
            }
            all.put(variable(line, first[0]), first[1]);
            return all;
        }
        for (String word : words(line)) {
            var at = word.indexOf('=');
            if (at < 1) {
                throw line.refused("ENV needs NAME=VALUE");
            }
            all.put(variable(line, word.substring(0, at)), word.substring(at + 1));
        }
        return all;
    }

    private static String variable(DockerfileLine line, String name) {
        if (!VARIABLE.matcher(name).matches()) {
            throw line.refused("ENV: " + name + " is not a variable's name");
        }
        return name;
    }

    /** Splits at blanks that are neither quoted nor escaped. */
    private static List<String> words(DockerfileLine line) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        var quote = ' ';
        for (int i = 0; i < line.rest().length(); i++) {
            var c = line.rest().charAt(i);
            if (c == '\\' && i + 1 < line.rest().length() && quote != '\'') {
                word.append(line.rest().charAt(++i));
            } else if (quote != ' ' ? c == quote : c == '"' || c == '\'') {
                quote = quote == ' ' ? c : ' ';
            } else if (Character.isWhitespace(c) && quote == ' ') {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        if (quote != ' ') {
            throw line.refused(line.name() + " has a quote that is not closed");
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static String oneWord(DockerfileLine line) {
        var words = words(line);
        if (words.size() != 1) {
            throw line.refused(line.name() + " needs one word");
        }
        return words.getFirst();
    }
}
