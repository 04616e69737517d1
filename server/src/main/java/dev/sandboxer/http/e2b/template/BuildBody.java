package dev.sandboxer.http.e2b.template;

import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.launch.ReadyCheck;
import dev.sandboxer.templates.Recipe;
import dev.sandboxer.templates.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The body of {@code POST /v2/templates/ID/builds/ID}: what a template is built from. */
record BuildBody(
        @Nullable String fromImage,
        @Nullable String fromTemplate,
        @Nullable JsonNode fromImageRegistry,
        @Nullable Boolean force,
        @Nullable List<StepBody> steps,
        @Nullable String startCmd,
        @Nullable String readyCmd) {
    private static final int MAX_STEPS = 500;
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);

    /**
     * The command that the SDKs' waitForPort writes. The port is probed directly instead, since not every sandbox has the command
     * {@code ss}.
     */
    private static final Pattern WAIT_FOR_PORT =
            Pattern.compile("\\[ -n \"\\$\\(ss -Htuln sport = :([1-9][0-9]{0,4})\\)\" \\]");

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern MODE = Pattern.compile("[0-7]{3,4}");

    record StepBody(
            @Nullable String type,
            @Nullable List<String> args,
            @Nullable String filesHash,
            @Nullable Boolean force,
            @Nullable Boolean forceUpload,
            @Nullable Boolean resolveSymlinks,
            @Nullable Boolean gzip) {
        Step step() {
            return switch (type == null ? "" : type) {
                case "RUN" -> new Step.Run(required(0), optional(1));
                case "COPY" -> copy();
                case "ENV" -> env();
                case "WORKDIR" -> new Step.Workdir(required(0));
                case "USER" -> new Step.User(required(0));
                default -> throw new E2bException(400, "a step of type " + type + " is not known");
            };
        }

        private Step copy() {
            var mode = optional(3);
            if (filesHash == null) {
                throw new E2bException(400, "a COPY step needs filesHash");
            }
            if (mode != null && !MODE.matcher(mode).matches()) {
                throw new E2bException(400, "the mode of a COPY step must be octal");
            }
            return new Step.Copy(required(0), required(1), optional(2), mode, filesHash);
        }

        private Step env() {
            var variables = new LinkedHashMap<String, String>();
            for (int i = 0; i < size(); i += 2) {
                if (!VARIABLE.matcher(required(i)).matches() || i + 1 == size()) {
                    throw new E2bException(400, "an ENV step needs names of variables, and a value for each");
                }
                variables.put(required(i), args == null ? "" : args.get(i + 1));
            }
            return new Step.Env(variables);
        }

        private int size() {
            return args == null ? 0 : args.size();
        }

        private String required(int i) {
            var value = optional(i);
            if (value == null) {
                throw new E2bException(400, "a " + type + " step needs more arguments");
            }
            return value;
        }

        private @Nullable String optional(int i) {
            var value = args != null && i < args.size() ? args.get(i) : null;
            if (value != null && value.indexOf('\0') >= 0) {
                throw new E2bException(400, "an argument of a step must not contain NUL");
            }
            return value == null || value.isEmpty() ? null : value;
        }
    }

    /**
     * Returns the recipe.
     *
     * @throws E2bException 400 if the request is invalid
     */
    Recipe recipe() {
        if (fromImageRegistry != null && !fromImageRegistry.isNull()) {
            throw new E2bException(
                    400,
                    "images that need a password (fromImage with credentials, fromAWSRegistry, fromGCPRegistry) are not"
                            + " supported; begin with an image that needs none, fromBaseImage() or"
                            + " fromTemplate(name)");
        }
        var all = new ArrayList<Step>();
        if (steps != null) {
            if (steps.size() > MAX_STEPS) {
                throw new E2bException(400, "a template may have at most " + MAX_STEPS + " steps");
            }
            steps.forEach(step -> all.add(step.step()));
        }
        var start = startCmd == null || startCmd.isBlank() ? null : startCmd;
        return fromTemplate == null
                ? new Recipe(fromImage, fromImage != null, all, start, ready(), cached())
                : new Recipe(fromTemplate, false, all, start, ready(), cached());
    }

    /** Returns how many steps may come from the cache: those before the first one with {@code force}. */
    private int cached() {
        if (Boolean.TRUE.equals(force) || steps == null) {
            return 0;
        }
        var count = 0;
        while (count < steps.size() && !Boolean.TRUE.equals(steps.get(count).force())) {
            count++;
        }
        return count;
    }

    private @Nullable ReadyCheck ready() {
        if (readyCmd == null || readyCmd.isBlank()) {
            return null;
        }
        var port = WAIT_FOR_PORT.matcher(readyCmd.strip());
        var probe = port.matches() ? new Probe.Port(Integer.parseInt(port.group(1))) : Probe.Command.line(readyCmd);
        return new ReadyCheck(probe, READY_WITHIN);
    }
}
