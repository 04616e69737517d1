package dev.sandboxer.http.modal.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the instructions of a Dockerfile that need no build: {@code FROM}, {@code ENV}, {@code WORKDIR}, and those that have no effect on
 * this server. All others are refused. Not thread-safe.
 */
final class Dockerfile {
    /** The value of {@code $PATH} until a line sets it; nearly every image has this value. */
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Map<String, String> env;
    private @Nullable String from;
    private @Nullable String workdir;

    private Dockerfile(Map<String, String> env, @Nullable String workdir) {
        this.env = new TreeMap<>(env);
        this.workdir = workdir;
    }

    /** The image that the lines describe. */
    record Content(
            String from, Map<String, String> env, @Nullable String workdir) {}

    /** Thrown for a line that is not supported; the message says why. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /**
     * Reads a Dockerfile.
     *
     * @param commands each with one line or several
     * @param env the variables of the base image
     * @param workdir the working directory of the base image; null = none
     */
    static Content read(List<String> commands, Map<String, String> env, @Nullable String workdir) throws Refused {
        var file = new Dockerfile(env, workdir);
        for (String line : lines(commands)) {
            file.instruction(line);
        }
        if (file.from == null) {
            throw new Refused("the image has no FROM line");
        }
        return new Content(file.from, file.env, file.workdir);
    }

    /** Joins lines that continue after a backslash; leaves out comments and empty lines. */
    private static List<String> lines(List<String> commands) {
        var whole = new ArrayList<String>();
        var open = new StringBuilder();
        for (String raw : String.join("\n", commands).split("\n", -1)) {
            var line = raw.strip();
            if (line.startsWith("#")) {
                continue;
            }
            if (line.endsWith("\\")) {
                open.append(line, 0, line.length() - 1).append(' ');
                continue;
            }
            var all = open.append(line).toString().strip();
            open.setLength(0);
            if (!all.isEmpty()) {
                whole.add(all);
            }
        }
        if (!open.isEmpty()) {
            whole.add(open.toString().strip());
        }
        return whole;
    }

    private void instruction(String line) throws Refused {
        var parts = line.split("\\s+", 2);
        var name = parts[0].toUpperCase(Locale.ROOT);
        var rest = parts.length == 2 ? parts[1].strip() : "";
        switch (name) {
            case "FROM" -> from(rest);
            case "ENV" -> env(rest);
            case "WORKDIR" -> workdir = directory(expanded(rest));
            case "ENTRYPOINT" -> entrypoint(rest);
            case "CMD", "LABEL", "EXPOSE", "MAINTAINER" -> {
                // no effect: the call that creates a sandbox gives its command and its ports
            }
            default ->
                throw new Refused(
                        name + " is not supported: this server builds no images; run it in the sandbox with exec,"
                                + " or start from the filesystem snapshot of a prepared sandbox");
        }
    }

    private void from(String rest) throws Refused {
        var words = rest.split("\\s+");
        if (from != null) {
            throw new Refused("an image with several FROM lines is not supported: this server builds no images");
        }
        var image = words[0];
        if (image.isEmpty() || image.startsWith("--") || words.length != 1 && words.length != 3) {
            throw new Refused("FROM " + rest + " is not supported; expected FROM IMAGE");
        }
        from = image;
    }

    private static void entrypoint(String rest) throws Refused {
        if (!rest.replace(" ", "").equals("[]")) {
            throw new Refused(
                    "ENTRYPOINT " + rest + " is not supported, only ENTRYPOINT []: this server doesn't know the"
                            + " image's programs; name the command when the sandbox is created");
        }
    }

    private String directory(String path) throws Refused {
        if (path.isEmpty()) {
            throw new Refused("WORKDIR needs a directory");
        }
        if (path.startsWith("/")) {
            return path;
        }
        var below = workdir == null ? "/" : workdir;
        return below.endsWith("/") ? below + path : below + "/" + path;
    }

    /** {@code ENV A=b C="d e"}, or the older {@code ENV A b}. */
    private void env(String rest) throws Refused {
        var equals = rest.indexOf('=');
        var blank = rest.indexOf(' ');
        if (equals < 0 || blank >= 0 && blank < equals) {
            if (blank < 0) {
                throw new Refused("ENV " + rest + " has no value");
            }
            set(rest.substring(0, blank), expanded(rest.substring(blank + 1).strip()));
            return;
        }
        for (String word : words(rest)) {
            var at = word.indexOf('=');
            if (at < 1) {
                throw new Refused("ENV " + rest + " is not supported; expected NAME=VALUE");
            }
            set(word.substring(0, at), word.substring(at + 1));
        }
    }

    private void set(String name, String value) throws Refused {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new Refused("ENV: invalid variable name " + name);
        }
        env.put(name, value);
    }

    /** Splits at blanks outside quotes, and resolves quotes, backslashes and variables. */
    private List<String> words(String text) throws Refused {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            if (at == '\\' && quote != '\'' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote == 0 && (at == '"' || at == '\'')) {
                quote = at;
            } else if (at == quote) {
                quote = 0;
            } else if (quote == 0 && Character.isWhitespace(at)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else if (at == '$' && quote != '\'') {
                i = variable(text, i, word);
            } else {
                word.append(at);
            }
        }
        if (quote != 0) {
            throw new Refused("ENV " + text + " has an unclosed quote");
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private String expanded(String text) throws Refused {
        var whole = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '$') {
                i = variable(text, i, whole);
            } else {
                whole.append(text.charAt(i));
            }
        }
        return whole.toString();
    }

    /** Appends the value of the variable that begins at the dollar sign; returns the index of its last character. */
    private int variable(String text, int dollar, StringBuilder to) throws Refused {
        var braces = text.startsWith("{", dollar + 1);
        var start = dollar + (braces ? 2 : 1);
        var end = start;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
            end++;
        }
        if (end == start || braces && (end == text.length() || text.charAt(end) != '}')) {
            throw new Refused(text + ": only variables of the form $NAME and ${NAME} are supported");
        }
        var name = text.substring(start, end);
        to.append(env.getOrDefault(name, name.equals("PATH") ? DEFAULT_PATH : ""));
        return braces ? end : end - 1;
    }
}
