package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.http.modal.router.exec.Command;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the command line of the file tool: its path, and one JSON object that says what to do. */
public final class FileTool {
    private static final String PATH = "/__modal/.bin/modal-sandbox-fs-tools";
    private static final JsonMapper JSON = new JsonMapper();

    /** Modal works on files as root, just as it runs commands. */
    static final String USER = "root";

    private FileTool() {}

    /** Returns true if a command line runs the tool. */
    public static boolean isInvokedBy(List<String> argv) {
        return argv.getFirst().equals(PATH);
    }

    /** Returns the command for a command line. An invalid one becomes a command that fails. */
    public static Command command(Sandboxes sandboxes, Sandbox sandbox, List<String> argv) {
        return new FileCommand(sandboxes, sandbox, operation(argv));
    }

    private static FileCommand.Operation operation(List<String> argv) {
        if (argv.size() != 2) {
            return failing("usage: modal-sandbox-fs-tools <command-json>");
        }
        try {
            var command = JSON.readTree(argv.get(1));
            for (var field : command.properties()) {
                var operation = operation(field.getKey(), field.getValue());
                if (operation != null && command.size() == 1) {
                    return operation;
                }
            }
        } catch (JacksonException e) {
            return failing("the command is not JSON");
        }
        return failing("unknown command: " + argv.get(1));
    }

    private static FileCommand.Operation failing(String why) {
        return (files, streams) -> {
            throw new FileFailure("InvalidCommand", why);
        };
    }

    private static FileCommand.@Nullable Operation operation(String name, JsonNode arguments) {
        var path = arguments.path("path").stringValue("");
        if (!path.startsWith("/")) {
            return failing("path must be absolute");
        }
        return switch (name) {
            case "ReadFile" -> new ReadFile(path);
            case "WriteFile" -> new WriteFile(path);
            case "ListFiles" -> new ListFiles(path);
            case "MakeDirectory" ->
                new MakeDirectory(path, arguments.path("parents").booleanValue(true));
            case "Remove" -> new Remove(path, arguments.path("recursive").booleanValue(false));
            case "Stat" -> new Stat(path);
            case "Watch" ->
                new Watch(
                        path,
                        arguments.path("recursive").booleanValue(false),
                        filter(arguments.path("filter")),
                        timeout(arguments.path("timeout_secs")));
            default -> null;
        };
    }

    private static @Nullable Set<String> filter(JsonNode types) {
        if (!types.isArray()) {
            return null;
        }
        var all = new TreeSet<String>();
        types.forEach(type -> all.add(type.stringValue("")));
        return all;
    }

    private static @Nullable Duration timeout(JsonNode seconds) {
        return seconds.isNumber() ? Duration.ofSeconds(Math.max(0, seconds.asLong(0))) : null;
    }
}
