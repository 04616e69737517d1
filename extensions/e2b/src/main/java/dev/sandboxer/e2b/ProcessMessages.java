package dev.sandboxer.e2b;

import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.ProcessEvent.Channel;
import dev.sandboxer.extension.ProcessInfo;
import dev.sandboxer.extension.ProcessSelector;
import dev.sandboxer.extension.ProcessSpec;
import dev.sandboxer.extension.PtySize;
import dev.sandboxer.protocol.e2b.SignalStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of {@code process.Process} as JSON. Source: e2b-dev/E2B, {@code spec/envd/process/process.proto}. */
final class ProcessMessages {
    /** What we start for our own purposes, and don't list. */
    static final String ASIDE = "sandboxer-aside";

    /** Tells in a listing, which has no field for it, that a process has a terminal. */
    private static final String TERMINAL = "SANDBOXER_TERMINAL";

    private ProcessMessages() {}

    static ObjectNode start(ProcessSpec spec) {
        var message = Json.object();
        var config = message.putObject("process");
        config.put("cmd", spec.argv().getFirst());
        var args = config.putArray("args");
        spec.argv().stream().skip(1).forEach(args::add);
        var envs = config.putObject("envs");
        spec.env().forEach(envs::put);
        if (spec.cwd() != null) {
            config.put("cwd", spec.cwd());
        }
        if (spec.pty() != null) {
            envs.put(TERMINAL, "1");
            size(message, spec.pty());
        }
        if (spec.tag() != null) {
            message.put("tag", spec.tag());
        }
        return message.put("stdin", spec.stdin());
    }

    static ObjectNode select(ProcessSelector selector) {
        var message = Json.object();
        var process = message.putObject("process");
        switch (selector) {
            case ProcessSelector.ByPid(int pid) -> process.put("pid", pid);
            case ProcessSelector.ByTag(String tag) -> process.put("tag", tag);
        }
        return message;
    }

    static ObjectNode input(ProcessSelector selector, byte[] bytes, boolean terminal) {
        var message = select(selector);
        message.putObject("input").put(terminal ? "pty" : "stdin", bytes);
        return message;
    }

    static ObjectNode signal(ProcessSelector selector, String name) {
        return select(selector).put("signal", name);
    }

    static ObjectNode resize(ProcessSelector selector, PtySize size) {
        var message = select(selector);
        size(message, size);
        return message;
    }

    private static void size(ObjectNode message, PtySize size) {
        message.putObject("pty").putObject("size").put("cols", size.columns()).put("rows", size.rows());
    }

    static List<ProcessInfo> list(JsonNode answer) {
        var found = new ArrayList<ProcessInfo>();
        for (JsonNode one : answer.path("processes")) {
            if (!one.path("tag").asString("").equals(ASIDE)) {
                found.add(info(one));
            }
        }
        return found;
    }

    private static ProcessInfo info(JsonNode process) {
        var config = process.path("config");
        var argv = new ArrayList<String>();
        argv.add(config.path("cmd").asString(""));
        config.path("args").forEach(arg -> argv.add(arg.asString("")));
        var env = new HashMap<String, String>();
        config.path("envs")
                .properties()
                .forEach(entry -> env.put(entry.getKey(), entry.getValue().asString("")));
        var terminal = env.remove(TERMINAL) != null;
        var tag = process.path("tag").asString("");
        return new ProcessInfo(
                process.path("pid").asInt(0),
                tag.isEmpty() ? null : tag,
                argv,
                env,
                config.path("cwd").asString(""),
                terminal);
    }

    /** The pid in a stream's first message. */
    static int started(@Nullable JsonNode message) throws IOException {
        var pid = message == null
                ? 0
                : message.path("event").path("start").path("pid").asInt(0);
        if (pid <= 0) {
            throw new IOException("the stream does not begin with the start of a process");
        }
        return pid;
    }

    /** Null for a sign of life, and for what later versions may add. */
    static @Nullable ProcessEvent event(JsonNode message) throws IOException {
        var event = message.path("event");
        var end = event.path("end");
        if (end.isObject()) {
            return exited(end);
        }
        var data = event.path("data");
        for (Channel channel : Channel.values()) {
            var bytes = data.path(name(channel));
            if (!bytes.isMissingNode() && !bytes.isNull()) {
                return new ProcessEvent.Output(channel, decoded(bytes));
            }
        }
        return null;
    }

    private static String name(Channel channel) {
        return switch (channel) {
            case STDOUT -> "stdout";
            case STDERR -> "stderr";
            case PTY -> "pty";
        };
    }

    private static byte[] decoded(JsonNode bytes) throws IOException {
        try {
            return bytes.binaryValue();
        } catch (JacksonException e) {
            throw new IOException("output that is no base64", e);
        }
    }

    /** A field with its default value is left out, so an absent code is 0. */
    private static ProcessEvent.Exited exited(JsonNode end) throws IOException {
        if (end.path("exited").asBoolean(false)) {
            return new ProcessEvent.Exited(end.path("exitCode").asInt(0), 0, false);
        }
        var signal = SignalStatus.parse(end.path("status").asString(""))
                .orElseThrow(() -> new IOException("a process that neither exited nor was ended by a known signal"));
        return new ProcessEvent.Exited(-1, signal, false);
    }
}
