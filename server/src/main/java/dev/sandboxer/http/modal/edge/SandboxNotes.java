package dev.sandboxer.http.modal.edge;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.names.SandboxNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What this front door remembers of a sandbox, in its metadata: under names that begin with {@value #RESERVED}, which clients can't
 * use for their tags.
 */
public final class SandboxNotes {
    public static final String RESERVED = "modal.";
    public static final String APP = SandboxNames.SCOPE;
    public static final String NAME = SandboxNames.NAME;
    public static final String IMAGE = "modal.image";
    public static final String ENVIRONMENT = "modal.environment";
    public static final String GENERATION = "modal.generation";
    public static final String WORKDIR = "modal.workdir";
    public static final String ENTRYPOINT = "modal.entrypoint";
    public static final String TIMEOUT = "modal.timeout";
    public static final String IDLE = "modal.idle";
    public static final String PORTS = "modal.ports";
    public static final String PROBE = "modal.probe";

    /** The exit code of the main process, which has ended the sandbox; or {@link #UNKNOWN}. */
    public static final String RESULT = "modal.result";

    public static final String UNKNOWN = "unknown";

    private static final Pattern PORT = Pattern.compile("([1-9][0-9]{0,4})([ue])");
    private static final int HIGHEST_PORT = 65_535;

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<List<String>> WORDS = new TypeReference<>() {};

    private final Map<String, String> metadata;

    private SandboxNotes(Map<String, String> metadata) {
        this.metadata = metadata;
    }

    public static SandboxNotes of(Sandbox sandbox) {
        return new SandboxNotes(sandbox.metadata());
    }

    /** Returns true for a sandbox that was made through Modal's API. */
    public boolean isModal() {
        return metadata.containsKey(APP);
    }

    /** The generation in which it was made. */
    public Generation generation() {
        return "V1".equals(metadata.get(GENERATION)) ? Generation.V1 : Generation.V2;
    }

    public Optional<String> get(String note) {
        return Optional.ofNullable(metadata.get(note));
    }

    /** Where processes start when their call says nothing; null = where the sandbox likes. */
    public @Nullable String workdir() {
        return metadata.get(WORKDIR);
    }

    /** How long it may live, from its creation. */
    public Optional<Duration> timeout() {
        return seconds(TIMEOUT);
    }

    /** After how long without use it ends; empty = only at its timeout. */
    public Optional<Duration> idleTimeout() {
        return seconds(IDLE);
    }

    private Optional<Duration> seconds(String note) {
        return get(note)
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    /** The command of its main process; empty = none. */
    public List<String> entrypoint() {
        return get(ENTRYPOINT).map(SandboxNotes::words).orElse(List.of());
    }

    /**
     * The readiness probe: {@code tcp}, its interval in milliseconds and the port, or {@code exec}, the interval and the words of a
     * command; empty = none.
     */
    public List<String> probe() {
        return get(PROBE).map(SandboxNotes::words).orElse(List.of());
    }

    /** The ports that are reached from outside without encryption. */
    public SortedSet<Integer> unencryptedPorts() {
        return ports("u");
    }

    /** The ports that were to be reached over TLS. */
    public SortedSet<Integer> encryptedPorts() {
        return ports("e");
    }

    private SortedSet<Integer> ports(String kind) {
        var ports = new TreeSet<Integer>();
        for (var port : get(PORTS).orElse("").split(",", -1)) {
            var match = PORT.matcher(port); // it may be somebody else's metadata
            if (match.matches() && match.group(2).equals(kind) && Integer.parseInt(match.group(1)) <= HIGHEST_PORT) {
                ports.add(Integer.valueOf(match.group(1)));
            }
        }
        return ports;
    }

    /** The tags of its owner. */
    public Map<String, String> tags() {
        var tags = new TreeMap<>(metadata);
        tags.keySet().removeIf(name -> name.startsWith(RESERVED));
        return tags;
    }

    /** The metadata with other tags, and the same notes. */
    public Map<String, String> withTags(Map<String, String> tags) {
        var all = new TreeMap<>(metadata);
        all.keySet().removeIf(name -> !name.startsWith(RESERVED));
        all.putAll(tags);
        return all;
    }

    /** The metadata with one other note. */
    public Map<String, String> with(String note, String value) {
        var all = new TreeMap<>(metadata);
        all.put(note, value);
        return all;
    }

    /** Writes a list of words as a note. */
    public static String json(List<String> words) {
        return JSON.writeValueAsString(words);
    }

    /** Reads what {@link #json} wrote; empty when it is something else. */
    public static List<String> words(String json) {
        try {
            return new ArrayList<>(JSON.readValue(json, WORDS));
        } catch (JacksonException e) {
            return List.of(); // somebody else's metadata
        }
    }
}
